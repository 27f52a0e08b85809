from django.apps import AppConfig


class GasConfig(AppConfig):
    name = "anlan.areas.risk.gas"
    label = "gas"
