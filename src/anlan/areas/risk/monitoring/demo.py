"""Sample stations with a quiet month behind them: real townships, made-up devices, readings from a fixed seed."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.utils import timezone

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import Alarm, Instrument, Latest, MalformedFrame, Station, UnknownDevice
from anlan.areas.risk.monitoring.readings import GOOD, RANGE, Readings, milliseconds, moment
from anlan.areas.risk.monitoring.rules import MINUTE
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area
from anlan.foundation.rules.queries import rule
from anlan.protocols import hj212

#: The history ends before the storm that is played into the same stations: 16.5 hours of it lie before now.
DAYS, END = 30, timedelta(hours=17)
PER_COUNTY, PER_ZONE = 6, 4
#: Kinds of stations that have a quiet month behind them; vehicles and fire facilities begin when they are heard.
QUIET = (Station.Kind.RAIN, Station.Kind.RIVER, Station.Kind.WORKS)
#: Vehicles whose terminals report; the fleet's register names the same numbers.
VEHICLES = 12
#: The wettest place of the storm that is played (2019年8月), so its station has to be there.
ALWAYS = "姜店镇"
WORKS_CODE, WORKS_MN = "HG-01", "91371500DEMO000000000001"
MARKS_SOURCE = "演示数据，非实测"
#: Marks at the instruments' own datum: river, county, township, usual stage, warning, guaranteed, historic, m.
#: No stage marks of these rivers are openly published; the figures are made up within the plain's 22-49 m.
RIVERS = (
    ("徒骇河", "371522", "十八里铺镇", 37.6, 40.3, 41.2, 41.6),
    ("徒骇河", "371502", "侯营镇", 30.4, 33.2, 34.3, 34.6),
    ("徒骇河", "371503", "博平镇", 26.9, 29.8, 30.9, 31.1),
    ("徒骇河", "371526", "固河镇", 23.8, 26.6, 27.6, 27.9),
    ("马颊河", "371522", "王奉镇", 36.2, 39.0, 40.1, 40.3),
    ("马颊河", "371525", "桑阿镇", 33.5, 36.2, 37.1, 37.5),
    ("马颊河", "371581", "魏湾镇", 28.6, 31.4, 32.4, 32.7),
    ("卫运河", "371525", "斜店乡", 35.8, 40.3, 43.1, 43.6),
    ("卫运河", "371581", "先锋路街道", 32.4, 37.0, 39.6, 40.1),
    ("金堤河", "371521", "金斗营镇", 38.7, 41.5, 42.7, 43.0),
    ("黄河", "371524", "鱼山镇", 37.9, 41.5, 43.1, 43.6),
    ("周公河", "371502", "湖西街道", 29.1, 29.9, 30.3, 30.5),
)
#: Suffix, name, quantity, factor, usual value, noise, limits, rate limit per hour. Factor codes of gas detectors,
#: tanks and pipes are the works' own choice: HJ 212-2017 annex B has none for %LEL and %OEL.
WORKS = (
    ("G1", "1号罐区可燃气体探测器", "gas_combustible", "a05002", 1.2, 0.4, None, None),
    ("G2", "装卸区可燃气体探测器", "gas_combustible", "a24088", 1.6, 0.5, None, None),
    ("G3", "泵房可燃气体探测器", "gas_combustible", "a25002", 0.9, 0.3, None, None),
    ("G4", "2号罐区氨气探测器", "gas_toxic", "a21001", 3.0, 0.9, None, None),
    ("G5", "压缩机房氨气探测器", "gas_toxic", "a21028", 2.2, 0.8, None, None),
    ("G6", "氯气库房探测器", "gas_toxic", "a21022", 1.1, 0.5, None, None),
    ("L1", "1号储罐液位", "level", "e31201", 6.4, 0.01, (8.5, 9.2), 1.5),
    ("L2", "2号储罐液位", "level", "e31202", 4.8, 0.01, (8.5, 9.2), 1.5),
    ("T1", "1号储罐温度", "temperature", "g12501", 26.0, 0.1, (38.0, 45.0), None),
    ("T2", "反应釜温度", "temperature", "g13101", 82.0, 0.4, (105.0, 120.0), 60.0),
    ("P1", "1号储罐压力", "pressure", "g12502", 112.0, 0.6, (180.0, 220.0), None),
    ("P2", "反应釜压力", "pressure", "g13302", 310.0, 2.0, (420.0, 480.0), None),
    ("W1", "废水排口化学需氧量", "cod", "w01018", 31.0, 1.2, (50.0, 60.0), None),
    ("W2", "废水排口pH值", "ph", "w01001", 7.4, 0.03, None, None),
    ("M1", "厂界风速", "wind_speed", "a01007", 3.4, 0.5, None, None),
    ("M2", "厂界风向", "wind_direction", "a01008", 68.0, 7.0, None, None),
)


#: What the toxic gas detectors measure, by CAS number.
SUBSTANCES = {"G4": "7664-41-7", "G5": "7664-41-7", "G6": "7782-50-5"}


@dataclass(frozen=True, kw_only=True)
class _Episode:
    """Something that happened in the quiet month: an instrument, how long ago, how long, and why it was closed."""

    instrument: str
    days: float
    minutes: int
    peak: float
    reason: str
    note: str
    kind: str = "threshold"


EPISODES = (
    _Episode(instrument=f"{WORKS_CODE}-G4", days=26.3, minutes=15, peak=118.0, reason="calibration", note="标气校准时未先转入校准状态。"),
    _Episode(instrument=f"{WORKS_CODE}-G2", days=19.6, minutes=20, peak=27.5, reason="real", note="鹤管接头垫片渗漏，已更换并复测合格。"),
    _Episode(instrument=f"{WORKS_CODE}-T2", days=13.2, minutes=30, peak=108.4, reason="expected", note="升温阶段，工艺允许范围内。"),
    _Episode(instrument="H-06-Z", days=9.4, minutes=45, peak=-273.5, reason="device", note="浮子卡线，清理后恢复。", kind="quality"),
    _Episode(instrument=f"{WORKS_CODE}-G1", days=5.1, minutes=15, peak=26.2, reason="interference", note="附近喷漆作业的溶剂挥发。"),
)  # fmt: skip


def load(city: Area) -> None:
    """Add the sample stations, their quiet month, and a few things that went wrong."""
    sampler = Sampler(city, "monitoring")
    sampler.add(
        Station, [*_rain_stations(sampler), *_river_stations(city), *_works(city), *_moving(city), *_hall(city)]
    )
    sampler.add(Instrument, _instruments())
    instruments = list(
        Instrument.objects.filter(is_demo=True, latest=None, station__kind__in=QUIET)
        .select_related("station")
        .order_by("code")
    )
    if not instruments:
        return
    end = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) - END
    readings = _month(instruments, end)
    storage.write_blocks(readings)
    _keep_latest(readings)
    _keep_alarms({instrument.code: instrument for instrument in instruments}, end)
    _keep_strange_frames(end)


def _rain_stations(sampler: Sampler) -> list[dict]:
    """A few stations in each county and functional zone; a zone's stations belong to the zone."""
    townships = Area.objects.filter(level=Area.Level.TOWNSHIP).exclude(lon=None).order_by("code")
    rows = []
    for place in (*sampler.counties, *Area.objects.filter(level=Area.Level.ZONE).order_by("code")):
        is_zone = place.level == Area.Level.ZONE
        inside = [
            one for one in townships if (one.zone_id == place.pk if is_zone else one.parent_id == place.pk and not one.zone_id)
        ]  # fmt: skip
        fixed = [one for one in inside if one.name == ALWAYS]
        others = [one for one in inside if one not in fixed]
        wanted = min(len(others), (PER_ZONE if is_zone else PER_COUNTY) - len(fixed))
        chosen = sorted((*fixed, *sampler.random.sample(others, wanted)), key=lambda one: one.pk)
        for number, township in enumerate(chosen, 1):
            rows.append(
                {
                    "code": f"R-{place.pk}-{number:02d}",
                    "name": f"{township.name.removesuffix('镇').removesuffix('街道').removesuffix('乡')}雨量站",
                    "kind": Station.Kind.RAIN,
                    "area": place if is_zone else township,
                    "protocol": "sl651",
                    "address": f"00{sampler.city.pk}{len(rows) + 1:02d}",
                    "lon": township.lon,
                    "lat": township.lat,
                }
            )
    return rows


