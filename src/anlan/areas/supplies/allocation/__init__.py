"""Allocation (物资调拨): from what an incident needs to a plan of trucks, to way-bills, to a signature at the far end."""
