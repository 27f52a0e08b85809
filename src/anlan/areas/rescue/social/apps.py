from django.apps import AppConfig


class SocialConfig(AppConfig):
    name = "anlan.areas.rescue.social"
    label = "socialforces"
