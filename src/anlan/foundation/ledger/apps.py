from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LedgerConfig(AppConfig):
    name = "anlan.foundation.ledger"
    label = "ledger"

    def ready(self) -> None:
        autodiscover_modules("calendars", "events", "indicators", "jobs", "ledgers")
