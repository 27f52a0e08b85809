"""Protective works (防治工程): shelters and waterlogging spots."""
