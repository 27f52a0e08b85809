from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "anlan.areas.transport.agreements"
    label = "agreements"
