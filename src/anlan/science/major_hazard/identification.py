"""Whether a unit is a major hazard installation and of which grade: sums S and R of GB 18218-2018 (辨识与分级).

Sections 4.2 (S = sum q/Q >= 1) and 4.3 (R = alpha sum beta q/Q; grade I from 100, II from 50, III from 10, IV below);
alpha by the people who live within 500 m of the fence (table 5). q is the design maximum, in t, of one production or
storage unit. Sums are decimal, since a unit with S exactly 1 is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from anlan.science.major_hazard.critical_quantities import CLASSES, SUBSTANCES


class IdentificationError(ValueError):
    """An entry that cannot be identified; the message names it and the fix."""


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """From which sums a unit is a major hazard and of which grade, and what the people nearby count for."""

    #: S from which a unit is a major hazard installation.
    identified_from_s: Decimal
    #: (R from which, grade), the gravest first; the last is 0.
    grades: tuple[tuple[Decimal, int], ...]
    #: (residents from which, alpha), the most first; the last is 0.
    exposure: tuple[tuple[int, Decimal], ...]


#: Section 4.2, tables 5 and 6 of GB 18218-2018.
GB_18218_2018 = Criteria(
    identified_from_s=Decimal(1),
    grades=((Decimal(100), 1), (Decimal(50), 2), (Decimal(10), 3), (Decimal(0), 4)),
    exposure=(
        (100, Decimal("2.0")),
        (50, Decimal("1.5")),
        (30, Decimal("1.2")),
        (1, Decimal("1.0")),
        (0, Decimal("0.5")),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """So much of a substance in a unit, by its number in table 1 or by its classes of hazard of table 2."""

    name: str
    quantity_t: str | float | Decimal
    #: Number in table 1; None for a substance that table 1 does not name.
    number: int | None = None
    #: Symbols of table 2, such as "W5.3"; of several the smallest critical quantity counts.
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Share:
    """One substance's part of the sums."""

    name: str
    quantity_t: Decimal
    critical_t: Decimal
    beta: Decimal
    #: By which row of which table it was judged.
    basis: str

    @property
    def of_s(self) -> Decimal:
        """q/Q."""
        return self.quantity_t / self.critical_t

    @property
    def of_r(self) -> Decimal:
        """beta q/Q, before alpha."""
        return self.beta * self.of_s


@dataclass(frozen=True, kw_only=True)
class Identification:
    """The judgement of a unit."""

    shares: tuple[Share, ...]
    s: Decimal
    alpha: Decimal
    r: Decimal
    is_major: bool
    #: 1 (gravest) to 4; None for a unit that is no major hazard installation.
    grade: int | None


def alpha(residents: int, criteria: Criteria = GB_18218_2018) -> Decimal:
    """Correction factor by the permanent residents within 500 m outside the fence (table 5).

    >>> [str(alpha(people)) for people in (0, 1, 29, 30, 49, 50, 99, 100)]
    ['0.5', '1.0', '1.0', '1.2', '1.2', '1.5', '1.5', '2.0']
    """
    if residents < 0:
        raise IdentificationError(f"500 m 范围常住人口 {residents} 不能为负")
    return next(factor for least, factor in criteria.exposure if residents >= least)


def share(one: Stored) -> Share:
    """What one substance adds to the sums, and by which rows of the tables."""
    quantity = Decimal(str(one.quantity_t))
    if not quantity.is_finite() or quantity < 0:
        raise IdentificationError(f"{one.name}：数量 {one.quantity_t} 应为不小于0的吨数")
    unknown = [symbol for symbol in one.classes if symbol not in CLASSES]
    if unknown:
        raise IdentificationError(f"{one.name}：没有类别 {'、'.join(unknown)}，可用的有 {'、'.join(CLASSES)}")
    smallest = min((CLASSES[symbol] for symbol in one.classes), key=lambda found: found.critical_t, default=None)
    if one.number is not None:
        substance = SUBSTANCES.get(one.number)
        if substance is None:
            raise IdentificationError(f"{one.name}：表1没有序号 {one.number}，应为1～{max(SUBSTANCES)}")
        if substance.beta is not None:
            beta, by = substance.beta, "表3"
        elif smallest is not None:
            beta, by = smallest.beta, f"表4 {smallest.symbol}"
        else:
            beta, by = 1.0, "β按1（未给类别）"
        return Share(
            name=one.name,
            quantity_t=quantity,
            critical_t=Decimal(str(substance.critical_t)),
            beta=Decimal(str(beta)),
            basis=f"表1 序号{substance.number} {substance.name}；{by}",
        )
    if smallest is None:
        raise IdentificationError(f"{one.name}：请给出表1序号，或表2的危险性类别（如 W5.3）")
    return Share(
        name=one.name,
        quantity_t=quantity,
        critical_t=Decimal(str(smallest.critical_t)),
        beta=Decimal(str(smallest.beta)),
        basis=f"表2 {smallest.symbol} {smallest.label}；表4",
    )


def identify(stored: Sequence[Stored], *, residents: int, criteria: Criteria = GB_18218_2018) -> Identification:
    """Judge one unit with all its dangerous chemicals and the people who live within 500 m of the fence.

    >>> unit = identify(
    ...     [Stored(name="液氯", quantity_t=5, number=12), Stored(name="液氨", quantity_t=5, number=1)], residents=60
    ... )
    >>> str(unit.s), str(unit.r), unit.grade
    ('1.5', '7.50', 4)
    """
    shares = tuple(share(one) for one in stored)
    s = sum((one.of_s for one in shares), Decimal(0))
    factor = alpha(residents, criteria)
    r = factor * sum((one.of_r for one in shares), Decimal(0))
    is_major = s >= criteria.identified_from_s
    grade = next(grade for least, grade in criteria.grades if r >= least) if is_major else None
    return Identification(shares=shares, s=s, alpha=factor, r=r, is_major=is_major, grade=grade)
