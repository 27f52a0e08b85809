"""The weather as models take it, declared once: wind, air temperature, humidity (气象输入).

What differs between models is an argument where the scenario is declared, and stands there with its reason.

>>> from dataclasses import dataclass
>>> from anlan.science.hazards.declaring import declared
>>> @dataclass(frozen=True, kw_only=True)
... class Air:
...     wind_m_s: float = wind_speed(low=0.5, note="静风不适用")
>>> declared(Air)["wind_m_s"].low, declared(Air)["wind_m_s"].spread.scale
(0.5, 0.2)
"""

from dataclasses import MISSING
from typing import Any

from anlan.science.hazards.declaring import Spread, given

#: Strongest wind that the models of clouds, and those of flames, are asked for, m/s.
STRONGEST, STRONGEST_FOR_FLAMES = 30.0, 25.0
#: Of a mean over 10 minutes from a station near by.
SPEED = Spread(kind="relative", scale=0.2, source="10 min 平均风速的代表性误差（惯例，待核对）")
DIRECTION = Spread(kind="normal", scale=15, source="Pasquill：D 类 10 min 风向标准差约 10°，叠加预报误差（待核对）")


def wind_speed(
    *, low: float = 0.0, high: float = STRONGEST, default: Any = MISSING, note: str = "", spread: Spread | None = SPEED
) -> Any:
    """Wind speed at 10 m unless the scenario asks for the height."""
    return given("风速", unit="m/s", low=low, high=high, default=default, help=note, spread=spread)


def wind_direction(*, default: Any = MISSING, spread: Spread | None = DIRECTION) -> Any:
    """Where the wind comes from."""
    return given("风向（来向）", unit="°", low=0, high=360, default=default, help="0 为北风，90 为东风", spread=spread)


def air_temperature(*, default: float = 20.0) -> Any:
    """Temperature of the air."""
    return given("气温", unit="℃", low=-40, high=50, default=default)


def humidity(*, low: float = 1.0, default: float = 50.0) -> Any:
    """Relative humidity; heat is told through moist air, so none at all is refused where flames are."""
    return given("相对湿度", unit="%", low=low, high=100, default=default)