def _river_stations(city: Area) -> list[dict]:
    rows = []
    for number, (river, county, name, _usual, warning, guaranteed, historic) in enumerate(RIVERS, 1):
        township = Area.objects.filter(parent_id=county, name=name).exclude(lon=None).first()
        if township is None:
            continue
        rows.append(
            {
                "code": f"H-{number:02d}",
                "name": f"{river}{name.removesuffix('镇').removesuffix('街道').removesuffix('乡')}水位站",
                "kind": Station.Kind.RIVER,
                "area": township,
                "protocol": "sl651",
                "address": f"00{city.pk}{80 + number:02d}",
                "lon": township.lon,
                "lat": township.lat,
                "warning_mark": warning,
                "guaranteed_mark": guaranteed,
                "historic_mark": historic,
                "marks_source": MARKS_SOURCE,
            }
        )
    return rows


def _works(city: Area) -> list[dict]:
    """The works of the demo safety officer."""
    own = Department.objects.filter(code="demo-works").select_related("area").first()
    if own is None:
        return []
    place = own.area
    near = place if place.lon is not None else Area.objects.filter(zone=place).exclude(lon=None).first() or city
    return [
        {
            "code": WORKS_CODE, "name": own.name, "kind": Station.Kind.WORKS, "area": place, "department": own,
            "protocol": "hj212", "address": WORKS_MN, "lon": near.lon, "lat": near.lat,
        }
    ]  # fmt: skip


