from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "anlan.areas.command.duty"
    label = "duty"

    def ready(self) -> None:
        from anlan.areas.command.duty.queries import people_on_shift
        from anlan.foundation.accounts.models import Post

        Post.rosters.append(people_on_shift)
