"""The leak from beginning to end: release, soil, cloud, fire, explosion, valves, zones (燃气泄漏推演)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.geo.contours import outlines
from anlan.science.hazards.declaring import check
from anlan.science.hazards.gas_leak import explosion, fires, jets, soil
from anlan.science.hazards.gas_leak.blowdown import Blowdown, Line, Side, blow_down
from anlan.science.hazards.gas_leak.enclosures import indoors
from anlan.science.hazards.gas_leak.gases import AIR_MOLAR_MASS, ATMOSPHERE, FuelGas
from anlan.science.hazards.gas_leak.release import (
    Feed,
    critical_ratio,
    friction_factor,
    hole_flow,
    steady_release,
)
from anlan.science.hazards.gas_leak.result import Fire, GasLeakResult, Ground, Release
from anlan.science.hazards.gas_leak.scenario import GASES, GasLeak
from anlan.science.hazards.gas_leak.telling import advice, notes
from anlan.science.hazards.gas_leak.valves import plan
from anlan.science.hazards.outcomes import Impact, Level, Zone, circle
from anlan.science.hazards.sentences import tell

Array = NDArray[np.float64]
KELVIN = 273.15
#: kg/s above which a buried leak digs itself free and is no longer limited by the soil (an assumption, see README).
CRATER_RATE = 1.0
#: m; first isolation of a gas leak in all directions, ERG 2020 guide 115 (recalled, 待核对).
LEAST_EVACUATION = 100.0
#: Seconds that a long jet takes to grow to its steady form (an assumption; 100 m at a mean of 3-4 m/s at its tip).
JET_GROWTH = 30.0
#: Pa outdoors that people away from windows stand: the least threshold of GB/T 37243-2019 (recalled, 待核对).
SAFE_BLAST = 2_000.0
#: Height of a person's body that takes the heat, m.
BODY = 1.5

GRADES = (
    (0.01, "低压"),
    (0.2, "中压B"),
    (0.4, "中压A"),
    (0.8, "次高压B"),
    (1.6, "次高压A"),
    (2.5, "高压B"),
    (4.0, "高压A"),
    (math.inf, "超出城镇燃气压力级别（长输管道）"),
)
RADIATION_SOURCE = "GB/T 37243-2019、API RP 521 常用值（待核对）"
HEAT = (
    Level(
        code="heat_4",
        label="4.0 kW/m² 疼痛、20 s 以上可致一度烧伤",
        value=4.0,
        unit="kW/m²",
        source=RADIATION_SOURCE,
        severity=2,
    ),
    Level(
        code="heat_12_5",
        label="12.5 kW/m² 木材引燃、1 min 致死可能",
        value=12.5,
        unit="kW/m²",
        source=RADIATION_SOURCE,
        severity=3,
    ),
    Level(
        code="heat_37_5",
        label="37.5 kW/m² 设备破坏、短时致死",
        value=37.5,
        unit="kW/m²",
        source=RADIATION_SOURCE,
        severity=4,
    ),
)
BLAST_SOURCE = "Clancey 1972（CCPS 2000 表2.18a，待核对）"
BLAST = (
    Level(code="blast_1", label="1 kPa 玻璃破碎", value=1.0, unit="kPa", source=BLAST_SOURCE, severity=1),
    Level(code="blast_7", label="7 kPa 房屋部分毁坏", value=7.0, unit="kPa", source=BLAST_SOURCE, severity=2),
    Level(code="blast_14", label="14 kPa 墙体部分倒塌", value=14.0, unit="kPa", source=BLAST_SOURCE, severity=3),
    Level(code="blast_21", label="21 kPa 建筑严重破坏", value=21.0, unit="kPa", source=BLAST_SOURCE, severity=4),
)


def grade(pressure_mpa: float) -> str:
    """Pressure grade of a city gas pipe, GB 50028-2006 table 6.1.6 (recalled, 待核对); low pressure excludes 0.01 MPa.

    >>> grade(0.005), grade(0.01), grade(0.4), grade(0.41)
    ('低压', '中压B', '中压A', '次高压B')
    """
    if pressure_mpa < 0.01:
        return "低压"
    return next(label for limit, label in GRADES[1:] if pressure_mpa <= limit)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A scenario in SI."""

    scenario: GasLeak
    gas: FuelGas
    pressure: float
    temperature: float
    diameter: float
    area: float
    air_temperature: float
    seconds: float

    @property
    def air(self) -> float:
        """Density of the air, kg/m3."""
        return jets.air_density(self.air_temperature)

    @property
    def stream(self) -> float:
        """Diameter of the jet after its contraction, m; of both ends together for a rupture."""
        pipe = self.scenario.pipe
        if pipe.is_rupture:
            return self.diameter * math.sqrt(2.0)
        return math.sqrt(4.0 / math.pi * self.area * pipe.discharge_coefficient)


