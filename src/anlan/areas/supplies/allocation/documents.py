"""A plan as an official document and as GeoJSON, a way-bill as a page to print and sign."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from anlan.areas.supplies.allocation import queries
from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill
from anlan.areas.supplies.allocation.stops import together
from anlan.areas.supplies.movements.delivering import carried
from anlan.areas.supplies.movements.models import Balance, Place
from anlan.foundation.documents.official import OfficialDocument, Section, Table
from anlan.foundation.documents.pdf import page_as_pdf
from anlan.foundation.documents.qr import qr_svg

TEMPLATE = Path(__file__).parent / "waybill.typ"


def _clock(value: Any) -> str:
    return f"{timezone.localtime(value):%m-%d %H:%M}" if value else "未知"


def _waybills(plan: AllocationPlan) -> list[Waybill]:
    rows = plan.waybills.exclude(status=Waybill.Status.CANCELLED).select_related("depot")
    return list(rows.prefetch_related(queries.LINES))


def as_official(plan: AllocationPlan) -> OfficialDocument:
    """The plan for signature and files: who gets what by when, every trip, what is missing and why, what it rests on."""
    with override("zh-hans"):
        return _as_official(plan)


def _as_official(plan: AllocationPlan) -> OfficialDocument:
    waybills, day = _waybills(plan), timezone.localtime(plan.made_at)
    places = queries.shares_of(plan, waybills)
    basis = plan.basis
    roads = basis.get("roads", {})
    notes = [*basis.get("notes", ()), *plan.outcome.get("notes", ())]
    if roads.get("is_synthetic"):
        notes.append("路网是合成数据，不能用于行车")
    obstacles = "、".join(roads.get("obstacles", ())) or "无"
    told = [
        f"事件：{plan.incident.title}（{plan.incident.code}）。送达时限 {plan.limit_hours:g} 小时（{plan.limit_basis}），"
        f"自 {_clock(plan.starts_at)} 起算，至 {_clock(plan.due_at)}。",
        f"共 {len(together(waybills))} 个车次、{len({(w.ledger, w.vehicle) for w in waybills})} 辆车。"
        f"配送方式：{plan.get_rounds_display()}。",
        *(_moved(one) for one in queries.moves_of(plan)),
        *(_gained(one) for one in queries.gains_of(plan)),
    ]
    sources = [
        f"库存：出入库流水，{_clock(plan.starts_at)}；车辆：应急车辆台账；道路：{roads.get('title', '未知')}"
        f"（{roads.get('source', '未知')}），当时的道路阻断：{obstacles}；{roads.get('speeds', '行车按自由流车速')}。",
        *(f"{note}。" for note in notes),
        *(f"人工调整：{row['what']}（{row['by']}）。" for row in plan.changes),
    ]
    decided = (
        f"{plan.decided_by} 于 {_clock(plan.decided_at)} {plan.get_status_display()}。{plan.remark}"
        if plan.decided_by
        else "尚未批准。"
    )
    return OfficialDocument(
        organ=str(plan.made_by.department or "应急指挥中心"),
        title=f"{plan.incident.title}物资调拨方案", number=plan.code,
        sections=(
            Section(heading="一、概况", paragraphs=tuple(told)),
            Section(heading="二、各地点送达", table=_places_table(places)),
            Section(heading="三、车次", table=_trips_table(waybills)),
            Section(heading="四、依据", paragraphs=tuple(sources)),
            Section(heading="五、审批", paragraphs=(f"编制：{plan.made_by}，{_clock(plan.made_at)}。", decided)),
        ),
        date=f"{day.year}年{day.month}月{day.day}日", is_exercise=plan.is_exercise,
        is_draft=plan.status not in (AllocationPlan.Status.APPROVED, AllocationPlan.Status.SUPERSEDED),
    )  # fmt: skip


def _moved(one: dict[str, Any]) -> str:
    """Why stock goes to another depot first, in a sentence."""
    why = f"由{one['by']}提出" if one["by"] else "直送时限内送不齐"
    on = f"，到库后转送{'、'.join(one['places'])}，最晚 {_clock(one['last'])} 卸完" if one["places"] else ""
    return f"库间调拨：先从{one['depot']}调到{one['to']}（{why}）{on}。"


def _gained(gain: queries.Gain) -> str:
    """What rounds change at a depot, in a sentence."""
    direct = f"逐处直送需 {gain.direct_trips} 车次" + (
        f"、最晚 {_clock(gain.direct_last)} 送齐" if gain.direct_last else ""
    )
    later = "、".join(f"{place} {wait // timedelta(minutes=1)} 分钟" for place, wait in gain.later)
    return (
        f"{gain.depot}循环配送：{len(gain.places)} 处合并为 {gain.trips} 车次、最晚 {_clock(gain.last)} 送齐（{direct}）"
        + (f"，多送 {gain.more} 处" if gain.more else "")
        + (f"；比直送晚的：{later}，均在时限内" if later else "")
        + "。"
    )


def _places_table(places: list[queries.PlaceShare]) -> Table:
    rows = []
    for place in places:
        for share in place.shares:
            rows.append(
                (
                    place.name, share.item, f"{share.asked} {share.unit}", f"{share.sent} {share.unit}",
                    (_clock(place.last) + ("" if place.is_in_time else "（超时）")) if place.last else "—",
                    share.why if share.missing else "满足",
                )
            )  # fmt: skip
    return Table(columns=("地点", "物资", "需求", "送达", "最晚卸完", "未满足原因"), rows=tuple(rows))


def _trips_table(waybills: list[Waybill]) -> Table:
    rows = [
        (
            one.number, f"{'库间调拨：' if one.to_depot_id else ''}{one.depot} → {one.place}", f"{one.truck} {one.driver}",
            "、".join(f"{line.item.name} {line.quantity} {line.item.unit}" for line in one.lines.all()),
            f"装车 {_clock(one.load_at)}，发车 {_clock(one.leave_at)}，到达 {_clock(one.arrive_at)}",
        )
        for one in waybills
    ]  # fmt: skip
    return Table(columns=("序号", "自、至", "车辆", "物资", "计划时间"), rows=tuple(rows))


def as_geojson(plan: AllocationPlan) -> dict[str, Any]:
    """Routes as lines, depots and places as points."""
    waybills = _waybills(plan)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": one.line},
            "properties": {
                "kind": "route", "id": one.pk, "code": one.code, "status": one.status, "depot": str(one.depot),
                "place": one.place, "truck": one.truck, "load_at": one.load_at.isoformat(),
                "arrive_at": one.arrive_at.isoformat(), "km": one.length_km,
                "items": [[line.item.name, line.quantity, line.item.unit] for line in one.lines.all()],
            },
        }
        for one in waybills
        if len(one.line) > 1
    ]  # fmt: skip
    depots = {one.depot_id: one.depot for one in waybills}
    features += [_point("depot", depot.lon, depot.lat, name=depot.name) for depot in depots.values()]
    for place in queries.shares_of(plan, waybills):
        features.append(
            _point("place", place.lon, place.lat, name=place.name, is_whole=place.is_whole, in_time=place.is_in_time)
        )
    return {"type": "FeatureCollection", "features": features}


def _point(kind: str, lon: float, lat: float, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind} | properties}


def waybill_pdf(stops: list[Waybill], addresses: dict[int, str]) -> bytes:
    """A4 pages for the driver: facts of the trip, and for each stop a QR code, its pick list by bin and lines to sign."""
    with override("zh-hans"):
        first = stops[0]
        facts = [
            ("事件", f"{first.plan.incident}"), ("发货库", f"{first.depot}  {first.depot.keeper} {first.depot.phone}"),
            ("车辆", f"{first.truck}  {first.driver} {first.driver_phone}"),
            ("计划", f"装车 {_clock(first.load_at)}，发车 {_clock(first.leave_at)}，返回 {_clock(stops[-1].back_at)}，"
                    f"{sum(one.length_km for one in stops):.1f} 千米（去程）"),
            ("重量", f"{sum(one.weight_kg for one in stops):g} / {first.load_kg} 千克"),
        ]  # fmt: skip
        if len(stops) > 1:
            facts.append(("依次送", " → ".join(one.place for one in stops) + "（后送的先装车）"))
        marks = [word for word, is_so in (("演练", first.is_exercise), ("草案", first.slip is None)) if is_so]
        data = {
            "code": first.round_code or first.code, "title": "应急物资运单", "marks": marks, "facts": facts,
            "stops": [_stop(one, addresses[one.pk], len(stops)) for one in stops],
            "printed": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        }  # fmt: skip
        return page_as_pdf(TEMPLATE, data)


def _stop(waybill: Waybill, address: str, count: int) -> dict[str, Any]:
    """One place of a trip on paper."""
    heading = f"第 {waybill.stop} 站：{waybill.place}" if count > 1 else waybill.place
    return {
        "heading": heading, "code": waybill.code, "who": f"{waybill.contact} {waybill.contact_phone}",
        "arrive": _clock(waybill.arrive_at), "rows": _picks(waybill), "qr": qr_svg(address),
        "receiver": waybill.received_by,
        "got": [
            [str(line.item), f"{line.quantity if line.loaded is None else line.loaded} {line.item.unit}",
             *("" if n is None else str(n) for n in (line.received, line.damaged, line.missing))]
            for line in waybill.lines.all()
        ],
    }  # fmt: skip


def _picks(waybill: Waybill) -> list[list[str]]:
    """What to take from which bin; of a draft only what."""
    if waybill.slip is None:
        lines = waybill.lines.all()
        return [["—", str(line.item), "—", "—", f"{line.quantity} {line.item.unit}", ""] for line in lines]
    lots = carried(waybill.slip, Place.RESERVED)
    held = Balance.objects.filter(depot=waybill.depot_id, lot__in=lots, place=Place.DEPOT)
    bins = dict(held.values_list("lot_id", "bin"))
    rows = [
        [bins.get(lot.pk, "") or "—", str(lot.item), lot.code,
         f"{lot.expires_on:%Y-%m-%d}" if lot.expires_on else "不限", f"{n} {lot.item.unit}",
         str(waybill.picked.get(str(lot.pk), "")) if waybill.picked else ""]
        for lot, n in lots.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row[0], row[2]))
