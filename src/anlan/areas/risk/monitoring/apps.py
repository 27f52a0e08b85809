"""The app's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    """Monitoring."""

    name = "anlan.areas.risk.monitoring"
    label = "monitoring"
    verbose_name = _("监测")