def setting(scenario: GasLeak) -> Setting:
    """A scenario's figures in SI."""
    pipe = scenario.pipe
    diameter = pipe.diameter_mm / 1e3
    return Setting(
        scenario=scenario,
        gas=pipe.fuel(),
        pressure=pipe.pressure_mpa * 1e6 + ATMOSPHERE,
        temperature=pipe.temperature_c + KELVIN,
        diameter=diameter,
        area=math.pi / 4.0 * min(pipe.hole_mm / 1e3, diameter) ** 2,
        air_temperature=scenario.site.air_temperature_c + KELVIN,
        seconds=scenario.duration_min * 60.0,
    )


def run(scenario: GasLeak) -> GasLeakResult:
    """All that follows from a leak; ScenarioError where an input is outside the range."""
    check(scenario)
    at = setting(scenario)
    soil_share = _soil_share(at)
    blown = _blow_down(at, soil_share)
    release = _release(at, blown, soil_share)
    ground = _ground(at, blown) if soil_share is not None else None
    throat = jets.throat(at.gas, _settled(blown), at.temperature)
    stream = at.stream if soil_share is None else 0.0
    reaches = [
        jets.jet_reach(at.gas, throat, stream, share * at.gas.lower_limit, at.air) if stream else 0.0
        for share in (1.0, 0.5)
    ]
    cloud = jets.flammable_mass(at.gas, throat, stream, at.air) if stream else 0.0
    fire, heat_zones = _fire(at, blown, seeps=soil_share is not None)
    inside = indoors(scenario, at.gas, blown, at.air_temperature) if scenario.enclosure else None
    blast_mass = explosion.tnt(cloud, at.gas.combustion_heat, scenario.site.blast_share)
    blast_at = scenario.site.ignition_s
    if inside is not None:
        blast_mass = max(blast_mass, inside.tnt_kg)
        blast_at = inside.explosive_min * 60.0 if inside.explosive_min is not None else blast_at
    radii = [explosion.blast_radius(blast_mass, level.value * 1e3) for level in BLAST]
    evacuation = _evacuation(at, fire, explosion.blast_radius(blast_mass, SAFE_BLAST), reaches[1], ground)
    made = GasLeakResult(
        source=_source(scenario),
        grade=grade(scenario.pipe.pressure_mpa),
        lower_limit_percent=100.0 * at.gas.lower_limit,
        upper_limit_percent=100.0 * at.gas.upper_limit,
        relative_density=at.gas.molar_mass / AIR_MOLAR_MASS,
        release=release,
        ground=ground,
        lfl_reach_m=reaches[0],
        half_lfl_reach_m=reaches[1],
        cloud_mass_kg=cloud,
        fire=fire,
        indoors=inside,
        valves=plan(scenario, at.gas, at.area * scenario.pipe.discharge_coefficient) if scenario.net else None,
        evacuation_m=evacuation,
        blast_tnt_kg=blast_mass,
        blast_at_s=blast_at,
        advice=(),
    )
    cloud_levels = zip(_cloud_levels(at.gas), reaches, strict=True)
    zones = (
        *(circle(level, reach) for level, reach in cloud_levels),
        *heat_zones,
        *(circle(level, radius) for level, radius in zip(BLAST, radii, strict=True)),
        circle(_evacuation_level(), evacuation),
    )
    found = {**made.__dict__, "zones": zones, "advice": advice(scenario, made), "notes": notes(scenario, made)}
    return GasLeakResult(**found)


def _source(scenario: GasLeak) -> str:
    pipe = scenario.pipe
    how = "整管断开" if pipe.is_rupture else tell("{hole:g} mm 孔", hole=min(pipe.hole_mm, pipe.diameter_mm))
    return tell(
        "{gas}，{pressure:g} MPa，内径 {diameter:g} mm，{how}",
        gas=GASES[pipe.gas], pressure=pipe.pressure_mpa, diameter=pipe.diameter_mm, how=how,
    )  # fmt: skip


