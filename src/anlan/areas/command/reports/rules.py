"""Pure decisions about reporting: whose duties are ours, which grade counts, what a delivery fulfils."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from anlan.foundation.rules.judging import GRADES, Duty

PHONE, WRITTEN, SYSTEM = "phone", "written", "system"

#: What the rules call a unit, and what people call it.
UNITS = {
    "scene": _("事故现场人员"),
    "unit_head": _("事发单位负责人"),
    "competent_bureau": _("主管部门"),
    "county_bureau": _("县级应急管理部门"),
    "city_bureau": _("市应急管理局"),
    "province_bureau": _("省应急管理厅"),
    "state_bureau": _("应急管理部"),
    "county_government": _("县（市、区）人民政府"),
    "city_government": _("市人民政府（市政府总值班室）"),
    "city_party_committee": _("市委（市委总值班室）"),
    "province_government": _("省人民政府（省政府总值班室）"),
    "province_safety_office": _("省政府安委会办公室"),
    "state_council": _("国务院"),
    "health_institution": _("医疗卫生机构"),
    "county_health": _("县级卫生健康部门"),
    "city_health": _("市卫生健康委员会"),
    "province_health": _("省卫生健康委员会"),
    "state_health": _("国家卫生健康委员会"),
    "county_veterinary": _("县级动物防疫监督机构"),
    "city_veterinary": _("市动物防疫监督机构"),
    "province_veterinary": _("省动物防疫监督机构"),
    "state_veterinary": _("农业农村部"),
    "above": _("上级主管部门"),
}

#: Who is told of everything, besides those whom a rule names (上级应急部门, 党委政府总值班室).
STANDING = {
    "county": ("city_bureau", "county_government"),
    "city": ("province_bureau", "city_party_committee", "city_government"),
}


def unit_title(code: str) -> str:
    """What people call a unit of the rules, in the reader's language."""
    return str(UNITS.get(code, code))


def official_title(code: str) -> str:
    """The same in Chinese, as records and documents have it.

    >>> official_title("province_safety_office")
    '省政府安委会办公室'
    """
    with override("zh-hans"):
        return unit_title(code)


def level_of(role: str) -> str:
    """Whether a county or the city reports; empty for everybody else.

    >>> level_of("county_government"), level_of("city_bureau"), level_of("province_government"), level_of("scene")
    ('county', 'city', '', '')
    """
    level = role.partition("_")[0]
    return level if level in ("county", "city") else ""


def own_duties(duties: Iterable[Duty], *, in_county: bool) -> list[Duty]:
    """The duties of the city and, where the place lies in one county, of that county."""
    levels = ("county", "city") if in_county else ("city",)
    return [duty for duty in duties if level_of(duty.from_role) in levels]


def gravest(*grades: str) -> str:
    """The most serious of some grades, of which each may be unknown.

    >>> gravest("IV", "", "III"), gravest("", "")
    ('III', '')
    """
    return max((grade for grade in grades if grade in GRADES), key=GRADES.index, default="")


def fulfils(channel: str, asked: str) -> bool:
    """Whether a report by one channel is what a rule asks for: the system's message is a written one.

    >>> fulfils("phone", "phone"), fulfils("system", "written"), fulfils("phone", "written"), fulfils("phone", "any")
    (True, True, False, True)
    """
    return asked in ("any", channel) or (asked == WRITTEN and channel == SYSTEM)
