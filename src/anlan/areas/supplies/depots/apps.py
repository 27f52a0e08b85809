from django.apps import AppConfig


class DepotsConfig(AppConfig):
    name = "anlan.areas.supplies.depots"
    label = "depots"
