from django.apps import AppConfig


class MovementsConfig(AppConfig):
    name = "anlan.areas.supplies.movements"
    label = "movements"
