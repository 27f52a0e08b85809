"""Stations and instruments, packed readings, alarms, and what the gateways could not place."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.monitoring.quantities import CHOICES, QUANTITIES, Quantity
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record, SecretField
from anlan.foundation.places.geometry import Located
from anlan.protocols import modbus, mqtt


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


class Colour(models.TextChoices):
    """Colour of an alarm; of an internal assessment, never of a public warning."""

    BLUE = "blue", _("蓝色")
    YELLOW = "yellow", _("黄色")
    ORANGE = "orange", _("橙色")
    RED = "red", _("红色")


class Source(Record):
    """A server that Anlan asks or listens to (数据接入源): an MQTT broker, a Modbus TCP device or its concentrator."""

    class Kind(models.TextChoices):
        MQTT = "mqtt", "MQTT"
        MODBUS = "modbus", "Modbus TCP"

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    host = models.CharField(_("主机"), max_length=200)
    port = models.PositiveIntegerField(_("端口"), validators=[MaxValueValidator(65535), MinValueValidator(1)])
    uses_tls = models.BooleanField(_("使用 TLS"), default=False)
    username = models.CharField(_("用户名"), max_length=100, blank=True)
    password = SecretField(_("密码"), max_length=200, blank=True)
    #: MQTT: where a JSON payload says when it was measured; the moment of arrival without it.
    time_path = models.CharField(
        _("时间字段"),
        max_length=60,
        blank=True,
        help_text=_("MQTT 报文中观测时间的路径，如 data.ts；不填则用接收时间。"),
    )
    poll_seconds = models.PositiveIntegerField(
        _("轮询间隔（秒）"), default=60, validators=[MinValueValidator(1)], help_text=_("只用于 Modbus。")
    )
    is_enabled = models.BooleanField(_("启用"), default=True)
    connected_at = models.DateTimeField(_("连通时间"), null=True, editable=False)
    problem = models.CharField(_("问题"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("数据接入源")
        verbose_name_plural = _("数据接入源")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


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
        OTHER = "other", _("其他")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=14, choices=Kind)
    protocol = models.CharField(_("通信协议"), max_length=12, choices=Protocol, blank=True)
    #: By which the device names itself; for MQTT the topic of the station, for Modbus the unit's number.
    address = models.CharField(
        _("设备标识"), max_length=64, blank=True,
        validators=[RegexValidator(r"^[!-:<-~]+$", _("只能是不含分号和空格的英文字符。"))],
        help_text=_("SL 651 为十位测站地址，HJ 212 为 MN，JT/T 808 为终端手机号，GB/T 26875 为源地址，MQTT 为主题，Modbus 为单元号。"),
    )  # fmt: skip
    password = SecretField(_("设备密码"), max_length=64, blank=True, help_text=_("填写后，密码不符的报文不予接收。"))
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="stations", verbose_name=_("数据接入源"),
        help_text=_("只用于 MQTT 和 Modbus。"),
    )  # fmt: skip
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    crs = models.CharField(
        _("定位坐标系"),
        max_length=8,
        choices=Crs,
        default=Crs.WGS84,
        help_text=_("车载终端上报坐标所用的坐标系，入库统一为 WGS84。"),
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

    def clean(self) -> None:
        super().clean()
        if bool(self.protocol) != bool(self.address):
            field = "address" if self.protocol else "protocol"
            raise ValidationError({field: _("通信协议和设备标识要么都填，要么都不填。")})
        wanted = self.protocol if self.protocol in Source.Kind.values else ""
        if wanted != (self.source.kind if self.source else ""):
            raise ValidationError({"source": _("MQTT 和 Modbus 站要选同类的数据接入源，其他协议不选。")})
        marks = [m for m in (self.warning_mark, self.guaranteed_mark, self.historic_mark) if m is not None]
        if marks != sorted(marks):
            raise ValidationError({"guaranteed_mark": _("水位应按警戒、保证、历史最高依次升高。")})
        if marks and not self.marks_source:
            raise ValidationError({"marks_source": _("请写明特征水位的来源。")})


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
        help_text=_("SL 651 要素符号，HJ 212 因子-类型，MQTT 子主题#JSON路径，Modbus 如 hr:100:f32。"),
    )
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


class DeviceState(models.Model):
    """When and from where the device of a station was last heard (在线状态)."""

    station = models.OneToOneField(Station, models.CASCADE, primary_key=True, related_name="device_state")
    heard_at = models.DateTimeField(_("最近通信"), db_index=True)
    peer = models.CharField(_("来源地址"), max_length=60)
    messages = models.PositiveBigIntegerField(_("报文数"), default=0)
    is_online = models.BooleanField(_("在线"), default=True)

    class Meta:
        verbose_name = _("设备状态")
        verbose_name_plural = _("设备状态")

    def __str__(self) -> str:
        return f"{self.station_id} {self.heard_at:%F %T}"


class Latest(models.Model):
    """The newest reading of an instrument."""

    instrument = models.OneToOneField(Instrument, models.CASCADE, primary_key=True, related_name="latest")
    observed_at = models.DateTimeField(_("观测时间"))
    received_at = models.DateTimeField(_("接收时间"))
    value = models.FloatField(_("数值"), null=True)
    flag = models.PositiveSmallIntegerField(_("质量"), default=0)

    class Meta:
        verbose_name = _("最新数据")
        verbose_name_plural = _("最新数据")

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.value}"


class IntakeBatch(models.Model):
    """What one commit of a gateway brought: packed columns of readings, and the frames as they came."""

    received_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    #: Packed columns (see storage.Readings); empty once merged into blocks.
    columns = models.BinaryField()
    #: Digests of the frames, 16 bytes each, by which a frame sent twice is recognised.
    digests = models.BinaryField()
    #: The frames themselves, compressed.
    frames = models.BinaryField()
    is_merged = models.BooleanField(default=False, db_index=True)

    class Meta:
        verbose_name = _("接收批次")
        verbose_name_plural = _("接收批次")

    def __str__(self) -> str:
        return f"{self.pk} ({self.count})"


class ReadingBlock(models.Model):
    """The readings of one instrument and day (UTC), sorted and packed."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="blocks")
    day = models.DateField()
    count = models.PositiveIntegerField()
    columns = models.BinaryField()

    class Meta:
        verbose_name = _("数据块")
        verbose_name_plural = _("数据块")
        constraints = [models.UniqueConstraint(fields=["instrument", "day"], name="block_once")]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.day}"


