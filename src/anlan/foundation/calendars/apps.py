from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "anlan.foundation.calendars"
    label = "calendars"