def _settled(blown: Blowdown) -> float:
    """Pressure at the leak when the jet has grown, Pa: the burst of a rupture's first seconds makes no steady jet."""
    return float(np.interp(JET_GROWTH, blown.time, blown.pressure))


def _cloud_levels(gas: FuelGas) -> tuple[Level, Level]:
    lower = 100.0 * gas.lower_limit
    source = "Zabetakis 1965，Le Chatelier 混合法则"
    return (
        Level(code="lfl", label="可燃云（爆炸下限）", value=lower, unit="%", source=source, severity=4),
        Level(code="half_lfl", label="警戒（半爆炸下限）", value=lower / 2.0, unit="%", source=source, severity=2),
    )


def _evacuation_level() -> Level:
    return Level(
        code="evacuation", label="建议疏散", value=0.0, unit="", source="各后果距离的最大值，不小于100 m", severity=1
    )


def _soil_share(at: Setting) -> float | None:
    """Share of the free outflow that the soil lets through; None where there is no soil in the way."""
    site, pipe = at.scenario.site, at.scenario.pipe
    if site.kind != "buried" or pipe.is_rupture:
        return None
    free = hole_flow(at.gas, at.pressure, at.temperature, at.area, pipe.discharge_coefficient)
    kind = soil.SOILS[site.soil]
    seeping = soil.seepage(at.gas, at.pressure, at.temperature, at.area, pipe.discharge_coefficient, kind, site.depth_m)
    return None if free >= CRATER_RATE else seeping / free


def _sides(at: Setting) -> tuple[Side, Side]:
    pipe = at.scenario.pipe
    standard = at.gas.density(ATMOSPHERE, KELVIN)
    most = math.inf if pipe.supply_limit_m3_h is None else pipe.supply_limit_m3_h / 3600.0 * standard
    made = (
        Side(
            length=length,
            is_supplied=is_supplied,
            close_start=start * 60.0,
            close_end=(start + pipe.closing_min) * 60.0,
            most=most,
        )
        for length, is_supplied, start in (
            (pipe.upstream_m, True, pipe.upstream_close_min),
            (pipe.downstream_m, pipe.is_fed_downstream, pipe.downstream_close_min),
        )
    )
    up, down = made
    return up, down


def _blow_down(at: Setting, soil_share: float | None) -> Blowdown:
    pipe = at.scenario.pipe
    up, down = _sides(at)
    line = Line(
        gas=at.gas,
        pressure=at.pressure,
        temperature=at.temperature,
        diameter=at.diameter,
        friction=friction_factor(at.diameter, pipe.roughness_mm / 1e3),
        up=up,
        down=down,
        hole_area=at.area * (1.0 if soil_share is None else soil_share),
        discharge=1.0 if pipe.is_rupture else pipe.discharge_coefficient,
        is_rupture=pipe.is_rupture,
    )
    return blow_down(line, at.seconds)


def _release(at: Setting, blown: Blowdown, soil_share: float | None) -> Release:
    pipe = at.scenario.pipe
    friction = friction_factor(at.diameter, pipe.roughness_mm / 1e3)
    lengths = (pipe.upstream_m, pipe.downstream_m) if pipe.is_fed_downstream else (pipe.upstream_m,)
    feeds = tuple(Feed(length=length, diameter=at.diameter, friction=friction) for length in lengths)
    if pipe.is_rupture:  # each fed end by itself
        area = math.pi / 4.0 * at.diameter**2
        held = sum(steady_release(at.gas, at.pressure, at.temperature, (feed,), area, 1.0)[0] for feed in feeds)
    else:
        area = at.area * (1.0 if soil_share is None else soil_share)
        held, _ = steady_release(at.gas, at.pressure, at.temperature, feeds, area, pipe.discharge_coefficient)
    if pipe.supply_limit_m3_h is not None:
        held = min(held, len(feeds) * _sides(at)[0].most)
    flowing = np.flatnonzero(blown.rate > 0.01 * blown.rate[0])
    stopped = int(flowing[-1]) + 1 if len(flowing) else 0
    standard = at.gas.density(ATMOSPHERE, KELVIN)
    return Release(
        initial_rate_kg_s=float(blown.rate[0]),
        initial_rate_m3_h=float(blown.rate[0]) / standard * 3600.0,
        held_rate_kg_s=held,
        is_choked=bool(soil_share is None and ATMOSPHERE / at.pressure <= critical_ratio(at.gas.gamma)),
        line_pack_kg=float(blown.remaining[0]),
        released_kg=float(blown.released[-1]),
        supplied_kg=float(blown.supplied[-1]),
        remaining_kg=float(blown.remaining[-1]),
        emptied_min=float(blown.time[stopped]) / 60.0 if stopped < len(blown.time) else None,
        time_s=blown.time,
        rate_kg_s=blown.rate,
        pressure_kpa=np.round((blown.pressure - ATMOSPHERE) / 1e3, 3),
        released_over_time_kg=blown.released,
    )