def _moving(city: Area) -> list[dict]:
    """The terminals of the city's own vehicles."""
    return [
        {
            "code": f"V-{n + 1:02d}", "name": f"应急保障车 {n + 1:02d}", "kind": Station.Kind.VEHICLE, "area": city,
            "protocol": "jt808", "address": f"199{n:08d}", "password": "simulated",
        }
        for n in range(VEHICLES)
    ]  # fmt: skip


def _hall(city: Area) -> list[dict]:
    """A public hall whose fire alarm system is watched."""
    place = Area.objects.filter(level=Area.Level.COUNTY).exclude(lon=None).order_by("code").first() or city
    return [
        {
            "code": "F-01", "name": "会展中心消防设施", "kind": Station.Kind.FIRE, "area": place, "protocol": "gb26875",
            "address": "0000000000F1", "lon": place.lon, "lat": place.lat,
        }
    ]  # fmt: skip


def _instruments() -> list[dict]:
    rows = []
    for station in Station.objects.filter(is_demo=True).order_by("code"):
        common = {"station": station, "area_id": station.area_id}
        if station.kind == Station.Kind.RAIN:
            rows.append(
                common | {"code": f"{station.code}-PT", "name": "雨量计", "quantity": "rain_total", "channel": "PT"}
            )
            rows.append(
                common | {"code": f"{station.code}-VT", "name": "电源电压", "quantity": "voltage", "channel": "VT"}
            )
        elif station.kind == Station.Kind.FIRE:
            fire = {"name": "火灾报警", "quantity": "fire_alarm", "channel": "fire", "first_limit": 1.0}
            rows.append(common | fire | {"code": f"{station.code}-FIRE"})
            fault = {"name": "设施故障", "quantity": "fault", "channel": "fault"}
            rows.append(common | fault | {"code": f"{station.code}-FAULT"})
            tank = {"name": "消防水箱液位", "quantity": "level", "channel": "analog:11-0-1"}
            rows.append(common | tank | {"code": f"{station.code}-TANK"})
        elif station.kind == Station.Kind.RIVER:
            rows.append(
                common
                | {"code": f"{station.code}-Z", "name": "水位计", "quantity": "stage", "channel": "Z", "deadband": 0.02}
            )
        elif station.code == WORKS_CODE:
            rows += [common | _works_instrument(*row) for row in WORKS]
    return rows


