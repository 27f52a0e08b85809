from django.apps import AppConfig


class ForestConfig(AppConfig):
    name = "anlan.areas.rescue.forest"
    label = "forest"
