"""Print the table of `science/hazards/chemicals/properties.py` from the data of the PyPI package `chemicals`.

Run it where `chemicals` (and the pandas that it loads its tables with) is installed; Anlan itself does not need them:
`python tools/chemical_properties.py > table.txt`. Each row says which published table each value comes from.
"""

import sys

import chemicals
import numpy as np
from chemicals import heat_capacity, identifiers, phase_change, vapor_pressure, volume

GAS_CONSTANT = 8.31446
#: Liquid densities at 293 K or the boiling point, kg/m3, where the correlation of corresponding states is known to be
#: poor (acids, associating liquids); recalled from safety data sheets, to be checked ("R").
DENSITY = {
    "98-95-3": 1203.0, "106-89-8": 1181.0, "7719-09-7": 1640.0, "7697-37-2": 1512.0, "7664-93-9": 1830.0,
    "7722-84-1": 1450.0, "584-84-9": 1224.0, "10102-44-0": 1448.0, "7719-12-2": 1574.0, "10025-87-3": 1645.0,
    "75-86-5": 932.0, "107-18-6": 854.0, "624-83-9": 960.0, "7803-51-2": 740.0, "105-60-2": 1020.0, "75-56-9": 830.0,
    "75-44-5": 1410.0, "10049-04-4": 1640.0,
}  # fmt: skip
#: Melting points, K, where the package's choice is plainly wrong; recalled.
MELTING = {"7647-01-0": 158.97}
#: Heats of vaporisation, kJ/kg, and heat capacities of gas and liquid, J/kg/K, that the tables lack; recalled ("R").
HEAT = {"10102-44-0": 415.0, "7697-37-2": 626.0, "7722-84-1": 1518.0, "98-95-3": 331.0, "106-89-8": 410.0,
        "75-86-5": 530.0, "584-84-9": 300.0, "7664-93-9": 570.0, "105-60-2": 484.0}  # fmt: skip
GAS_HEAT = {"100-42-5": 1170.0, "75-56-9": 1260.0, "1634-04-4": 1500.0, "106-89-8": 950.0, "75-86-5": 1150.0,
            "584-84-9": 950.0, "7664-93-9": 850.0, "105-60-2": 1100.0, "107-13-1": 1200.0, "624-83-9": 1000.0, "108-05-4": 1160.0}  # fmt: skip
LIQUID_HEAT = {"75-56-9": 2070.0, "75-44-5": 1020.0, "10102-44-0": 1550.0, "7784-42-1": 1000.0, "7803-51-2": 1800.0,
               "7719-12-2": 880.0, "106-89-8": 1420.0, "75-86-5": 1900.0, "10049-04-4": 1500.0,
               "105-60-2": 1900.0}  # fmt: skip


def vapour_pressure(cas: str, tc: float) -> tuple[np.ndarray, np.ndarray, str]:
    """Temperatures, K, saturation pressures, Pa, and their table."""
    if cas in vapor_pressure.Psat_data_Perrys2_8.index:
        one = vapor_pressure.Psat_data_Perrys2_8.loc[cas]
        t = np.linspace(max(float(one.Tmin), 0.45 * tc), min(float(one.Tmax), 0.92 * tc), 80)
        c1, c2, c3, c4, c5 = (float(one[f"C{at}"]) for at in range(1, 6))
        return t, np.exp(c1 + c2 / t + c3 * np.log(t) + c4 * t**c5), "Perry8 2-8"
    for name, source in (("Psat_data_AntoinePoling", "Poling A"),):
        data = getattr(vapor_pressure, name)
        if cas in data.index:
            one = data.loc[cas]
            t = np.linspace(float(one.Tmin), float(one.Tmax), 60)
            return t, 10.0 ** (float(one.A) - float(one.B) / (t + float(one.C))), source
    data = vapor_pressure.Psat_data_WagnerMcGarry
    if cas in data.index:
        one = data.loc[cas]
        t = np.linspace(float(one.Tmin), 0.92 * float(one.Tc), 60)
        p = vapor_pressure.Wagner_original
        values = [p(x, float(one.Tc), float(one.Pc), *(float(one[k]) for k in "ABCD")) for x in t]
        return t, np.array(values), "McGarry"
    pc, omega, tb = chemicals.Pc(cas), chemicals.omega(cas), chemicals.Tb(cas)
    if pc and tb and np.isfinite(tc):
        t = np.linspace(max(0.5 * tc, 200.0), 0.9 * tc, 60)
        p = np.array([vapor_pressure.Lee_Kesler(x, tc, pc, omega or 0.3) for x in t])
        shift = np.log(101325.0) - np.interp(tb, t, np.log(p))  # through the boiling point
        return t, p * np.exp(shift * np.minimum(1.0, (tc - t) / (tc - tb))), "Lee-Kesler"
    return np.empty(0), np.empty(0), "-"


