from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "anlan.areas.rescue.stations"
    label = "firestations"
