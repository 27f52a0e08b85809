"""Stations, instruments and their readings (监测): kept, judged, and raised as alarms that stay quiet until they matter."""
