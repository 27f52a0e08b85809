"""Clocks (时限): every duty has a due time, legal or operational, that escalates before it is missed."""
