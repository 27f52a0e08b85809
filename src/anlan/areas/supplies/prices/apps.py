from django.apps import AppConfig


class PricesConfig(AppConfig):
    name = "anlan.areas.supplies.prices"
    label = "prices"
