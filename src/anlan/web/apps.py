from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "anlan.web"
    label = "web"

    def ready(self) -> None:
        from anlan.web.handover import add_sources

        add_sources()
