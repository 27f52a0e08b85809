"""Indicators (指标): numbers with unit, period and source, registered by areas and read by oversight."""
