from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    name = "anlan.areas.command.experts"
    label = "experts"
