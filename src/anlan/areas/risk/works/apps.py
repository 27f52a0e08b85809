from django.apps import AppConfig


class WorksConfig(AppConfig):
    name = "anlan.areas.risk.works"
    label = "works"
