from django.apps import AppConfig


class QraConfig(AppConfig):
    name = "anlan.areas.risk.qra"
    label = "qra"
