"""Experts (应急专家): who can be asked about what, and until when."""
