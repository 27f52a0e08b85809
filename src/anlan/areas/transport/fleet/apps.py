from django.apps import AppConfig


class FleetConfig(AppConfig):
    name = "anlan.areas.transport.fleet"
    label = "fleet"
