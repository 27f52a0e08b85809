"""Statistics that models and indicators share."""
