"""Depots, the catalogue of supplies, how much has to be held, and what is to be bought."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.records import Record
from anlan.foundation.places.geometry import Located


class Depot(Record, Located):
    """A store of emergency supplies (储备库)."""

    class Level(models.TextChoices):
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        TOWNSHIP = "township", _("乡镇级")

    class Mode(models.TextChoices):
        """Ways of holding a reserve (储备方式)."""

        GOVERNMENT = "government", _("政府实物储备")
        CONTRACT = "contract", _("企业协议储备")
        CAPACITY = "capacity", _("产能储备")
        SOCIAL = "social", _("社会化储备")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    level = models.CharField(_("级别"), max_length=10, choices=Level)
    mode = models.CharField(_("储备方式"), max_length=12, choices=Mode, default=Mode.GOVERNMENT)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管理单位")
    )
    keeper = models.CharField(_("管理员"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    area_m2 = models.PositiveIntegerField(_("面积（平方米）"), null=True, blank=True)
    is_open = models.BooleanField(_("可出库"), default=True)

    class Meta:
        verbose_name = _("储备库")
        verbose_name_plural = _("储备库")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_available(self) -> bool:
        return self.is_open

    @property
    def reserve_code(self) -> str:
        """The area whose reserve it belongs to: the city's for a depot of the city, else its county's."""
        return settings.ANLAN.city if self.level == self.Level.CITY else self.area_id[:6]

    @property
    def readiness(self) -> int | None:
        return 100 if self.is_open else 0


class Item(models.Model):
    """One kind of supplies in the city's catalogue (物资目录)."""

    class Group(models.TextChoices):
        """Groups of the directory of key emergency supplies (应急保障重点物资分类目录, 2015)."""

        SITE_MONITORING = "1.1", _("现场监测")
        SITE_SAFETY = "1.2", _("现场安全")
        COMMUNICATION = "1.3", _("应急通信和指挥")
        TRANSPORT = "1.4", _("紧急运输保障")
        ENERGY = "1.5", _("能源动力保障")
        PROTECTION = "2.1", _("人员安全防护")
        RESCUE = "2.2", _("生命搜索与营救")
        MEDICAL = "2.3", _("医疗救护")
        EPIDEMIC = "2.4", _("卫生防疫")
        SHELTER = "2.5", _("人员庇护")
        ENGINEERING = "3.1", _("工程抢险")
        DISPOSAL = "3.2", _("专业处置")

    class Need(models.TextChoices):
        LIVING = "living", _("生活保障类")
        SEARCH = "search", _("急需：生命搜索与营救")
        MONITORING = "monitoring", _("急需：现场监测")
        PROTECTION = "protection", _("急需：人员安全防护")
        EPIDEMIC = "epidemic", _("急需：传染病防护")
        TRANSPORT = "transport", _("急需：紧急运输保障")
        OTHER = "other", _("其他")

    class Kit(models.TextChoices):
        """What a person in a shelter needs; the rule supplies.living_kit says how much of each."""

        TENT = "tent", _("帐篷")
        BED = "bed", _("床")
        QUILT = "quilt", _("棉被、毛毯")
        COAT = "coat", _("大衣")
        WATER = "water", _("饮用水（升）")
        FOOD = "food", _("食品（人日）")

    #: The five groups that the city's plan calls urgent.
    URGENT = (Need.SEARCH, Need.MONITORING, Need.PROTECTION, Need.EPIDEMIC, Need.TRANSPORT)

    code = models.CharField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    specification = models.CharField(_("规格"), max_length=80, blank=True)
    gb_code = models.CharField(
        _("物资编码"), max_length=7, db_index=True,
        validators=[RegexValidator(r"^[123][0-9]{6}$", _("应为 7 位数字，第一位是 1、2 或 3（GB/T 38565-2020）。"))],
        help_text=_("GB/T 38565-2020：大类 1 位，中类、小类、细类各 2 位，99 为其他。"),
    )  # fmt: skip
    is_code_checked = models.BooleanField(
        _("编码已核对"), default=False, help_text=_("已按标准文本核对；未核对的是本地暂用编码。")
    )
    group = models.CharField(_("2015 年目录"), max_length=4, choices=Group)
    need = models.CharField(_("保障类别"), max_length=12, choices=Need, default=Need.OTHER)
    unit = models.CharField(_("单位"), max_length=10)
    shelf_life_months = models.PositiveSmallIntegerField(_("保质期（月）"), null=True, blank=True)
    kit = models.CharField(_("生活保障定额项目"), max_length=8, choices=Kit, blank=True)
    weight_kg = models.FloatField(
        _("单位重量（千克）"), null=True, blank=True, validators=[MinValueValidator(0.001)],
        help_text=_("一个单位连包装的重量；不填为未知，未知的不能排车。"),
    )  # fmt: skip
    volume_m3 = models.FloatField(
        _("单位体积（立方米）"), null=True, blank=True, validators=[MinValueValidator(0.00001)],
        help_text=_("不填为未知，排车时只按重量。"),
    )  # fmt: skip
    kit_content = models.FloatField(
        _("每单位折合"), default=1, validators=[MinValueValidator(0.001)],
        help_text=_("一个单位合多少定额：一箱水多少升，一箱食品多少人日。"),
    )  # fmt: skip
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("物资目录")
        verbose_name_plural = _("物资目录")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name}（{self.specification}）" if self.specification else self.name


class Norm(Record):
    """How much of an item the reserve of an area has to hold (储备标准); where several apply, the largest counts."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="norms", verbose_name=_("物资"))
    quantity = models.PositiveIntegerField(_("储备标准"))
    basis = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("储备标准")
        verbose_name_plural = _("储备标准")
        ordering = ["area", "code"]

    def __str__(self) -> str:
        return f"{self.area} {self.item}"


class PurchasePlan(Record):
    """A government's plan of what to buy in a year (年度采购计划)."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=100)
    year = models.PositiveSmallIntegerField(_("年度"), validators=[MinValueValidator(2020), MaxValueValidator(2100)])
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("编制单位")
    )
    document = models.CharField(_("文号"), max_length=80, blank=True)
    adopted_on = models.DateField(_("批准日期"), null=True, blank=True)
    budget_yuan = models.PositiveBigIntegerField(_("预算（元）"), null=True, blank=True)

    class Meta:
        verbose_name = _("采购计划")
        verbose_name_plural = _("采购计划")
        ordering = ["-year", "code"]

    def __str__(self) -> str:
        return self.title
