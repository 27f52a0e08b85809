"""The registers: other systems, stations, instruments."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.monitoring.quantities import CHOICES, QUANTITIES, Quantity
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record, SecretField
from anlan.foundation.places.geometry import Located
from anlan.protocols import modbus, mqtt
from anlan.protocols.gb28181 import DeviceID, GB28181Error


class Protocol(models.TextChoices):
    """How a station speaks."""

    SL651 = "sl651", "SL 651"
    HJ212 = "hj212", "HJ 212"
    JT808 = "jt808", "JT/T 808"
    JT809 = "jt809", "JT/T 809"
    GB26875 = "gb26875", "GB/T 26875.3"
    GB28181 = "gb28181", "GB/T 28181"
    MQTT = "mqtt", "MQTT"
    MODBUS = "modbus", "Modbus TCP"
    SENSORTHINGS = "sensorthings", "SensorThings"


#: What reads a channel where the protocol itself does not name its values.
CHANNEL_READERS = {"mqtt": mqtt.Place.parse, "modbus": modbus.Register.parse}


class Crs(models.TextChoices):
    """In which coordinates a moving device tells its position."""

    WGS84 = "wgs84", "WGS84 / CGCS2000"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


class Source(Record):
    """Another system behind which stations stand (数据接入源): a broker, a Modbus device, a subordinate platform."""

    class Kind(models.TextChoices):
        MQTT = "mqtt", "MQTT"
        MODBUS = "modbus", "Modbus TCP"
        JT809 = "jt809", _("JT/T 809 下级平台")
        SENSORTHINGS = "sensorthings", "SensorThings"

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    host = models.CharField(_("主机"), max_length=200, blank=True, help_text=_("下级平台填它来自的地址，不填则不限。"))
    port = models.PositiveIntegerField(
        _("端口"), null=True, blank=True, validators=[MaxValueValidator(65535), MinValueValidator(1)]
    )
    uses_tls = models.BooleanField(_("使用 TLS"), default=False)
    #: SensorThings: the service's root below the host.
    base_path = models.CharField(
        _("服务路径"), max_length=100, blank=True,
        validators=[RegexValidator(r"^/[!-~]*$", _("应以 / 开头，如 /FROST-Server/v1.1。"))],
        help_text=_("只用于 SensorThings，如 /FROST-Server/v1.1；不填则为 /v1.1。"),
    )  # fmt: skip
    username = models.CharField(_("用户名"), max_length=100, blank=True, help_text=_("下级平台填 JT/T 809 用户编号。"))
    password = SecretField(
        _("密码"), max_length=200, blank=True, help_text=_("SensorThings 不填用户名时，作为 Bearer 令牌。")
    )
    #: MQTT: where a JSON payload says when it was measured; the moment of arrival without it.
    time_path = models.CharField(
        _("时间字段"),
        max_length=60,
        blank=True,
        help_text=_("MQTT 报文中观测时间的路径，如 data.ts；不填则用接收时间。"),
    )
    poll_seconds = models.PositiveIntegerField(
        _("轮询间隔（秒）"), default=60, validators=[MinValueValidator(1)], help_text=_("用于 Modbus 和 SensorThings。")
    )
    centre = models.PositiveBigIntegerField(
        _("平台接入码"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(2**32 - 1)],
        help_text=_("只用于 JT/T 809。"),
    )
    cipher = models.CharField(
        _("加密参数"), max_length=40, blank=True,
        validators=[RegexValidator(r"^\d{1,10},\d{1,10},\d{1,10}$", _("应为三个用逗号分开的整数：M1,IA1,IC1。"))],
        help_text=_("JT/T 809 的 M1,IA1,IC1；不加密则不填。"),
    )  # fmt: skip
    is_enabled = models.BooleanField(_("启用"), default=True)
    connected_at = models.DateTimeField(_("连通时间"), null=True, editable=False)
    problem = models.CharField(_("问题"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("数据接入源")
        verbose_name_plural = _("数据接入源")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.kind == self.Kind.JT809:
            if self.centre is None:
                raise ValidationError({"centre": _("请填写下级平台的接入码。")})
            if not self.username.isdigit():
                raise ValidationError({"username": _("JT/T 809 的用户编号是整数。")})
        elif not self.host or self.port is None:
            raise ValidationError({"port" if self.host else "host": _("请填写服务器的主机和端口。")})


class Station(Record, Located):
    """A place or a vehicle with instruments and one device that reports them (监测站)."""

    class Kind(models.TextChoices):
        RAIN = "rain", _("雨量站")
        RIVER = "river", _("河道站")
        RESERVOIR = "reservoir", _("水库站")
        WORKS = "works", _("危化企业")
        OUTLET = "outlet", _("污染源")
        WATERLOGGING = "waterlogging", _("积水点")
        FIRE = "fire", _("消防设施")
        VEHICLE = "vehicle", _("车载终端")
        VIDEO = "video", _("视频设备")
        OTHER = "other", _("其他")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=14, choices=Kind)
    protocol = models.CharField(_("通信协议"), max_length=12, choices=Protocol, blank=True)
    #: By which the device names itself; for MQTT the topic of the station, for Modbus the unit's number.
    address = models.CharField(
        _("设备标识"), max_length=64, blank=True,
        validators=[RegexValidator(r"^[!-:<-~\u4e00-\u9fff]+$", _("不能含分号和空格。"))],
        help_text=_("SL 651 为十位测站地址，HJ 212 为 MN，JT/T 808 为终端手机号，GB/T 26875 为源地址，GB/T 28181 为 20 位编码，JT/T 809 为车牌号，MQTT 为主题，Modbus 为单元号，SensorThings 为 Thing 标识或自定名称。"),
    )  # fmt: skip
    password = SecretField(_("设备密码"), max_length=64, blank=True, help_text=_("填写后，密码不符的报文不予接收。"))
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="stations", verbose_name=_("数据接入源"),
        help_text=_("只用于 MQTT、Modbus、JT/T 809，和由安澜去取数的 SensorThings。"),
    )  # fmt: skip
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    crs = models.CharField(
        _("定位坐标系"),
        max_length=8,
        choices=Crs,
        default=Crs.WGS84,
        help_text=_("车载终端和视频设备上报坐标所用的坐标系，入库统一为 WGS84。"),
    )
    interval_minutes = models.PositiveIntegerField(
        _("报送间隔（分钟）"), default=0, help_text=_("连续三个间隔没有数据视为中断；0 表示不检查。")
    )
    warning_mark = models.FloatField(_("警戒水位（米）"), null=True, blank=True)
    guaranteed_mark = models.FloatField(_("保证水位（米）"), null=True, blank=True)
    historic_mark = models.FloatField(_("历史最高水位（米）"), null=True, blank=True)
    #: Where the marks come from; a mark without its source is a defect.
    marks_source = models.CharField(_("特征水位来源"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("监测站")
        verbose_name_plural = _("监测站")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "address"],
                condition=~models.Q(address="") & models.Q(source=None),
                name="station_address_once",
            ),
            models.UniqueConstraint(
                fields=["source", "address"], condition=~models.Q(source=None), name="station_in_source_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def device_key(self) -> str:
        """How the gateways name its device; behind another system with that system's code before it."""
        return (f"{self.source.code}/{self.address}" if self.source else self.address).lower()

    def clean(self) -> None:
        super().clean()
        if bool(self.protocol) != bool(self.address):
            field = "address" if self.protocol else "protocol"
            raise ValidationError({field: _("通信协议和设备标识要么都填，要么都不填。")})
        wanted = self.protocol if self.protocol in Source.Kind.values else ""
        # A SensorThings station may send by itself, or stand on a server that is asked.
        is_by_itself = self.protocol == Protocol.SENSORTHINGS and self.source is None
        if not is_by_itself and wanted != (self.source.kind if self.source else ""):
            raise ValidationError({"source": _("MQTT、Modbus 和 JT/T 809 要选同类的数据接入源，其他协议不选。")})
        if self.protocol == Protocol.GB28181:
            self._check_video_device()
        marks = [m for m in (self.warning_mark, self.guaranteed_mark, self.historic_mark) if m is not None]
        if marks != sorted(marks):
            raise ValidationError({"guaranteed_mark": _("水位应按警戒、保证、历史最高依次升高。")})
        if marks and not self.marks_source:
            raise ValidationError({"marks_source": _("请写明特征水位的来源。")})

    def _check_video_device(self) -> None:
        """A camera, recorder or lower platform has a code of 20 digits, and registers with a password of its own."""
        try:
            DeviceID.parse(self.address)
        except GB28181Error as error:
            raise ValidationError({"address": str(error)}) from error
        if not self.password:
            raise ValidationError({"password": _("GB/T 28181 设备凭自己的密码注册，请填写。")})


