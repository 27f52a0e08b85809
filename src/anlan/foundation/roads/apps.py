from django.apps import AppConfig


class RoadsConfig(AppConfig):
    name = "anlan.foundation.roads"
    label = "roads"
