"""Stations, instruments and readings as a SensorThings service (传感器物联接口): read and written by other systems."""
