from django.apps import AppConfig


class ResponseConfig(AppConfig):
    name = "anlan.areas.command.response"
    label = "response"
