from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "anlan.areas.medical.capacity"
    label = "capacity"
