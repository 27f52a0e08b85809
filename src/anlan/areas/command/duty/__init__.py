"""Duty around the clock (值班值守): roster, swaps, handovers signed by both, the duty log."""
