from django.apps import AppConfig


class AllocationConfig(AppConfig):
    name = "anlan.areas.supplies.allocation"
    label = "allocation"
