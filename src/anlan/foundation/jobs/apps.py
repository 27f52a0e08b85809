from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "anlan.foundation.jobs"
    label = "jobs"
