from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "anlan.areas.command.reports"
    label = "reports"
