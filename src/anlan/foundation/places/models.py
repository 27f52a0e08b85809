"""Areas: province, city, county, township, village and the functional zones that the code table lacks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.places.codes import prefix
from anlan.foundation.places.geometry import Located, Shaped


class Area(Located, Shaped):
    """A place with a code (区域)."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        COUNTY = "county", _("县（市、区）")
        ZONE = "zone", _("功能区")
        TOWNSHIP = "township", _("乡镇（街道）")
        VILLAGE = "village", _("村（社区）")

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    zone = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="townships", verbose_name=_("所属功能区")
    )
    is_local = models.BooleanField(_("本地编码"), default=False, help_text=_("国家代码表中没有，由本市编码。"))
    former_code = models.CharField(_("曾用代码"), max_length=12, blank=True)
    population = models.PositiveIntegerField(_("常住人口"), null=True, blank=True)
    population_note = models.CharField(_("人口数据说明"), max_length=200, blank=True)
    position_note = models.CharField(_("位置数据说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("区域")
        verbose_name_plural = _("区域")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The code prefixes inside this area; a functional zone covers the townships that it governs."""
        if self.level == self.Level.ZONE:
            return (self.code, *self.townships.values_list("code", flat=True))
        return (prefix(self.code),)
