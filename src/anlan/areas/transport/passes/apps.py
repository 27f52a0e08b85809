from django.apps import AppConfig


class PassesConfig(AppConfig):
    name = "anlan.areas.transport.passes"
    label = "passes"
