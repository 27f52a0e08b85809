"""Command bodies and their seats."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.records import Record


class CommandBody(Record):
    """A headquarters (指挥部): general, special or on scene."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("总指挥部")
        SPECIAL = "special", _("专项指挥部")
        ON_SCENE = "on_scene", _("现场指挥部")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    office = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("办公室设在"))
    document = models.CharField(_("成立文件"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("指挥机构")
        verbose_name_plural = _("指挥机构")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Seat(Record):
    """A seat in a command body (成员席位): the duty, the member and the substitute."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    body = models.ForeignKey(CommandBody, models.CASCADE, related_name="seats", verbose_name=_("指挥机构"))
    title = models.CharField(_("职务"), max_length=60)
    duty = models.TextField(_("职责"), blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("单位"))
    member = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("成员"))
    substitute = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("替补")
    )
    valid_from = models.DateField(_("起"), default=timezone.localdate)
    valid_to = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("成员席位")
        verbose_name_plural = _("成员席位")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.body} {self.title}"

    def is_filled(self, on: date) -> bool:
        """Whether somebody and a substitute hold the seat on a day."""
        in_time = self.valid_from <= on and (self.valid_to is None or on < self.valid_to)
        return in_time and self.member_id is not None and self.substitute_id is not None
