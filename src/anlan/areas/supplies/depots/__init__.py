"""Depots (应急物资储备库): where supplies are kept, and what is in stock."""
