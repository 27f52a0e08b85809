"""The leak's gas in the scenario's closed space, and its explosion there (密闭空间推演)."""

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.gas_leak import explosion, rooms, tunnels
from anlan.science.hazards.gas_leak.blowdown import Blowdown
from anlan.science.hazards.gas_leak.gases import AIR_MOLAR_MASS, ATMOSPHERE, FuelGas
from anlan.science.hazards.gas_leak.result import Indoors
from anlan.science.hazards.gas_leak.scenario import Enclosure, GasLeak

Array = NDArray[np.float64]
#: bar^0.5 of the vent correlation: methane, and anything that burns faster.
VENT_CONSTANTS = {"methane": 0.037, "natural_gas": 0.037}
FASTER = 0.045


def indoors(scenario: GasLeak, gas: FuelGas, blown: Blowdown, temperature: float) -> Indoors:
    """What builds up in the space, by when it can explode and how hard."""
    space = scenario.enclosure
    assert space is not None
    count = 600 if space.kind == "tunnel" else 3000
    time = np.concatenate(([0.0], np.geomspace(0.2, float(blown.time[-1]), count)))
    leak = np.interp(time, blown.time, blown.rate) * space.entering_share / gas.density(ATMOSPHERE, temperature)
    alarm_level = space.alarm_percent / 100.0 * gas.lower_limit
    if space.kind == "tunnel":
        peak, burning, alarm = _tunnel(space, gas, leak, time, alarm_level)
    else:
        made = _room(space, gas, leak, time)
        peak = made.fraction
        flammable = (peak >= gas.lower_limit) & (peak <= gas.upper_limit)
        burning = np.where(flammable, np.minimum(peak, gas.stoichiometric), 0.0) * made.volume
        alarm = rooms.first_time(time, peak, alarm_level)
    whole = space.length_m * space.width_m * space.height_m
    volume = float(burning.max())
    mass = volume * gas.density(ATMOSPHERE, temperature)
    pressure = _pressure(space, scenario.pipe.gas, volume / (whole * gas.stoichiometric)) if volume > 0 else 0.0
    times = {share: _minutes(rooms.first_time(time, peak, share * gas.lower_limit)) for share in (0.2, 0.5, 1.0)}
    return Indoors(
        alarm_min=_minutes(alarm),
        fifth_limit_min=times[0.2],
        half_limit_min=times[0.5],
        explosive_min=times[1.0],
        too_rich_min=_minutes(rooms.first_time(time, peak, gas.upper_limit)),
        explosive_for_min=rooms.time_between(time, peak, gas.lower_limit, gas.upper_limit) / 60.0,
        final_percent=100.0 * float(peak[-1]),
        highest_percent=100.0 * float(peak.max()),
        explosive_mass_kg=mass,
        pressure_kpa=pressure / 1e3,
        damage=explosion.damage(pressure),
        tnt_kg=explosion.tnt(mass, gas.combustion_heat, scenario.site.blast_share),
        time_s=time,
        percent=100.0 * peak,
    )


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60.0


def _room(space: Enclosure, gas: FuelGas, leak: Array, time: Array) -> rooms.Buildup:
    volume = space.length_m * space.width_m * space.height_m
    room = rooms.Enclosed(
        length=space.length_m,
        width=space.width_m,
        height=space.height_m,
        leak_height=space.leak_height_m,
        ventilation=space.air_changes_h / 3600.0 * volume,
    )
    if space.mixing == "mixed":
        return rooms.mixed(room, leak, time)
    return rooms.layered(room, leak, time, gas.molar_mass / AIR_MOLAR_MASS)


def _tunnel(
    space: Enclosure, gas: FuelGas, leak: Array, time: Array, alarm_level: float
) -> tuple[Array, Array, float | None]:
    """Highest mole fraction, gas that can burn (m3), and when the alarm came."""
    tunnel = tunnels.Tunnel(
        length=space.length_m,
        width=space.width_m,
        height=space.height_m,
        leak_at=space.leak_at_m,
        normal=space.air_changes_h / 3600.0,
        emergency=max(space.emergency_air_changes_h, space.air_changes_h) / 3600.0,
        alarm=alarm_level,
        spacing=space.detector_spacing_m,
        still_dispersion=space.still_dispersion_m2_s,
    )
    made = tunnels.spread(tunnel, leak, time)
    flammable = (made.fraction >= gas.lower_limit) & (made.fraction <= gas.upper_limit)
    cell = space.width_m * space.height_m * space.length_m / made.fraction.shape[1]
    burning = np.where(flammable, np.minimum(made.fraction, gas.stoichiometric), 0.0).sum(axis=1) * cell
    return made.fraction.max(axis=1), burning, made.alarm_at


def _pressure(space: Enclosure, kind: str, burnt_share: float) -> float:
    """Pa: what the openings let build up, and never more than the gas could give in a closed vessel."""
    length, width, height = space.length_m, space.width_m, space.height_m
    surface = 2.0 * (length * width + width * height + height * length)
    vented = explosion.vented_pressure(surface, space.vent_m2, VENT_CONSTANTS.get(kind, FASTER))
    return min(vented, explosion.closed_pressure(min(burnt_share, 1.0)))
