from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "anlan.areas.risk.safety"
    label = "safety"
