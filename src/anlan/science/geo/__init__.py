"""Places as numbers: datums, distances, outlines."""
