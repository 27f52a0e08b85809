"""Cameras, what is known of the devices that speak for them, and what they raised."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.monitoring.models import Protocol, Station
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located
from anlan.protocols.gb28181 import DeviceID, GB28181Error


class Camera(Record, Located):
    """One view (视频监控点): entered by hand or imported, or known from the catalogue of its device or platform."""

    class Kind(models.TextChoices):
        EXPRESSWAY = "expressway", _("高速公路")
        ROAD = "road", _("国省干道")
        BRIDGE = "bridge", _("桥梁隧道")
        RAILWAY = "railway", _("铁路")
        WATERWAY = "waterway", _("水路")
        AIRPORT = "airport", _("机场")
        PIPELINE = "pipeline", _("管道")
        ENTRANCE = "entrance", _("城市出入口")
        WATER = "water", _("河道水库")
        WORKS = "works", _("企业园区")
        PUBLIC = "public", _("公共场所")
        MOBILE = "mobile", _("移动布控")
        OTHER = "other", _("其他")

    class Status(models.TextChoices):
        ONLINE = "online", _("在线")
        OFFLINE = "offline", _("离线")
        FAULT = "fault", _("故障")
        REMOVED = "removed", _("已移出目录")
        UNKNOWN = "unknown", _("未知")

    class Structure(models.IntegerChoices):
        """Camera structures (摄像机结构类型) as GB/T 28181 numbers them."""

        DOME = 1, _("球机")
        HALF_DOME = 2, _("半球")
        FIXED = 3, _("固定枪机")
        BULLET = 4, _("遥控枪机")
        MOVING_HALF_DOME = 5, _("遥控半球")
        PANORAMA = 6, _("全景拼接")
        PART = 7, _("多目分割")

    code = models.CharField(
        _("编号"), max_length=20, unique=True, validators=[RegexValidator(r"^[0-9A-Za-z-]+$", _("只能有数字、字母和横线。"))],
        help_text=_("接入 GB/T 28181 的填 20 位编码。"),
    )  # fmt: skip
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind, default=Kind.OTHER)
    device = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="cameras", verbose_name=_("所属设备或平台"),
        help_text=_("监测站台账中用 GB/T 28181 注册的设备、录像机或下级平台。"),
    )  # fmt: skip
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    address = models.CharField(_("安装地址"), max_length=200, blank=True)
    structure = models.PositiveSmallIntegerField(_("结构类型"), choices=Structure, null=True, blank=True)
    manufacturer = models.CharField(_("厂商"), max_length=60, blank=True)
    model = models.CharField(_("型号"), max_length=60, blank=True)
    is_kept_by_hand = models.BooleanField(
        _("以人工登记为准"), default=True, help_text=_("目录不再改写名称、区域、地址和位置；改动这些字段时自动勾选。")
    )
    civil_code = models.CharField(_("行政区划代码"), max_length=12, blank=True, editable=False)
    status = models.CharField(
        _("状态"), max_length=8, choices=Status, default=Status.UNKNOWN, editable=False, db_index=True
    )
    #: When its state was last told: by a catalogue, a notice, an alarm or a position of its own.
    heard_at = models.DateTimeField(_("最近报告"), null=True, blank=True, editable=False)
    #: When a mobile camera said where it is; its catalogue's position no longer counts then.
    located_at = models.DateTimeField(_("定位时间"), null=True, blank=True, editable=False)
    #: [[number, name], ...] as the camera answered last.
    presets = models.JSONField(_("预置位"), default=list, editable=False)
    #: Since when its picture is being sent to the media server, under which number (SSRC).
    viewed_since = models.DateTimeField(_("取流开始"), null=True, blank=True, editable=False)
    ssrc = models.CharField(max_length=10, blank=True, editable=False)

    class Meta:
        verbose_name = _("视频监控点")
        verbose_name_plural = _("视频监控点")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_movable(self) -> bool:
        """Whether it can be turned; one whose structure is not told may be."""
        return self.structure not in (self.Structure.HALF_DOME, self.Structure.FIXED, self.Structure.PART)

    def clean(self) -> None:
        super().clean()
        if self.device is not None:
            if self.device.protocol != Protocol.GB28181:
                raise ValidationError({"device": _("所属设备应是通信协议为 GB/T 28181 的监测站。")})
            try:
                DeviceID.parse(self.code)
            except GB28181Error as error:
                raise ValidationError({"code": str(error)}) from error
        told = ("name", "area_id", "address", "lon", "lat")
        before = type(self).objects.filter(pk=self.pk).values_list(*told).first() if self.pk else None
        if before and before != tuple(getattr(self, name) for name in told):
            self.is_kept_by_hand = True


class VideoDevice(models.Model):
    """What a camera, recorder or lower platform said of itself when it registered (视频设备)."""

    station = models.OneToOneField(Station, models.CASCADE, primary_key=True, related_name="video_device")
    manufacturer = models.CharField(_("厂商"), max_length=60, blank=True)
    model = models.CharField(_("型号"), max_length=60, blank=True)
    firmware = models.CharField(_("固件"), max_length=60, blank=True)
    version = models.CharField(_("协议版本"), max_length=40, blank=True)
    registered_at = models.DateTimeField(_("注册时间"), null=True)
    gone_at = models.DateTimeField(_("离线时间"), null=True)
    gone_reason = models.CharField(max_length=12, blank=True)
    catalogue_at = models.DateTimeField(_("目录时间"), null=True)
    catalogue_total = models.PositiveIntegerField(_("目录条数"), null=True)

    class Meta:
        verbose_name = _("视频设备")
        verbose_name_plural = _("视频设备")

    def __str__(self) -> str:
        return str(self.station)


class CameraAlarm(Located):
    """What a camera or its device raised (视频报警): kept as an event of the device, judged by people."""

    device = models.ForeignKey(Station, models.CASCADE, related_name="+", verbose_name=_("所属设备或平台"))
    camera = models.ForeignKey(Camera, models.CASCADE, null=True, related_name="alarms", verbose_name=_("视频监控点"))
    area_code = models.CharField(_("区域"), max_length=12, db_index=True)
    #: Who raised it, by its own code: a camera, or an alarm input that is none.
    code = models.CharField(_("编号"), max_length=20)
    priority = models.CharField(_("级别"), max_length=2, blank=True)
    method = models.CharField(_("报警方式"), max_length=2, blank=True)
    title = models.CharField(_("内容"), max_length=60)
    description = models.CharField(_("说明"), max_length=200, blank=True)
    happened_at = models.DateTimeField(_("报警时间"))
    received_at = models.DateTimeField(_("接收时间"), default=timezone.now, db_index=True)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("视频报警")
        verbose_name_plural = _("视频报警")
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return self.title
