from django.apps import AppConfig


class WarningConfig(AppConfig):
    name = "anlan.areas.risk.warning"
    label = "warning"
