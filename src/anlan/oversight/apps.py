from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "anlan.oversight"
    label = "oversight"
