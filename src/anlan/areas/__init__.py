"""The plan's ten areas, in its order and independent of one another."""
