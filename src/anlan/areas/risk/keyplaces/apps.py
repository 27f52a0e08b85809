from django.apps import AppConfig


class KeyPlacesConfig(AppConfig):
    name = "anlan.areas.risk.keyplaces"
    label = "key_places"
