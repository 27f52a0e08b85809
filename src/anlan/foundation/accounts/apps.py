from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "anlan.foundation.accounts"
    label = "accounts"
