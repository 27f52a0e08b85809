from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "anlan.foundation.resources"
    label = "resources"