class Instrument(Record):
    """One quantity measured at a station (监测仪表), and how its readings are judged."""

    class State(models.TextChoices):
        IN_SERVICE = "in_service", _("在用")
        MAINTENANCE = "maintenance", _("检修")
        CALIBRATION = "calibration", _("校准")
        RETIRED = "retired", _("停用")

    station = models.ForeignKey(Station, models.PROTECT, related_name="instruments", verbose_name=_("监测站"))
    code = models.CharField(_("编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    quantity = models.CharField(_("监测要素"), max_length=20, choices=CHOICES)
    #: What the protocol calls it: `PT` (SL 651), `a21026-Rtd` (HJ 212), `lon` (JT/T 808), `up#data.level` (MQTT).
    channel = models.CharField(
        _("通道"),
        max_length=40,
        help_text=_(
            "SL 651 要素符号，HJ 212 因子-类型，MQTT 子主题#JSON路径，Modbus 如 hr:100:f32，"
            "SensorThings 接入源填对方 Datastream 的标识。"
        ),
    )
    cas = models.CharField(
        _("监测物质（CAS 号）"), max_length=20, blank=True,
        help_text=_("气体探测器填写所测物质，如氨 7664-41-7；推演据此把读数与模型对照。"),
    )  # fmt: skip
    first_limit = models.FloatField(_("一级报警值"), null=True, blank=True)
    second_limit = models.FloatField(_("二级报警值"), null=True, blank=True)
    rate_limit = models.FloatField(
        _("变化速率上限（每小时）"), null=True, blank=True, validators=[MinValueValidator(0.0)]
    )
    stuck_hours = models.FloatField(
        _("数值不变视为卡滞（小时）"), null=True, blank=True, validators=[MinValueValidator(0.1)]
    )
    persistence = models.PositiveIntegerField(
        _("连续超限次数"), default=1, validators=[MinValueValidator(1)], help_text=_("连续达到这么多次才报警。")
    )
    deadband = models.FloatField(_("回差"), default=0.0, validators=[MinValueValidator(0.0)])
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.IN_SERVICE)
    state_until = models.DateTimeField(_("状态截止"), null=True, blank=True, help_text=_("到时自动恢复在用。"))
    silenced_until = models.DateTimeField(_("静音至"), null=True, blank=True, editable=False)
    silence_reason = models.CharField(_("静音原因"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("监测仪表")
        verbose_name_plural = _("监测仪表")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["station", "channel"], name="instrument_channel_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if None not in (self.first_limit, self.second_limit) and self.second_limit < self.first_limit:
            raise ValidationError({"second_limit": _("二级报警值不能小于一级报警值。")})
        reader = CHANNEL_READERS.get(self.station.protocol) if self.station_id else None
        if reader is not None:
            try:
                reader(self.channel)
            except ValueError as error:
                raise ValidationError({"channel": str(error)}) from error
        if self.state in (self.State.MAINTENANCE, self.State.CALIBRATION) and self.state_until is None:
            raise ValidationError({"state_until": _("检修和校准要写明截止时间，到时自动恢复。")})

    @property
    def measured(self) -> Quantity:
        """The quantity with its unit and range."""
        return QUANTITIES[self.quantity]

    @property
    def unit(self) -> str:
        return self.measured.unit

    def is_in_service(self, at: datetime) -> bool:
        """Whether its readings count: not retired, and not in maintenance or calibration."""
        if self.state in (self.State.MAINTENANCE, self.State.CALIBRATION):
            return self.state_until is not None and self.state_until <= at
        return self.state == self.State.IN_SERVICE