def antoine(t: np.ndarray, p: np.ndarray, scale: float) -> tuple[float, float, float, float]:
    """a, b, c of ln(p/Pa) = a - b / (T + c) and the largest relative error."""
    from scipy.optimize import least_squares

    def error(x: np.ndarray) -> np.ndarray:
        return x[0] - x[1] / (t + x[2]) - np.log(p)

    found = least_squares(error, x0=(21.0, 5.5 * scale, -0.06 * scale), x_scale=(1.0, scale, 0.1 * scale))
    return (*found.x, float(np.abs(np.expm1(error(found.x))).max()))


def density(cas: str, mw: float, tc: float, tb: float) -> tuple[float, float, str]:
    """Liquid density at the lower of boiling point and 293 K, kg/m3, and its slope, kg/m3/K."""
    low = min(tb, 293.15)
    high = min(max(tb, 313.0), 0.85 * tc)
    if cas in DENSITY:
        return DENSITY[cas], -1.1e-3 * DENSITY[cas], "R"

    def at(t: float) -> float:
        if cas in volume.rho_data_Perry_8E_105_l.index:
            c1, c2, c3, c4 = (float(volume.rho_data_Perry_8E_105_l.loc[cas][f"C{i}"]) for i in range(1, 5))
            return c1 / c2 ** (1.0 + (1.0 - t / c3) ** c4) * mw / 1000.0
        pc, omega = chemicals.Pc(cas), chemicals.omega(cas)
        return mw / 1000.0 / volume.Rackett(t, tc, pc, 0.29056 - 0.08775 * (omega or 0.2))

    source = "Perry8 2-32" if cas in volume.rho_data_Perry_8E_105_l.index else "Rackett"
    return at(low), (at(high) - at(low)) / (high - low) if high > low else 0.0, source


def vaporisation(cas: str, tc: float, tb: float, mw: float, fit: tuple) -> tuple[float, str]:
    """Heat of vaporisation at the boiling point, J/kg."""
    if cas in HEAT:
        return HEAT[cas] * 1000.0, "R"
    if cas in phase_change.phase_change_data_Perrys2_150.index:
        one = phase_change.phase_change_data_Perrys2_150.loc[cas]
        r = tb / float(one.Tc)
        power = float(one.C2) + float(one.C3) * r + float(one.C4) * r * r
        return float(one.C1) * (1.0 - r) ** power / mw * 1000.0, "Perry8 2-150"
    if cas in phase_change.Hvap_data_CRC.index:
        value = float(phase_change.Hvap_data_CRC.loc[cas]["HvapTb"])
        if np.isfinite(value):
            return value / mw * 1000.0, "CRC"
    if np.isfinite(fit[1]):  # Clausius-Clapeyron of the fit with an ideal vapour
        return fit[1] * tb**2 / (tb + fit[2]) ** 2 * GAS_CONSTANT / mw * 1000.0, "C-C"
    return float("nan"), "-"


