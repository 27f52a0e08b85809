from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "anlan.foundation.incidents"
    label = "incidents"
