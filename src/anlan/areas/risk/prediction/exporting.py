"""A run for other programs and for paper: GeoJSON, KML, an official brief."""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import shapely
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.risk.prediction import inputs, queries, rules
from anlan.areas.risk.prediction.models import Run
from anlan.foundation.documents.official import OfficialDocument, Section, Table

#: KML colours (alpha, blue, green, red) by severity.
COLOURS = {1: "5500ffff", 2: "5500a5ff", 3: "550045ff", 4: "660000d0"}


def as_geojson(run: Run) -> dict[str, Any]:
    """The zones with what they were made from."""
    about = {
        "title": run.title, "hazard": run.hazard, "model_version": run.model_version, "inputs": run.inputs,
        "sources": run.sources, "notes": run.notes, "figures": run.figures, "origin": [run.lon, run.lat],
        "asked_by": str(run.asked_by), "asked_at": run.asked_at.isoformat(), "is_exercise": run.is_exercise,
        "accepted_by": str(run.accepted_by) if run.accepted_by else None, "crs": "CGCS2000/WGS84",
    }  # fmt: skip
    return {**run.zones, "properties": about}


def as_kml(run: Run) -> str:
    """The zones of the whole event as KML 2.2."""
    mark = "【演练】" if run.is_exercise else ""
    places = []
    for properties, shape in queries.zone_shapes(run):
        said = (
            f"{properties['label']}（{properties['value']:g} {properties['unit']}，最远 {properties['reach_m']:.0f} m）"
        )
        polygons = "".join(_polygon(part) for part in shapely.get_parts(shape) if part.geom_type == "Polygon")
        colour = COLOURS.get(properties["severity"], COLOURS[1])
        places.append(
            f"<Placemark><name>{escape(said)}</name><description>{escape(properties['source'])}</description>"
            f"<Style><PolyStyle><color>{colour}</color></PolyStyle></Style>"
            f"<MultiGeometry>{polygons}</MultiGeometry></Placemark>"
        )
    origin = f"<Placemark><name>{escape('事发点')}</name><Point><coordinates>{run.lon},{run.lat}</coordinates></Point></Placemark>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{escape(mark + run.title)}</name>{''.join(places)}{origin}</Document></kml>\n"
    )


def _polygon(shape: shapely.Polygon) -> str:
    def ring(one: Any) -> str:
        return (
            f"<LinearRing><coordinates>{' '.join(f'{x:.6f},{y:.6f}' for x, y in one.coords)}</coordinates></LinearRing>"
        )

    holes = "".join(f"<innerBoundaryIs>{ring(one)}</innerBoundaryIs>" for one in shape.interiors)
    return f"<Polygon><outerBoundaryIs>{ring(shape.exterior)}</outerBoundaryIs>{holes}</Polygon>"


def as_official(run: Run) -> OfficialDocument:
    """The brief: what was assumed, what follows, what to do, and how sure it is."""
    with override("zh-hans"):
        day = timezone.localtime(run.finished_at or run.asked_at)
        organ = str(run.asked_by.department or "应急指挥中心")
        return OfficialDocument(
            organ=organ, title=f"{run.title}推演简报", sections=tuple(_sections(run)), signature=organ,
            date=f"{day.year}年{day.month}月{day.day}日", is_exercise=run.is_exercise, is_draft=run.accepted_at is None,
        )  # fmt: skip


def _sections(run: Run) -> Iterator[Section]:
    model = run.model
    when = timezone.localtime(run.asked_at)
    accepted = (
        f"{run.accepted_by}于{timezone.localtime(run.accepted_at):%m月%d日%H时%M分}采纳。"
        if run.accepted_at
        else "尚未有人采纳，不得作为决策依据。"
    )
    yield Section(
        heading="一、情景",
        paragraphs=(
            f"{when:%Y年%m月%d日%H时%M分}，{run.asked_by}用模型“{model.title if model else run.hazard}”"
            f"（版本{run.model_version}）计算，位置东经{run.lon:.5f}度、北纬{run.lat:.5f}度。{accepted}",
        ),
        table=Table(columns=("输入", "值", "来源"), rows=tuple(_inputs(run))),
    )
    zones = tuple(
        (p["label"], f"{p['value']:g} {p['unit']}", f"{p['reach_m']:.0f}", p["source"])
        for p, _ in queries.zone_shapes(run)
    )
    yield Section(
        heading="二、影响范围",
        paragraphs=() if zones else ("各级阈值在任何地点均未达到。",),
        table=Table(columns=("等级", "阈值", "最远（米）", "依据"), rows=zones) if zones else None,
    )
    people = run.people
    levels = people.get("levels", {})
    yield Section(
        heading="三、人员",
        paragraphs=tuple(f"第{level}级影响区内{count}人。" for level, count in sorted(levels.items(), reverse=True))
        or ("影响范围内没有已知的村（社区）。",),
        table=Table(
            columns=("村（社区）", "乡镇（街道）", "人口", "等级"),
            rows=tuple(
                (
                    one["name"],
                    one["township"],
                    "未知" if one["people"] is None else str(one["people"]),
                    str(one["severity"]),
                )
                for one in people.get("villages", [])[:30]
            ),
            note="；".join(queries.population_notes([one["code"] for one in people.get("villages", [])])),
        )
        if people.get("villages")
        else None,
    )
    points = queries.gathering(run)
    where = "、".join(f"方位{one['bearing']}度{one['distance_m']}米" for one in points)
    yield Section(
        heading="四、建议",
        paragraphs=(
            *(f"{'、'.join(one.labels)}：{one.text}" for one in rules.advise(run.hazard, run.zones)),
            f"力量集结点：距事发点{where}。",
        ),
    )
    yield Section(heading="五、假设和局限", paragraphs=tuple(run.notes))


def _inputs(run: Run) -> Iterator[tuple[str, str, str]]:
    model = run.model
    for path, value in inputs.flat(run.inputs).items():
        if value in ("", None):
            continue
        told = inputs.shown(model and model.scenario, path, value)
        text = {True: "是", False: "否"}.get(told.value, told.value) if isinstance(told.value, bool) else told.value
        yield told.label, f"{text} {told.unit}".strip(), run.sources.get(path, "人工填写")
