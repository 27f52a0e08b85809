from django.apps import AppConfig


class ClosuresConfig(AppConfig):
    name = "anlan.areas.transport.closures"
    label = "closures"
