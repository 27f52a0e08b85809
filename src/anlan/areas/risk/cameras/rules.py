"""Which facts a catalogue may write, and which areas a camera's codes name."""

from typing import Any

from anlan.areas.risk.cameras.reports import Listed

#: Digits of a civil code (行政区划) that a catalogue may tell (GB/T 28181-2016 A.2.1): province, city, county, below.
_PADDED = {2: "0000", 4: "00", 6: ""}


def place_of(one: Listed) -> list[str]:
    """Area codes that a camera's civil code and then its own code name, the smallest area first.

    >>> place_of(Listed(code="37152600001320000001", civil_code="371526105"))
    ['371526105', '371526']
    >>> place_of(Listed(code="37150000001320000001", civil_code="3715"))
    ['371500']
    """
    found = []
    for code in (one.civil_code, one.code):
        digits = code if code.isdigit() else ""
        for size in (12, 9, 6) if code is one.civil_code else (6,):
            if len(digits) >= size:
                found.append(digits[:size])
        if len(digits) in (2, 4):
            found.append(digits + _PADDED[len(digits)])
    return list(dict.fromkeys(found))


def facts_of(one: Listed, *, is_kept_by_hand: bool = False, is_mobile: bool = False) -> dict[str, Any]:
    """What an item of a catalogue says, by field; of a camera that people keep, only what its device must know best.

    >>> facts_of(Listed(code="1", name="东昌路口", model="D2"), is_kept_by_hand=True)
    {'model': 'D2'}
    """
    facts: dict[str, Any] = {
        "manufacturer": one.manufacturer[:60], "model": one.model[:60], "structure": one.structure,
        "civil_code": one.civil_code[:12],
    }  # fmt: skip
    if not is_kept_by_hand:
        facts |= {"name": one.name[:100], "address": one.address[:200]}
        if one.position and not is_mobile:
            facts |= {"lon": one.position[0], "lat": one.position[1]}
    return {name: value for name, value in facts.items() if value not in ("", None)}