def _ground(at: Setting, blown: Blowdown) -> Ground:
    site, kind = at.scenario.site, soil.SOILS[at.scenario.site.soil]
    mean = float(blown.released[-1] / blown.time[-1])
    flow = mean / at.gas.density(ATMOSPHERE, at.temperature)
    limit = at.gas.lower_limit
    sealed = site.is_sealed
    arrival = soil.arrival(flow, kind, site.neighbour_m, site.depth_m, limit, is_sealed=sealed)
    return Ground(
        surfacing_radius_m=None if sealed else soil.surfacing_radius(site.depth_m, 0.9),
        reach_m=soil.reach(flow, kind, site.depth_m, limit, is_sealed=sealed, time=at.seconds),
        neighbour_min=arrival / 60.0 if math.isfinite(arrival) else None,
    )


def radiant_share(scenario: GasLeak) -> float:
    """The given share of the heat that is radiated, or the gas's usual one."""
    usual = {"natural_gas": 0.20, "methane": 0.20, "lpg": 0.30, "coal_gas": 0.15, "hydrogen": 0.15, "given": 0.20}
    return scenario.site.radiant_share or usual[scenario.pipe.gas]


def _fire(at: Setting, blown: Blowdown, *, seeps: bool) -> tuple[Fire, tuple[Zone, ...]]:
    site, pipe = at.scenario.site, at.scenario.pipe
    end = min(site.ignition_s + site.exposure_s, at.seconds)
    begin = min(site.ignition_s, end - site.exposure_s)
    burnt = np.interp([begin, end], blown.time, blown.released)
    rate = max(float(burnt[1] - burnt[0]) / site.exposure_s, 1e-9)
    power = rate * at.gas.combustion_heat
    wind_to = math.radians(site.wind_from_deg + 180.0)
    up = (0.0, 0.0, 1.0)
    if seeps:
        length = fires.seeping_flame_length(power, 2.0 * soil.surfacing_radius(site.depth_m, 0.5))
        direction = up
    else:
        pressure = max(float(np.interp(begin, blown.time, blown.pressure)), ATMOSPHERE + 1.0)
        speed = fires.expanded_speed(at.gas, jets.throat(at.gas, pressure, at.temperature))
        wind = site.wind_m_s if site.is_upwards else 0.0
        length = fires.flame_length(at.gas, rate, speed, at.air_temperature, wind)
        still = fires.flame_length(at.gas, rate, speed, at.air_temperature, 0.0)
        source = math.sqrt(4.0 * rate / (math.pi * at.air * speed))
        angle = math.radians(fires.tilt(still, source, speed, site.wind_m_s))
        along = (math.sin(angle) * math.sin(wind_to), math.sin(angle) * math.cos(wind_to), math.cos(angle))
        bearing = math.radians(site.bearing_deg if site.bearing_deg is not None else 90.0)
        direction = along if site.is_upwards else (math.sin(bearing), math.cos(bearing), 0.0)
    start = (0.0, 0.0, 0.0 if site.is_upwards or seeps else 1.0)
    flame = fires.flame(start, direction, length, power * radiant_share(at.scenario))
    vapour = site.humidity_percent / 100.0 * _saturation(site.air_temperature_c)
    is_any_way = not site.is_upwards and site.bearing_deg is None and not seeps
    deadly = tuple(
        Level(
            code=f"burns_{percent}",
            label=tell("无防护人员死亡概率 {percent}%（受热 {seconds:g} s）", percent=percent, seconds=site.exposure_s),
            value=fires.deadly_flux(percent / 100.0, site.exposure_s) / 1e3,
            unit="kW/m²",
            source="TNO 绿皮书 CPR 16E（待核对）",
            severity=4 if percent >= 50 else 3,
        )
        for percent in (1, 50)
    )
    zones = heat_zones(flame, vapour, (*HEAT, *deadly), is_any_way=is_any_way)
    has_radius = pipe.is_rupture and pipe.gas in ("natural_gas", "methane")
    found = Fire(
        rate_kg_s=rate,
        flame_length_m=length,
        radiated_mw=flame.radiated_w / 1e6,
        reach_4_m=zones[0].reach_m,
        reach_12_5_m=zones[1].reach_m,
        reach_37_5_m=zones[2].reach_m,
        impact_radius_m=fires.impact_radius(at.diameter, pipe.pressure_mpa * 1e6) if has_radius else None,
        flame=flame,
    )
    return found, zones


