from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "anlan.areas.rescue.teams"
    label = "teams"
