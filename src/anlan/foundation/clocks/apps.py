from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "anlan.foundation.clocks"
    label = "clocks"
