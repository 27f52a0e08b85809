"""Roads (路网): the network in use, packed in one row, and what stands in its way now; all areas drive on it."""