def _works_instrument(
    suffix: str,
    name: str,
    quantity: str,
    factor: str,
    usual: float,
    noise: float,
    limits: tuple[float, float] | None,
    rate: float | None,
) -> dict:
    first, second = limits or (None, None)
    return {
        "code": f"{WORKS_CODE}-{suffix}", "name": name, "quantity": quantity, "channel": f"{factor}-Rtd",
        "cas": SUBSTANCES.get(suffix, ""),
        "first_limit": first, "second_limit": second, "rate_limit": rate, "deadband": noise,
        "persistence": 2 if quantity.startswith("gas_") else 1,
    }  # fmt: skip


def _month(instruments: list[Instrument], end: datetime) -> Readings:
    """The readings of the quiet month that ends at a moment."""
    chance = np.random.default_rng(20190810)
    usual = {f"H-{number:02d}-Z": river[3] for number, river in enumerate(RIVERS, 1)}
    usual |= {f"{WORKS_CODE}-{row[0]}": row[4] for row in WORKS}
    noise = {f"{WORKS_CODE}-{row[0]}": row[5] for row in WORKS}
    parts = []
    for instrument in instruments:
        minutes = {"voltage": 60, "stage": 15}.get(instrument.quantity, 5)
        count = DAYS * 24 * 60 // minutes + 1
        days = np.arange(count) * minutes / 1440
        if instrument.quantity == "rain_total":
            values = _rain(chance, days)
        elif instrument.quantity == "voltage":
            values = 12.6 + 0.5 * np.sin(2 * np.pi * (days - 0.3)) + chance.normal(0, 0.03, count)
        elif instrument.quantity == "stage":
            slow = 0.12 * np.sin(2 * np.pi * days / chance.uniform(6, 11) + chance.uniform(0, 6))
            values = usual[instrument.code] + slow + chance.normal(0, 0.006, count)
        else:
            values = usual[instrument.code] + chance.normal(0, noise[instrument.code], count)
            values = np.maximum(values, instrument.measured.low)
        parts.append(_column(instrument, values, minutes, end))
    return Readings.joined(parts)


def _rain(chance: np.random.Generator, days: np.ndarray) -> np.ndarray:
    """A counter that two light showers, half a millimetre at a time, move on."""
    total = np.full(len(days), float(chance.integers(200, 600)))
    for on in (DAYS - 21.4, DAYS - 6.7):
        amount, hours = chance.uniform(3, 14), chance.uniform(1.5, 4)
        share = np.clip((days - on - chance.uniform(0, 0.1)) * 24 / hours, 0, 1)
        total += np.floor(amount * share * 2) / 2
    return total


def _column(instrument: Instrument, values: np.ndarray, minutes: int, end: datetime) -> Readings:
    count = len(values)
    observed = milliseconds(end) - np.arange(count - 1, -1, -1, dtype=np.int64) * minutes * MINUTE
    values, flag = values.round(instrument.measured.decimals), np.full(count, GOOD, np.uint8)
    for episode in EPISODES:
        if episode.instrument == instrument.code:
            rise, fall = (milliseconds(at) for at in _times(episode, end))
            inside = (observed >= rise) & (observed <= fall)
            values[inside] = episode.peak
            flag[inside] = RANGE if episode.kind == "quality" else GOOD
    return Readings(np.full(count, instrument.pk, np.uint32), observed, values, flag)


def _times(episode: _Episode, end: datetime) -> tuple[datetime, datetime]:
    rise = end - timedelta(days=episode.days) + END
    return rise, rise + timedelta(minutes=episode.minutes)


