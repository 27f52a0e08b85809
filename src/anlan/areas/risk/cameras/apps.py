from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CamerasConfig(AppConfig):
    name = "anlan.areas.risk.cameras"
    label = "cameras"
    verbose_name = _("视频监控")
