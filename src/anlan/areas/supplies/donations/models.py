"""The book of donations: what was given and what money was used for, each entry written once.

An entry is never changed: a mistake is undone by a counter-entry with the opposite sign, so a sum over entries is
always what is left. Only its publication is added, once, by another person than the recorder.
"""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.depots.models import Item
from anlan.areas.supplies.movements.models import MOST, Slip
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.incidents.models import Incident


class Entry(models.Model):
    """Money or goods given, or money used (捐赠账)."""

    class Kind(models.TextChoices):
        MONEY = "money", _("收到捐款")
        GOODS = "goods", _("收到捐赠物资")
        USE = "use", _("捐款使用")

    code = models.CharField(_("收据号"), max_length=30, unique=True)
    kind = models.CharField(_("类型"), max_length=6, choices=Kind)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    #: The donor; of a use whoever got the money.
    party = models.CharField(_("捐赠人、受益人"), max_length=100)
    is_anonymous = models.BooleanField(_("公示时匿名"), default=False)
    amount = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("物资"))
    quantity = models.IntegerField(_("数量"), null=True, blank=True, validators=[MaxValueValidator(MOST)])
    slip = models.OneToOneField(
        Slip, models.PROTECT, null=True, blank=True, related_name="donation", verbose_name=_("出入库单")
    )
    is_directed = models.BooleanField(
        _("定向"), default=False, help_text=_("捐赠人指明了用途的选定向；定向捐款只能用于指明的用途。")
    )
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("突发事件")
    )
    happened_on = models.DateField(_("日期"))
    document = models.CharField(_("凭证号"), max_length=80, blank=True)
    #: The directed donation that a use is paid from; none for a use of undirected money.
    source = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="uses", verbose_name=_("使用的定向捐款")
    )
    #: The entry that this counter-entry undoes, and why.
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="correction", verbose_name=_("更正的记录")
    )
    reason = models.CharField(_("更正原因"), max_length=200, blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经办人"))
    made_by = models.CharField(_("经办"), max_length=150)
    made_at = models.DateTimeField(_("登记时间"), default=timezone.now, db_index=True)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("公示人")
    )
    published_at = models.DateTimeField(_("公示时间"), null=True, blank=True, db_index=True)
    #: Names one submission of a form; sent twice it counts once.
    key = models.CharField(max_length=40, null=True, blank=True, unique=True, editable=False)
    is_exercise = models.BooleanField(_("演练"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("捐赠记录")
        verbose_name_plural = _("捐赠账")
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="goods", amount=None, item__isnull=False, quantity__isnull=False)
                | (~Q(kind="goods") & Q(amount__isnull=False, item=None, quantity=None)),
                name="donation_money_or_goods",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) & (Q(amount__gt=0) | Q(quantity__gt=0))
                | Q(corrects__isnull=False) & (Q(amount__lt=0) | Q(quantity__lt=0)),
                name="donation_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise AppendOnly("entries are never changed; correct one by a counter-entry")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("donations:entry", args=[self.pk])

    def delete(self, *args, **kwargs):
        raise AppendOnly("entries are never deleted; correct one by a counter-entry")

    def clean(self) -> None:
        super().clean()
        if self.is_directed and not self.purpose.strip():
            raise ValidationError({"purpose": _("定向捐赠请写明指定的用途。")})
        if self.happened_on and self.happened_on > timezone.localdate():
            raise ValidationError({"happened_on": _("日期不能晚于今天。")})

    @property
    def is_corrected(self) -> bool:
        return hasattr(self, "correction")

    @property
    def is_receipt(self) -> bool:
        """Whether the donor gets a receipt for it."""
        return self.kind != self.Kind.USE and self.corrects_id is None and not self.is_corrected

    @property
    def public_party(self) -> str:
        """The name that the public reads."""
        return str(_("匿名")) if self.is_anonymous else self.party
