from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "anlan.areas.command.organisation"
    label = "organisation"
