"""A risk study for other programs and for paper."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from anlan.areas.risk.qra import queries
from anlan.areas.risk.qra.computing import assumptions
from anlan.areas.risk.qra.models import RiskStudy
from anlan.foundation.documents.official import OfficialDocument, Section, Table


def as_geojson(study: RiskStudy) -> dict[str, Any]:
    """Contours and protected targets with what they were made from."""
    targets = [
        {
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
            "properties": {key: value for key, value in one.items() if key not in ("lon", "lat")},
        }
        for one in study.findings["targets"]
    ]  # fmt: skip
    with override("zh-hans"):
        told = assumptions(study.rules, study.findings)
    about = {
        "title": study.title, "is_new": study.is_new, "scenarios": study.scenarios, "left_out": study.left_out,
        "refused": study.findings["refused"], "rules": study.rules, "curve": study.findings["curve"],
        "standing": study.standing, "loss_of_life": study.loss_of_life, "assumptions": told,
        "asked_by": str(study.asked_by), "asked_at": study.asked_at.isoformat(), "is_exercise": study.is_exercise,
        "crs": "CGCS2000/WGS84",
    }  # fmt: skip
    return {
        "type": "FeatureCollection", "properties": about, "features": [*study.contours["features"], *targets],
    }  # fmt: skip


def as_official(study: RiskStudy) -> OfficialDocument:
    """The report; a draft as long as a rule that it rests on has not been checked."""
    with override("zh-hans"):
        day = timezone.localtime(study.finished_at or study.asked_at)
        organ = str(study.asked_by.department or "应急指挥中心")
        return OfficialDocument(
            organ=organ, title=f"{study.title}报告", sections=tuple(_sections(study)), signature=organ,
            date=f"{day.year}年{day.month}月{day.day}日", is_exercise=study.is_exercise, is_draft=bool(study.unchecked),
        )  # fmt: skip


def power(value: float) -> str:
    """A frequency as people write it.

    >>> power(3e-7), power(1.25e-5), power(0.0)
    ('3×10⁻⁷', '1.25×10⁻⁵', '0')
    """
    if not value:
        return "0"
    mantissa, exponent = f"{value:.2e}".split("e")
    digits = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa.rstrip('0').rstrip('.')}×10{digits}"


def printed(value: float) -> str:
    """A frequency on paper, whose typefaces lack raised digits.

    >>> printed(3e-7), printed(1.25e-5), printed(0.0)
    ('3E-7', '1.25E-5', '0')
    """
    if not value:
        return "0"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent)}"


def parts(basis: Sequence[Sequence[Any]], written: Callable[[float], str] = power) -> list[tuple[str, str]]:
    """What a frequency was multiplied from, as people write it."""
    return [(name, written(value) if value < 1e-3 else f"{value:g}") for name, value in basis]


def ground(km2: float) -> str:
    """An area with a unit that suits its size.

    >>> ground(1.2427), ground(0.0003)
    ('1.24 km²', '300 m²')
    """
    return f"{km2:.3g} km²" if km2 >= 0.01 else f"{km2 * 1e6:.0f} m²"


def _sections(study: RiskStudy) -> Iterator[Section]:
    found = study.findings
    column = "新建、改建、扩建" if study.is_new else "在役"
    asked = timezone.localtime(study.asked_at)
    yield Section(
        heading="一、对象和情景",
        paragraphs=(
            f"{asked:%Y年%m月%d日%H时%M分}，{study.asked_by}计算，按{column}装置的基准。共{len(study.scenarios)}个情景。"
            "频率写作3E-7即3×10的负7次方。",
            *study.left_out, *(f"模型拒绝：{one}" for one in found["refused"]),
        ),
        table=Table(
            columns=("情景", "频率（次/年）", "频率由来", "致死最远（米）"),
            rows=tuple(_scenarios(study)),
        ),
    )  # fmt: skip
    yield Section(
        heading="二、个人风险",
        paragraphs=(f"网格上最高{printed(found['highest'])}次/年。{study.exceeded}处防护目标超过基准。",),
        table=Table(
            columns=("等值线（次/年）", "面积", "最远（米）"),
            rows=tuple(
                (printed(one["per_year"]), *((ground(one["area_km2"]), str(one["reach_m"])) if one["area_km2"] else ("未达到", "—")))
                for one in found["levels"]
            ),
        ),
    )  # fmt: skip
    over = [one for one in found["targets"] if not one["is_met"]]
    if over:
        yield Section(
            heading="三、超过基准的防护目标",
            table=Table(
                columns=("名称", "类别", "人口", "风险（次/年）", "基准（次/年）", "距离（米）"),
                rows=tuple(
                    (
                        f"{one['name']}（{one['kind']}）", one["class"],
                        "未知" if one["people"] is None else str(one["people"]),
                        printed(one["risk"]), printed(one["limit"]), str(one["distance_m"]),
                    )
                    for one in over
                ),
                note="；".join(queries.notes_of_people(study)),
            ),
        )  # fmt: skip
    else:
        yield Section(heading="三、超过基准的防护目标", paragraphs=("已知的防护目标都不超过基准。",))
    lines = study.rules["risk.societal_criteria"]["params"]
    points = tuple((f"{n:g}", printed(often), _place(n, often, lines)) for n, often in found["curve"][:: _step(found)])
    yield Section(
        heading="四、社会风险",
        paragraphs=(
            f"F-N曲线位于{study.get_standing_display()}区。潜在生命损失{printed(study.loss_of_life or 0.0)}人/年。",
        ),
        table=Table(columns=("死亡人数N", "不少于N人的频率F（次/年）", "位置"), rows=points) if points else None,
    )
    yield Section(heading="五、假设和局限", paragraphs=tuple(assumptions(study.rules, found)))
    yield Section(
        heading="六、规则",
        table=Table(
            columns=("规则", "依据", "出处", "状态"),
            rows=tuple(
                (f"{one['title']}（版本{one['reference'].partition('@')[2]}）", one["citation"], one["source"], "已核对" if one["status"] == "checked" else "待核对")
                for one in study.rules.values()
            ),
        ),
    )  # fmt: skip


def _step(found: dict[str, Any]) -> int:
    return max(1, -(-len(found["curve"]) // 25))


def _place(deaths: float, often: float, lines: dict[str, float]) -> str:
    product = deaths * often
    if product >= lines["unacceptable_fn"] or deaths > lines["most_deaths"]:
        return "不可接受"
    return "尽可能降低" if product >= lines["acceptable_fn"] else "可接受"


def _scenarios(study: RiskStudy) -> Iterator[tuple[str, ...]]:
    reach = {one["title"]: one["reach_m"] for one in study.findings["scenarios"]}
    for one in study.scenarios:
        basis = " × ".join(f"{name} {value}" for name, value in parts(one["basis"], printed))
        away = reach.get(one["title"])
        yield one["title"], printed(one["per_year"]), basis, "拒绝" if away is None else str(away)
