"""Take a call (接报): the form, kinds of events by everyday words, and the area that a described place lies in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import CharField, F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import EventKind
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area
from anlan.science.geo.distance import great_circle_km
from anlan.web.forms import FiguresForm

#: Kinds that a city's duty desk takes most often, as buttons.
COMMON_KINDS = ("12G00", "12H00", "12D00", "11A02", "11A01", "12P00", "12C00", "13B00")
#: Everyday words of callers, and the kinds that they mean.
SPOKEN = {
    "着火 起火 失火 冒烟 爆燃": ("12G00", "12D00"),
    "车祸 撞车 追尾 翻车 侧翻": ("12H00",),
    "泄漏 化工 罐车 爆炸 气味 氯气 氨": ("12D00",),
    "积水 被淹 水淹 淹了 立交": ("11A02",),
    "决口 管涌 漫堤 河堤 险工 上涨": ("11A04", "11A01"),
    "燃气 停水 停电 断水 管道 桥": ("12P00", "12U00"),
    "塌方 坍塌 脚手架 塔吊 工地": ("12C00",),
    "电梯 锅炉 索道 游乐": ("12N00",),
    "呕吐 腹泻 食堂": ("13B00", "13C00"),
    "发热 疫情 肺炎 流感": ("13A00",),
    "踩踏 拥挤": ("12S00",),
    "污染 偷排 死鱼": ("12Q00",),
    "塌陷 陷坑": ("11D04",),
    "树倒 大风 龙卷": ("11B06", "11B02"),
}
#: Where calls come from; the record keeps the Chinese word.
SOURCES = (
    gettext_noop("群众来电"),
    gettext_noop("110 转警"),
    gettext_noop("119 转警"),
    gettext_noop("120 转警"),
    gettext_noop("县（市、区）报告"),
    gettext_noop("部门报告"),
    gettext_noop("媒体和网络"),
    gettext_noop("监测告警"),
)
#: Endings that people leave out when they say where something is.
ENDINGS = ("经济技术开发区", "高新技术产业开发区", "旅游度假区", "街道", "社区", "区", "市", "县", "镇", "乡", "村")


def kinds_named(words: str) -> list[EventKind]:
    """Kinds of events by name, code or an everyday word, the closest first."""
    words = words.strip()
    if not words:
        return list(EventKind.objects.filter(pk__in=COMMON_KINDS))
    spoken = [
        code
        for group, codes in SPOKEN.items()
        if any(w in words or words in w for w in group.split())
        for code in codes
    ]
    named = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code__istartswith=words)
    rows = EventKind.objects.filter(named | Q(pk__in=spoken)).exclude(code__endswith="000")
    return sorted(rows, key=lambda kind: (words not in kind.name, spoken.index(kind.pk) if kind.pk in spoken else 99))[
        :8
    ]


def _stem(name: str) -> str:
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


@dataclass(frozen=True)
class Place:
    """An area that a described place may lie in, with the areas above it for telling it apart."""

    area: Area
    label: str


def _labelled(areas: list[Area]) -> list[Place]:
    found = []
    for area in areas:
        above = area.parent if area.parent and area.parent.level not in ("city", "province") else None
        higher = above.parent if above and above.parent and above.parent.level not in ("city", "province") else None
        found.append(Place(area, "".join(a.name for a in (higher, above, area) if a)))
    return found


def places_in(
    text: str, user: User, *, lon: float | None = None, lat: float | None = None, most: int = 5
) -> list[Place]:
    """The areas of the user's that a text names or a point lies near, the narrowest first; else the counties."""
    scoped = Area.objects.filter(within(user.scope.prefixes, "code")).select_related("parent__parent")
    larger = list(scoped.filter(level__in=("county", "zone", "township")))
    if text:
        villages = (
            scoped.filter(level="village").alias(words=Value(text, CharField())).filter(words__contains=F("name"))
        )
        named = {area.pk: area for area in [*larger, *villages[:50]] if _stem(area.name) in text or area.name in text}
        if named:

            def weight(area: Area) -> tuple:
                above = sum(code in named for code in (area.code[:6], area.code[:9]) if code != area.code)
                return (-above, -len(area.code), area.name not in text, area.code)

            return _labelled(sorted(named.values(), key=weight)[:most])
    if lon is not None and lat is not None:
        near = [a for a in larger if a.level == "township" and a.lon is not None and a.lat is not None]
        return _labelled(sorted(near, key=lambda a: great_circle_km(lon, lat, a.lon, a.lat))[:3])
    return _labelled([a for a in larger if a.level in ("county", "zone")])


def likeliest(places: list[Place], text: str, *, chosen: str = "", has_point: bool = False) -> str:
    """The code to be marked among the suggestions: what the person chose, else the first that is more than a guess."""
    if chosen in {place.area.pk for place in places}:
        return chosen
    is_named = bool(places) and (_stem(places[0].area.name) in text or has_point)
    return places[0].area.pk if is_named or len(places) == 1 else ""


class IntakeForm(FiguresForm):
    """What is asked in the minute of a call; only kind, place with its area and what happened must be known."""

    kind = forms.ModelChoiceField(
        EventKind.objects.all(), label=_("类别"), error_messages={"required": _("请选择事件类别，说不清的选“其他”。")}
    )
    place = forms.CharField(label=_("地点"), max_length=120, error_messages={"required": _("请填写地点，越具体越好。")})
    area = forms.ModelChoiceField(
        Area.objects.all(), label=_("所在区域"), error_messages={"required": _("请选择所在区域。")}
    )
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    occurred_at = forms.DateTimeField(
        label=_("发生时间"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    description = forms.CharField(
        label=_("发生了什么"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请用一两句话写明发生了什么。")},
    )
    caller = forms.CharField(label=_("报告人"), max_length=60, required=False)
    caller_phone = forms.CharField(
        label=_("电话"), max_length=30, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    source = forms.CharField(label=_("信息来源"), max_length=50, required=False)
    is_exercise = forms.BooleanField(label=_("这是演练"), required=False)

    def __init__(self, *args: Any, is_note: bool = False, **kwargs: Any):
        """A note to an incident that is known already needs only what happened."""
        super().__init__(*args, **kwargs)
        for name in ("kind", "area", "place"):
            self.fields[name].required = not is_note
        self.fields["occurred_at"].initial = timezone.now
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "form-control", "autocomplete": "off"}
            if self.is_bound and self.errors.get(name):
                field.widget.attrs |= {"class": "form-control is-invalid", "aria-describedby": f"error-{name}"}
        self.fields["is_exercise"].widget.attrs["class"] = "form-check-input"

    @property
    def told_by(self) -> str:
        """Source and caller as one line."""
        return " ".join(part for part in (self.cleaned_data.get("source"), self.cleaned_data.get("caller")) if part)

    def report(self) -> dict[str, Any]:
        """The arguments of `raise_incident` that the call gives."""
        data = self.cleaned_data
        occurred: datetime = data["occurred_at"] or timezone.now()
        names = ("kind", "area", "place", "description", "caller_phone", "lon", "lat", "is_exercise")
        return {name: data[name] for name in names} | {
            "title": f"{data['place']}{data['kind'].name}"[:120],
            "occurred_at": occurred,
            "source": self.told_by,
            "figures": self.figures,
        }
