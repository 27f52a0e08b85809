"""The app of after-action reviews."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Reviews of incidents and the ledger of improvements."""

    name = "anlan.areas.command.review"
    label = "review"
