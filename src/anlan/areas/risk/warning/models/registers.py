"""Where warnings are fetched, whose signatures are trusted, and to whom warnings are offered."""

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.warning.models.records import Warning
from anlan.foundation.ledger.records import Record, SecretField


def matches(patterns: str, sender: str) -> bool:
    """Whether one of some patterns, parted by blanks, fits a sender.

    >>> matches("371500416* 370000416*", "37150041600000"), matches("", "37150041600000")
    (True, False)
    """
    return any(fnmatchcase(sender, pattern) for pattern in patterns.split())


class WarningSource(Record):
    """A feed that is asked for warnings, or a sender that posts them, and what is demanded of it (预警接入源)."""

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    address = models.CharField(
        _("订阅源地址"), max_length=500, blank=True, validators=[URLValidator(["http", "https"])],
        help_text=_("Atom 或 RSS 2.0 的地址；只接收推送（POST）的来源不填。"),
    )  # fmt: skip
    other_hosts = models.CharField(
        _("其他主机"), max_length=300, blank=True,
        help_text=_("条目可以链接到、服务器可以转到的其他主机名，用空格分开；订阅源自己的主机不用写。"),
    )  # fmt: skip
    interval_seconds = models.PositiveIntegerField(
        _("间隔（秒）"), default=60, validators=[MinValueValidator(10), MaxValueValidator(86400)]
    )
    username = models.CharField(_("用户名"), max_length=100, blank=True)
    password = SecretField(
        _("密码或令牌"), max_length=300, blank=True, help_text=_("有用户名时为密码，没有用户名时为 Bearer 令牌。")
    )
    senders = models.CharField(
        _("允许的发送者"), max_length=500,
        help_text=_("CAP 的 sender，用空格分开；* 代表任意字符，? 代表一个字符。是否为官方预警仍由规则“预警发布单位名单”决定。"),
    )  # fmt: skip
    demands_signature = models.BooleanField(
        _("要求签名"), default=False,
        help_text=_("这些发送者的消息，无论从哪里来，没有签名或签名无效都不接收。"),
    )  # fmt: skip
    is_enabled = models.BooleanField(_("启用"), default=True)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    next_at = models.DateTimeField(_("下次查询"), default=timezone.now, editable=False, db_index=True)
    checked_at = models.DateTimeField(_("最近查询"), null=True, editable=False)
    succeeded_at = models.DateTimeField(_("最近成功"), null=True, editable=False)
    #: Queries in a row that failed, and since when.
    failures = models.PositiveIntegerField(_("连续失败"), default=0, editable=False)
    failing_since = models.DateTimeField(_("故障起始"), null=True, editable=False)
    notified_at = models.DateTimeField(_("已通知值班员"), null=True, editable=False)
    problem = models.CharField(_("问题"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("预警接入源")
        verbose_name_plural = _("预警接入源")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.password and self.address and urlsplit(self.address).scheme != "https" and not self.is_local:
            raise ValidationError({"address": _("带密码或令牌的订阅源必须用 https 地址。")})
        if self.pk and not WarningSource.objects.filter(pk=self.pk, address=self.address).exists():
            # What the old address said of its state is not true of the new one.
            self.etag, self.last_modified, self.next_at = "", "", timezone.now()

    @property
    def is_local(self) -> bool:
        """Whether its address is this machine itself."""
        return urlsplit(self.address).hostname in ("localhost", "127.0.0.1", "::1")

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that may be asked on its behalf."""
        own = urlsplit(self.address).hostname or ""
        return frozenset({own, *self.other_hosts.lower().split()} - {""})

    def recent_entries(self) -> models.QuerySet["FeedEntry"]:
        """What the feed brought last."""
        return self.entries.select_related("warning").defer("warning__raw")[:30]

    def allows(self, sender: str) -> bool:
        return matches(self.senders, sender)


class FeedEntry(models.Model):
    """What became of one entry of a feed (订阅条目)."""

    class Result(models.TextChoices):
        TAKEN = "taken", _("已接收")
        KNOWN = "known", _("已有")
        WAITING = "waiting", _("等待原预警")
        ELSEWHERE = "elsewhere", _("不涉及本市")
        REFUSED = "refused", _("未接收")
        FAILED = "failed", _("取不到")

    source = models.ForeignKey(WarningSource, models.CASCADE, related_name="entries")
    #: SHA-256 over the entry's identifier, time, link and content: an entry that changed is a new one.
    key = models.CharField(max_length=64)
    title = models.CharField(_("标题"), max_length=300, blank=True)
    link = models.CharField(_("链接"), max_length=500, blank=True)
    result = models.CharField(_("结果"), max_length=10, choices=Result)
    detail = models.CharField(_("说明"), max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(_("次数"), default=0)
    warning = models.ForeignKey(Warning, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(_("首次看到"), default=timezone.now)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("订阅条目")
        verbose_name_plural = _("订阅条目")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="feed_entry_once")]

    def __str__(self) -> str:
        return self.title or self.link or self.key[:12]

    @property
    def is_fault(self) -> bool:
        return self.result in (self.Result.REFUSED, self.Result.FAILED)


class TrustedCertificate(Record):
    """A certificate whose key may sign the messages of some senders (可信证书)."""

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("签名单位"), max_length=100)
    senders = models.CharField(
        _("可为哪些发送者签名"), max_length=500, help_text=_("CAP 的 sender，用空格分开；* 代表任意字符。")
    )
    pem = models.TextField(_("证书（PEM）"), help_text=_("签名者本身的证书，以 -----BEGIN CERTIFICATE----- 开头。"))
    is_enabled = models.BooleanField(_("启用"), default=True)
    subject = models.CharField(_("主体"), max_length=300, editable=False)
    fingerprint = models.CharField(_("指纹（SHA-256）"), max_length=64, editable=False)
    valid_from = models.DateTimeField(_("有效期起"), null=True, editable=False)
    valid_to = models.DateTimeField(_("有效期止"), null=True, editable=False)

    class Meta:
        verbose_name = _("可信证书")
        verbose_name_plural = _("可信证书")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.pem.encode())

    def clean(self) -> None:
        super().clean()
        try:
            found = self.certificate
            self.subject = found.subject.rfc4514_string()[:300]
        except ValueError as error:
            raise ValidationError({"pem": _("不是 PEM 格式的 X.509 证书。")}) from error
        self.fingerprint = found.fingerprint(hashes.SHA256()).hex()
        self.valid_from, self.valid_to = found.not_valid_before_utc, found.not_valid_after_utc
        same = TrustedCertificate.objects.filter(fingerprint=self.fingerprint).exclude(pk=self.pk).first()
        if same is not None:
            raise ValidationError({"pem": _("这张证书已登记：%(name)s。") % {"name": same}})


class WarningFeed(Record):
    """A feed in which relayed warnings of an area are offered to others (预警订阅源)."""

    code = models.CharField(
        _("编号"), max_length=30, unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9_-]+$", _("只能用字母、数字、- 和 _，它是地址的一部分。"))],
    )  # fmt: skip
    name = models.CharField(_("名称"), max_length=100)
    is_public = models.BooleanField(
        _("公开"), default=False, help_text=_("公开的不需要令牌，只含 scope 为 Public 的实际预警。")
    )
    decision = models.CharField(
        _("提供的依据"), max_length=300, help_text=_("谁在哪份文件中决定向谁提供，或决定公开。")
    )
    is_enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("预警订阅源")
        verbose_name_plural = _("预警订阅源")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def addresses(self) -> list[str]:
        """Where the feed is, as Atom and as RSS."""
        start = settings.ANLAN.public_url.rstrip("/")
        return [start + reverse("warning:feed", args=[self.code, kind]) for kind in ("atom", "rss")]
