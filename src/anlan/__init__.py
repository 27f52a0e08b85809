"""Anlan (安澜): a city senses, forecasts, warns, decides, dispatches, supplies and accounts."""

__version__ = "0.1.0"
