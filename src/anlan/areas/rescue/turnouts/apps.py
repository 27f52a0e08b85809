from django.apps import AppConfig


class TurnoutsConfig(AppConfig):
    name = "anlan.areas.rescue.turnouts"
    label = "turnouts"
