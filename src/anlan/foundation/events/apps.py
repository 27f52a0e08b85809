from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "anlan.foundation.events"
    label = "events"
