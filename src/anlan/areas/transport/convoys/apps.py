from django.apps import AppConfig


class ConvoysConfig(AppConfig):
    name = "anlan.areas.transport.convoys"
    label = "convoys"
