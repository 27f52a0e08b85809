"""Rules with versions: a judgement keeps the version that it was made by."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Rule(models.Model):
    """One version of a threshold, grade, deadline or frequency (规则)."""

    class Status(models.TextChoices):
        CHECKED = "checked", _("已核对")
        TO_BE_CHECKED = "to_be_checked", _("待核对")

    code = models.CharField(_("规则编码"), max_length=80)
    version = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    issuer = models.CharField(_("发布机关"), max_length=100, blank=True)
    document = models.CharField(_("文件"), max_length=200, blank=True)
    clause = models.CharField(_("条款"), max_length=200, blank=True)
    jurisdiction = models.CharField(_("适用区域"), max_length=12, blank=True, help_text=_("区划代码前缀；空为全国。"))
    effective_from = models.DateField(_("生效日期"), null=True, blank=True)
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    status = models.CharField(_("核对状态"), max_length=20, choices=Status, default=Status.TO_BE_CHECKED)
    source = models.TextField(_("出处"), blank=True)
    note = models.TextField(_("说明"), blank=True)
    params = models.JSONField(_("参数"), default=dict)
    changed_by = models.CharField(_("修改人"), max_length=150, blank=True)
    changed_at = models.DateTimeField(_("修改时间"), auto_now_add=True)
    reason = models.CharField(_("修改理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("规则")
        verbose_name_plural = _("规则库")
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="rule_version_once")]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def reference(self) -> str:
        """How a judgement names the rule: code and version."""
        return f"{self.code}@{self.version}"

    @property
    def citation(self) -> str:
        """Document and clause, as people quote it."""
        return " ".join(part for part in (self.document, self.clause) if part)

    @staticmethod
    def in_force(on: date) -> Q:
        return (Q(effective_from__isnull=True) | Q(effective_from__lte=on)) & (
            Q(effective_to__isnull=True) | Q(effective_to__gt=on)
        )
