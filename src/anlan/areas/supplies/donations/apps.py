from django.apps import AppConfig


class DonationsConfig(AppConfig):
    name = "anlan.areas.supplies.donations"
    label = "donations"