def heat_capacities(cas: str, mw: float, tb: float, tc: float) -> tuple[float, float, str, str]:
    """Of gas at 298 K and of liquid, J/kg/K."""
    heat_capacity._load_Cp_data()
    gas, liquid, of_gas, of_liquid = float("nan"), float("nan"), "-", "-"
    poling, crc = heat_capacity.Cp_data_Poling, heat_capacity.CRC_standard_data
    if cas in poling.index:
        gas, of_gas = float(poling.loc[cas]["Cpg"]), "Poling"
        liquid, of_liquid = float(poling.loc[cas]["Cpl"]), "Poling"
    if not np.isfinite(gas) and cas in crc.index:
        gas, of_gas = float(crc.loc[cas]["Cpg"]), "CRC"
    if not np.isfinite(liquid) and cas in crc.index:
        liquid, of_liquid = float(crc.loc[cas]["Cpl"]), "CRC"
    for table, form in (("Cp_data_Perry_Table_153_100", 100), ("Cp_data_Perry_Table_153_114", 114)):
        data = getattr(heat_capacity, table)
        if not np.isfinite(liquid) and cas in data.index and form == 100:
            one = data.loc[cas]
            t = min(max(tb, float(one.Tmin)), float(one.Tmax), 298.15)
            liquid = sum(float(one[name]) * t**power for power, name in enumerate("ABCDE")) / 1000.0
            of_liquid = "Perry8 2-153"
        if not np.isfinite(liquid) and cas in data.index and form == 114:
            one = data.loc[cas]
            t = min(max(tb, float(one.Tmin)), 298.15)
            tau = 1.0 - t / tc
            a, b, c, d = (float(one[name]) for name in "ABCD")
            liquid = (
                a * a / tau + b - 2 * a * c * tau - a * d * tau**2 - c * c * tau**3 / 3 - c * d * tau**4 / 2
                - d * d * tau**5 / 5
            ) / 1000.0  # fmt: skip
            of_liquid = "Perry8 2-153"
    gas, liquid = gas / mw * 1000.0, liquid / mw * 1000.0
    if not np.isfinite(gas) and cas in GAS_HEAT:
        gas, of_gas = GAS_HEAT[cas], "R"
    if not np.isfinite(liquid) and cas in LIQUID_HEAT:
        liquid, of_liquid = LIQUID_HEAT[cas], "R"
    return gas, liquid, of_gas, of_liquid


def row(cas: str) -> str:
    """One line of the table."""
    known = identifiers.search_chemical(cas)
    mw, tb, tc = known.MW, chemicals.Tb(cas), chemicals.Tc(cas)
    tm = MELTING.get(cas) or chemicals.Tm(cas)
    if tc is None:
        tc = float("nan")
    t, p, of_p = vapour_pressure(cas, tc if np.isfinite(tc) else 1e3)
    fit = antoine(t, p, tc if np.isfinite(tc) else 500.0) if t.size else (float("nan"),) * 4
    if t.size and (tb is None or cas in ("106-99-0",)):
        tb = float(np.interp(np.log(101325.0), np.log(p), t))
    tb = tb if tb is not None else float("nan")
    rho, slope, of_rho = density(cas, mw, tc, tb) if np.isfinite(tb) and np.isfinite(tc) else (np.nan, np.nan, "-")
    heat, of_heat = vaporisation(cas, tc, tb, mw, fit)
    gas, liquid, of_gas, of_liquid = heat_capacities(cas, mw, tb, tc)
    span = (t.min(), t.max()) if t.size else (float("nan"),) * 2
    numbers = (
        f"{mw:.3f}", f"{tm or np.nan:.2f}", f"{tb:.2f}", f"{tc:.2f}", f"{(chemicals.Pc(cas) or np.nan) / 1e5:.2f}",
        f"{fit[0]:.4f}", f"{fit[1]:.2f}", f"{fit[2]:.2f}", f"{span[0]:.0f}", f"{span[1]:.0f}", f"{fit[3] * 100:.1f}",
        f"{rho:.1f}", f"{slope:.3f}", f"{heat / 1000:.1f}", f"{gas:.0f}", f"{liquid:.0f}",
    )  # fmt: skip
    return "|".join((cas, *numbers, f"{of_p};{of_rho};{of_heat};{of_gas};{of_liquid}"))


if __name__ == "__main__":
    for each in sys.argv[1:] or sys.stdin.read().split():
        try:
            print(row(each))
        except Exception as error:  # noqa: BLE001  a substance without data is told, the others follow
            print(f"{each}|!{error!r}")