class Alarm(Located):
    """One instrument in one trouble, from its rise to its end (报警); repeated readings are merged into it."""

    class Kind(models.TextChoices):
        THRESHOLD = "threshold", _("超限")
        RATE = "rate", _("变化过快")
        MISSING = "missing", _("数据中断")
        STUCK = "stuck", _("数值卡滞")
        QUALITY = "quality", _("数据异常")

    class Reason(models.TextChoices):
        REAL = "real", _("真实险情")
        EXPECTED = "expected", _("预期之内")
        MAINTENANCE = "maintenance", _("检修")
        CALIBRATION = "calibration", _("校准")
        DEVICE = "device", _("设备故障")
        COMMUNICATION = "communication", _("通信故障")
        INTERFERENCE = "interference", _("外界干扰")
        DRILL = "drill", _("演练测试")

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="alarms", verbose_name=_("监测仪表"))
    area_code = models.CharField(_("区域"), max_length=12, db_index=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    #: The level now; empty for trouble of the device itself.
    level = models.CharField(_("级别"), max_length=6, choices=Colour, blank=True)
    #: The highest level it reached.
    peak = models.CharField(_("最高级别"), max_length=6, choices=Colour, blank=True)
    title = models.CharField(_("内容"), max_length=200)
    value = models.FloatField(_("数值"), null=True)
    threshold = models.FloatField(_("阈值"), null=True)
    unit = models.CharField(_("单位"), max_length=12, blank=True)
    window_h = models.PositiveSmallIntegerField(_("时段（小时）"), default=0)
    rule = models.CharField(max_length=100, blank=True)
    citation = models.CharField(_("依据"), max_length=200, blank=True)
    #: [[observed, level, value], ...]: each time the level changed.
    steps = models.JSONField(default=list)
    raised_at = models.DateTimeField(_("开始"), db_index=True)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, db_index=True)
    last_at = models.DateTimeField(_("最近"))
    cleared_at = models.DateTimeField(_("解除"), null=True)
    #: Readings that repeated it.
    occurrences = models.PositiveIntegerField(_("合并次数"), default=1)
    acknowledged_at = models.DateTimeField(_("确认时间"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人")
    )
    reason = models.CharField(_("原因"), max_length=14, choices=Reason, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    #: It rose while its instrument was silenced: on record, but nobody was called.
    is_silenced = models.BooleanField(_("静音"), default=False)
    is_exercise = models.BooleanField(_("演练"), default=False)

    class Meta:
        verbose_name = _("报警")
        verbose_name_plural = _("报警")
        ordering = ["-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "kind"], condition=models.Q(cleared_at=None), name="one_open_alarm"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.cleared_at is None


class MalformedFrame(models.Model):
    """Bytes that no protocol could read (错误报文), kept once with how often they came."""

    digest = models.CharField(max_length=32, primary_key=True)
    protocol = models.CharField(_("协议"), max_length=12, choices=Protocol)
    peer = models.CharField(_("来源地址"), max_length=60)
    code = models.CharField(_("类别"), max_length=20)
    reason = models.CharField(_("原因"), max_length=300)
    raw = models.BinaryField(_("原始字节"))
    first_at = models.DateTimeField(_("首次"))
    last_at = models.DateTimeField(_("最近"), db_index=True)
    times = models.PositiveIntegerField(_("次数"), default=1)

    class Meta:
        verbose_name = _("错误报文")
        verbose_name_plural = _("错误报文")
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return self.reason


class UnknownDevice(models.Model):
    """A device or channel that reports and that no station claims (未登记设备); its frames are kept."""

    protocol = models.CharField(_("协议"), max_length=12, choices=Protocol)
    address = models.CharField(_("设备标识"), max_length=64)
    #: Empty when the whole device is unknown.
    channel = models.CharField(_("通道"), max_length=40, blank=True)
    problem = models.CharField(_("问题"), max_length=120)
    first_at = models.DateTimeField(_("首次"))
    last_at = models.DateTimeField(_("最近"))
    frames = models.PositiveIntegerField(_("报文数"), default=1)
    sample = models.BinaryField(_("报文"))

    class Meta:
        verbose_name = _("未登记设备")
        verbose_name_plural = _("未登记设备")
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["protocol", "address", "channel"], name="unknown_once")]

    def __str__(self) -> str:
        return f"{self.protocol} {self.address} {self.channel}"


class GatewayMinute(models.Model):
    """What a gateway counted in one minute."""

    protocol = models.CharField(max_length=12, choices=Protocol)
    minute = models.DateTimeField()
    frames = models.PositiveIntegerField(_("报文"), default=0)
    duplicates = models.PositiveIntegerField(_("重复"), default=0)
    malformed = models.PositiveIntegerField(_("错误"), default=0)
    unknown = models.PositiveIntegerField(_("未登记"), default=0)
    readings = models.PositiveIntegerField(_("数据"), default=0)
    devices = models.PositiveIntegerField(_("在线设备"), default=0)

    class Meta:
        verbose_name = _("网关计数")
        verbose_name_plural = _("网关计数")
        ordering = ["-minute"]
        constraints = [models.UniqueConstraint(fields=["protocol", "minute"], name="gateway_minute_once")]

    def __str__(self) -> str:
        return f"{self.protocol} {self.minute}"


class DeviceCommand(models.Model):
    """What a person told a device to do (反控指令), and what it answered."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("待下发")
        SENT = "sent", _("已下发")
        ANSWERED = "answered", _("已应答")
        EXPIRED = "expired", _("未应答")

    station = models.ForeignKey(Station, models.PROTECT, related_name="commands", verbose_name=_("监测站"))
    code = models.CharField(_("命令"), max_length=8)
    parameters = models.JSONField(_("参数"), default=dict)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.QUEUED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("下发人"))
    asked_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    sent_at = models.DateTimeField(_("下发时间"), null=True)
    answered_at = models.DateTimeField(_("应答时间"), null=True)
    #: The request's number, by which the answer is recognised.
    number = models.CharField(max_length=20, blank=True)
    answer = models.TextField(_("应答"), blank=True)

    class Meta:
        verbose_name = _("反控指令")
        verbose_name_plural = _("反控指令")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.station} {self.code}"
