"""Distances that a person asks for beside the usual ones: a school's, a hospital's (指定距离)."""

from typing import Any

from anlan.science.hazards.declaring import given


def asked_distances() -> Any:
    """Each gives a row of its own in the table by distance."""
    return given(
        "还要算的距离", unit="m", low=1, high=20_000, default=(), help="学校、医院等离事发点的距离：结果表里各加一行"
    )


def with_asked(usual: tuple[float, ...], asked: tuple[float, ...]) -> list[float]:
    """The usual distances and those asked for, in order and each once.

    >>> with_asked((10.0, 20.0), (15.0, 10.0))
    [10.0, 15.0, 20.0]
    """
    return sorted({*usual, *asked})
