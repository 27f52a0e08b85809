"""Calendars (日历) that areas declare and that people subscribe to with a secret address of their own."""
