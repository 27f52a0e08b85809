"""A first scenario out of what the records know, for a person to look over: never computed unseen."""

from typing import Any

from anlan.areas.risk.prediction.leaks import Leak
from anlan.areas.risk.prediction.queries import Known
from anlan.science.hazards.catalogue import Hazard

#: Which known value fills which input of which model: (input's path, known name).
FILLS: dict[str, tuple[tuple[str, str], ...]] = {
    "toxic_release": (
        ("source.mass_kg", "mass_kg"), ("weather.wind_m_s", "wind_m_s"), ("weather.wind_from_deg", "wind_from_deg"),
    ),
    "fire": (("wind_m_s", "wind_m_s"), ("wind_from_deg", "wind_from_deg")),
    "gas_leak": (("site.wind_m_s", "wind_m_s"), ("site.wind_from_deg", "wind_from_deg")),
}  # fmt: skip


def propose(model: Hazard, known: Known, leak: Leak | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Inputs by name, nested, and by path where each came from."""
    filled: dict[str, Any] = {name: dict(group) for name, group in leak.inputs.items()} if leak is not None else {}
    sources: dict[str, str] = dict(leak.sources) if leak is not None else {}
    for path, name in FILLS.get(model.code, ()):
        value = known.inputs.get(name)
        if value is not None:
            _put(filled, path, value)
            sources[path] = known.sources[name]
    if model.code == "toxic_release" and (code := _substance(known.inputs.get("cas", ""))):
        filled["substance"], sources["substance"] = code, known.sources["cas"]
        filled.setdefault("source", {}).setdefault(
            "kind", "instant" if "mass_kg" not in known.inputs else "tank_liquefied"
        )
    return filled, sources


def _put(filled: dict[str, Any], path: str, value: Any) -> None:
    *groups, name = path.split(".")
    for group in groups:
        filled = filled.setdefault(group, {})
    filled[name] = value


def _substance(cas: str) -> str:
    """The code under which the library of chemicals knows a CAS number; empty when it does not."""
    from anlan.science.hazards.chemicals import substances

    return next((code for code, one in substances().items() if cas and one.cas == cas), "")
