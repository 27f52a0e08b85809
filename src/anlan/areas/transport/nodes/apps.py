from django.apps import AppConfig


class NodesConfig(AppConfig):
    name = "anlan.areas.transport.nodes"
    label = "nodes"
