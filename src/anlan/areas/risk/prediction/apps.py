from django.apps import AppConfig


class PredictionConfig(AppConfig):
    name = "anlan.areas.risk.prediction"
    label = "prediction"
