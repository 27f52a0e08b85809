"""A run for other programs and for paper: GeoJSON, KML, an official brief."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

import shapely
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.risk.prediction import inputs, queries, roads, rules
from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.prediction.wording import all_said, figure, said, spoken
from anlan.foundation.documents.official import OfficialDocument, Section, Table
from anlan.foundation.places.residents import population_notes
from anlan.foundation.roads.models import RoadClass

#: KML colours (alpha, blue, green, red) by severity.
COLOURS = {1: "5500ffff", 2: "5500a5ff", 3: "550045ff", 4: "660000d0"}


def as_geojson(run: Run) -> dict[str, Any]:
    """The zones with what they were made from."""
    about = {
        "title": run.title, "hazard": run.hazard, "model_version": run.model_version, "inputs": run.inputs,
        "sources": run.sources, "notes": all_said(run.notes), "advice": all_said(run.advice), "figures": spoken(run.figures), "origin": [run.lon, run.lat],
        "asked_by": str(run.asked_by), "asked_at": run.asked_at.isoformat(), "is_exercise": run.is_exercise,
        "accepted_by": str(run.accepted_by) if run.accepted_by else None, "crs": "CGCS2000/WGS84",
    }  # fmt: skip
    seen = roads.picture(run)
    about["roads"] = roads_told(seen)
    points = [("entry", {"title": one.title, "road": one.road}, one) for one in seen.entries]
    points += [("gathering", {"road": one.road, "is_reached": one.is_reached}, one) for one in seen.gathering]
    features = [_marked(one, "zone") for one in run.zones.get("features", ())]
    features += [_marked(one, "road") for one in seen.features]
    features += [
        {
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
            "properties": {"is": kind, "bearing": one.bearing, "distance_m": one.distance_m} | said,
        }
        for kind, said, one in points
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features, "properties": about}


def _marked(feature: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {**feature, "properties": {"is": kind, **feature["properties"]}}


def roads_told(seen: roads.RoadPicture) -> dict[str, Any]:
    """The roads to close by name and class, and the network that says so, as JSON values."""
    network = seen.network
    return {
        "network": network and {
            "title": network.title, "source": network.source, "is_synthetic": network.is_synthetic,
            "imported_at": network.imported_at.isoformat(),
        },
        "close": [vars(one) | {"inside_m": round(one.inside_m)} for one in seen.lines],
        "entries": [vars(one) for one in seen.entries],
        "gathering": [vars(one) for one in seen.gathering],
    }  # fmt: skip


def as_kml(run: Run) -> str:
    """The zones of the whole event as KML 2.2."""
    mark = "【演练】" if run.is_exercise else ""
    places = []
    for properties, shape in queries.zone_shapes(run):
        name = f"{said(properties.get('told', properties['label']))}（{properties['value']:g} {properties['unit']}，最远 {properties['reach_m']:.0f} m）"
        polygons = "".join(_polygon(part) for part in shapely.get_parts(shape) if part.geom_type == "Polygon")
        colour = COLOURS.get(properties["severity"], COLOURS[1])
        places.append(
            f"<Placemark><name>{escape(name)}</name><description>{escape(properties['source'])}</description>"
            f"<Style><PolyStyle><color>{colour}</color></PolyStyle></Style>"
            f"<MultiGeometry>{polygons}</MultiGeometry></Placemark>"
        )
    seen = roads.picture(run)
    places += [_line(one) for one in seen.features]
    places += [_point(f"封控点：{one.title}", one.lon, one.lat) for one in seen.entries]
    origin = f"<Placemark><name>{escape('事发点')}</name><Point><coordinates>{run.lon},{run.lat}</coordinates></Point></Placemark>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{escape(mark + run.title)}</name>{''.join(places)}{origin}</Document></kml>\n"
    )


def _line(feature: Mapping[str, Any]) -> str:
    about, shape = feature["properties"], shapely.geometry.shape(feature["geometry"])
    parts = "".join(
        f"<LineString><coordinates>{' '.join(f'{x:.6f},{y:.6f}' for x, y in part.coords)}</coordinates></LineString>"
        for part in shapely.get_parts(shape)
        if part.geom_type == "LineString"
    )
    return (
        f"<Placemark><name>{escape('封闭道路：' + (about['name'] or str(RoadClass(about['class']).label)))}</name>"
        f"<Style><LineStyle><color>ff0000d0</color><width>4</width></LineStyle></Style>"
        f"<MultiGeometry>{parts}</MultiGeometry></Placemark>"
    )


def _point(name: str, lon: float, lat: float) -> str:
    return f"<Placemark><name>{escape(name)}</name><Point><coordinates>{lon},{lat}</coordinates></Point></Placemark>"


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
        (said(p.get("told", p["label"])), f"{p['value']:g} {p['unit']}", f"{p['reach_m']:.0f}", p["source"])
        for p, _ in queries.zone_shapes(run)
    )
    yield Section(
        heading="二、影响范围",
        paragraphs=() if zones else ("各级阈值在任何地点均未达到。",),
        table=Table(columns=("等级", "阈值", "最远（米）", "依据"), rows=zones) if zones else None,
    )
    figures = tuple(_figures(run))
    yield Section(heading="三、计算结果", table=Table(columns=("项目", "数值"), rows=figures) if figures else None)
    people = run.people
    levels = people.get("levels", {})
    yield Section(
        heading="四、人员",
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
            note="；".join(population_notes([one["code"] for one in people.get("villages", [])])),
        )
        if people.get("villages")
        else None,
    )
    seen = roads.picture(run)
    yield Section(
        heading="五、建议",
        paragraphs=(
            *(f"{'、'.join(all_said(one.labels))}：{one.text}" for one in rules.advise(run.hazard, run.zones)),
            *all_said(run.advice),
            f"力量集结点：距事发点{'；'.join(_gathering(one) for one in seen.gathering)}。",
            *_road_words(seen),
        ),
        table=Table(
            columns=("封闭道路", "等级", "区内长度（米）", "封控点（处）"),
            rows=tuple(
                (one.name or "未命名道路", str(one.class_title), f"{one.inside_m:.0f}", str(one.entries))
                for one in seen.lines
            ),
        )
        if seen.lines
        else None,
    )
    yield Section(heading="六、假设和局限", paragraphs=tuple(all_said(run.notes)))


def _gathering(point: roads.Gathering) -> str:
    where = f"方位{point.bearing}度{point.distance_m}米"
    if point.is_reached is None:
        return where
    return f"{where}（可由{point.road}到达）" if point.is_reached else f"{where}（路网上没有到达的道路）"


def _road_words(seen: roads.RoadPicture) -> Iterator[str]:
    if seen.network is None:
        yield "没有可用的路网，未列出需要封闭的道路。"
    elif not seen.lines:
        yield "影响范围没有切断在用路网的道路。"
    elif seen.network.is_synthetic:
        yield f"需封闭的道路见下表。路网“{seen.network.title}”是合成数据，不是真实道路，不能据此封路。"
    else:
        day = timezone.localtime(seen.network.imported_at)
        yield f"需封闭的道路见下表，依据{day:%Y年%m月%d日}导入的路网“{seen.network.title}”（{seen.network.source}）。"


def _figures(run: Run) -> Iterator[tuple[str, str]]:
    for one in run.figures:
        if one["value"] is not None:
            label = "，".join((*all_said(one.get("group", ())), said(one["label"])))
            yield label, f"{figure(one['value'])} {said(one['unit'])}".strip()


def _inputs(run: Run) -> Iterator[tuple[str, str, str]]:
    model = run.model
    for path, value in inputs.flat(run.inputs).items():
        if value in ("", None):
            continue
        told = inputs.shown(model and model.scenario, path, value)
        text = {True: "是", False: "否"}.get(told.value, told.value) if isinstance(told.value, bool) else told.value
        yield told.label, f"{text} {told.unit}".strip(), run.sources.get(path, "人工填写")