def _keep_latest(readings: Readings) -> None:
    """Each instrument's column ends with its newest reading."""
    last = np.flatnonzero(np.append(readings.instrument[1:] != readings.instrument[:-1], True))
    Latest.objects.bulk_create(
        Latest(
            instrument_id=int(readings.instrument[at]),
            observed_at=moment(int(readings.observed[at])),
            received_at=moment(int(readings.observed[at])) + timedelta(seconds=20),
            value=float(readings.value[at]),
        )
        for at in last.tolist()
    )


def _keep_alarms(instruments: dict[str, Instrument], end: datetime) -> None:
    """The alarms of the episodes, all of them long closed by the works' or the city's own people."""
    people = {name: User.objects.filter(username=name).first() for name in ("qiye", "zhiban")}
    for episode in EPISODES:
        instrument = instruments.get(episode.instrument)
        if instrument is None:
            continue
        station, (rise, fall) = instrument.station, _times(episode, end)
        gas = rule("monitoring.gas_alarm") if instrument.quantity.startswith("gas_") else None
        points = gas.params[instrument.quantity.removeprefix("gas_")] if gas else {}
        threshold = points.get("first", instrument.first_limit)
        is_level = episode.kind == Alarm.Kind.THRESHOLD
        level = "yellow" if is_level else ""
        unit, places = instrument.unit, instrument.measured.decimals
        what = f"达到黄色阈值 {threshold:g} {unit}" if is_level else "连续出现，数值不可信"
        Alarm.objects.create(
            instrument=instrument, area_code=station.area_id, kind=episode.kind, level="", peak=level,
            title=f"{station} {instrument.name} {episode.peak:.{places}f} {unit}，{what}",
            value=episode.peak, threshold=threshold if is_level else instrument.measured.low, unit=unit,
            rule=gas.reference if gas else "", citation=gas.citation if gas else "本仪表设定的报警值" if is_level else "",
            steps=[[rise.isoformat(), level, episode.peak], [fall.isoformat(), "", None]],
            raised_at=rise, recorded_at=rise, last_at=fall, cleared_at=fall, occurrences=episode.minutes // 5,
            acknowledged_at=rise + timedelta(minutes=4),
            acknowledged_by=people["qiye" if station.code == WORKS_CODE else "zhiban"],
            reason=episode.reason, note=episode.note, is_exercise=True, lon=station.lon, lat=station.lat,
        )  # fmt: skip


def _keep_strange_frames(end: datetime) -> None:
    """What gateways hear beside good frames: a wrong checksum, a cut packet, a device that nobody registered."""
    body = hj212.encode(
        hj212.Message(
            qn=hj212.timestamp(end), st="31", cn="2011", pw="123456", mn="91371500DEMO000000000099", flag="5",
            groups=((("DataTime", hj212.timestamp(end)[:14]),), (("a21001-Rtd", "2.4"), ("a21001-Flag", "N"))),
        )
    )  # fmt: skip
    spoilt = body[:-6] + (b"0000" if body[-6:-2] != b"0000" else b"FFFF") + body[-2:]
    cut = bytes.fromhex("7e7e01003715000103e8320030020001190810120000")
    for protocol, code, reason, raw in (
        ("hj212", "crc", "CRC 校验码不符", spoilt),
        ("sl651", "cut", "报文不完整：连接在报文结束前断开", cut),
    ):
        MalformedFrame.objects.get_or_create(
            digest=f"{zlib.crc32(raw):032x}",
            defaults={
                "protocol": protocol, "peer": "192.0.2.15:40112", "code": code, "reason": reason, "raw": raw,
                "first_at": end - timedelta(hours=30), "last_at": end - timedelta(hours=9), "times": 3,
            },
        )  # fmt: skip
    UnknownDevice.objects.get_or_create(
        protocol="hj212", address="91371500demo000000000099", channel="",
        defaults={
            "problem": "未登记的设备标识 MN", "first_at": end - timedelta(hours=50), "last_at": end - timedelta(hours=2),
            "frames": 576, "sample": body,
        },
    )  # fmt: skip
