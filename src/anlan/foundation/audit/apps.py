from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "anlan.foundation.audit"
    label = "audit"