def _saturation(celsius: float) -> float:
    """Vapour pressure of water, Pa: Magnus formula, WMO-No. 8, annex 4.B."""
    return 611.2 * math.exp(17.62 * celsius / (243.12 + celsius))


def heat_zones(flame: fires.Flame, vapour: float, levels: tuple[Level, ...], *, is_any_way: bool) -> tuple[Zone, ...]:
    """Where a flame's radiation reaches levels in kW/m2 at the height of a body; circles if it may point any way.

    >>> fire = fires.flame((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 10.0, 1e7)
    >>> [round(zone.reach_m) for zone in heat_zones(fire, 1000.0, HEAT, is_any_way=False)]
    [12, 6, 3]
    """
    made = []
    middle = flame.points_m[:, :2].mean(axis=0)
    for level in levels:
        reach = math.sqrt(flame.radiated_w / (4.0 * math.pi * level.value * 1e3)) + flame.length_m
        x, y = (np.linspace(-reach, reach, 121) + centre for centre in middle)
        east, north = np.meshgrid(x, y)
        places = np.column_stack((east.ravel(), north.ravel(), np.full(east.size, BODY)))
        field = fires.radiation(flame, places, vapour).reshape(east.shape) / 1e3
        rings = tuple(ring for polygon in outlines(x, y, field, level.value) for ring in polygon)
        farthest = max((float(np.hypot(*ring.T).max()) for ring in rings), default=0.0)
        zone = Zone(level=level, outlines=rings, reach_m=farthest)
        made.append(circle(level, farthest) if is_any_way else zone)
    return tuple(made)


def _evacuation(at: Setting, fire: Fire, blast: float, cloud: float, ground: Ground | None) -> float:
    pipe = at.scenario.pipe
    wanted = [LEAST_EVACUATION, fire.reach_4_m, blast, cloud, 2.0 * ground.reach_m if ground else 0.0]
    if pipe.is_rupture:
        wanted.append(fires.evacuation_radius(at.diameter, pipe.pressure_mpa * 1e6))
    return math.ceil(max(wanted) / 10.0) * 10.0


def impact(scenario: GasLeak, result: GasLeakResult, points: Array) -> Impact:
    """What happens at places: the worst of flash fire, jet fire and explosion; people are taken as unprotected."""
    places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    distance = np.hypot(places[:, 0], places[:, 1])
    flame, site = result.fire.flame, scenario.site
    vapour = site.humidity_percent / 100.0 * _saturation(site.air_temperature_c)
    body = np.column_stack((places, np.full(len(places), BODY)))
    if not site.is_upwards and site.bearing_deg is None and result.ground is None:  # the jet may point at anybody
        body = np.column_stack((distance, np.zeros(len(places)), np.full(len(places), BODY)))
    flux = fires.radiation(flame, body, vapour)
    pressure = explosion.blast(result.blast_tnt_kg, distance)
    severity = np.where(distance <= result.evacuation_m, 1, 0)
    severity = np.where(distance <= result.half_lfl_reach_m, 2, severity)
    severity = np.where(distance <= result.lfl_reach_m, 4, severity)
    for levels, values in ((HEAT, flux), (BLAST, pressure)):
        for level in levels:
            severity = np.where(values >= level.value * 1e3, np.maximum(severity, level.severity), severity)
    deaths = np.maximum(fires.burn_deaths(flux, site.exposure_s), explosion.blast_deaths(pressure))
    deaths = np.where(distance <= result.lfl_reach_m, 1.0, deaths)
    by_heat = np.where(flux >= HEAT[0].value * 1e3, site.ignition_s, np.inf)
    by_blast = np.where(pressure >= BLAST[0].value * 1e3, result.blast_at_s, np.inf)
    by_cloud = np.where(distance <= result.lfl_reach_m, 0.0, np.inf)
    arrival = np.minimum(np.minimum(by_heat, by_blast), by_cloud)
    return Impact(
        severity=severity.astype(np.int64),
        lethality=deaths,
        arrival_s=np.where(np.isfinite(arrival), arrival, np.nan),
    )
