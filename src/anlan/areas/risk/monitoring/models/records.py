"""What is recorded: packed readings, alarms, commands, and what the gateways could not place."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.monitoring.models.registers import Instrument, Protocol, Station
from anlan.foundation.places.geometry import Located


class Colour(models.TextChoices):
    """Colour of an alarm; of an internal assessment, never of a public warning."""

    BLUE = "blue", _("蓝色")
    YELLOW = "yellow", _("黄色")
    ORANGE = "orange", _("橙色")
    RED = "red", _("红色")


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
    #: The batch that brought it (see newest).
    batch = models.PositiveBigIntegerField(default=0)

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
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.QUEUED, db_index=True)
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
