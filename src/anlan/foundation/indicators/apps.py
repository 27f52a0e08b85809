from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "anlan.foundation.indicators"
    label = "indicators"
