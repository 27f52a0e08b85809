"""Identification and grading by GB 18218-2018: worked example, boundaries, refusals, tables."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from anlan.science.major_hazard.critical_quantities import CLASSES, SUBSTANCES
from anlan.science.major_hazard.identification import IdentificationError, Stored, identify


def test_the_worked_example():
    """Chlorine 5 t and ammonia 5 t with 60 residents: S 1.5, alpha 1.5, R 7.5, grade IV."""
    found = identify(
        [Stored(name="液氯", quantity_t=5, number=12), Stored(name="液氨", quantity_t=5, number=1)], residents=60
    )
    assert (found.s, found.alpha, found.r, found.is_major, found.grade) == (
        Decimal("1.5"), Decimal("1.5"), Decimal("7.5"), True, 4,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("chlorine_t", "residents", "grade"),
    [
        ("4.999", 100, None),
        ("5", 0, 4),
        ("12.4", 29, 4),
        ("12.5", 29, 3),
        ("31.25", 100, 2),
        ("62.5", 100, 1),
        ("62.49", 100, 2),
    ],
)
def test_limits_belong_to_the_graver_side(chlorine_t, residents, grade):
    assert identify([Stored(name="液氯", quantity_t=chlorine_t, number=12)], residents=residents).grade == grade


def test_parts_that_sum_to_exactly_one_are_major():
    parts = [Stored(name=str(at), quantity_t="0.5", number=12) for at in range(10)]
    found = identify(parts, residents=0)
    assert (found.s, found.is_major) == (Decimal(1), True)


def test_of_several_classes_the_smallest_quantity_counts_and_table_one_comes_first():
    by_class = identify([Stored(name="某易燃有毒液体", quantity_t=50, classes=("W5.3", "J5"))], residents=1).shares[0]
    assert (by_class.critical_t, by_class.basis[:6]) == (Decimal("500"), "表2 J5 "[:6])
    named = identify([Stored(name="甲醇", quantity_t=250, number=65, classes=("W5.3", "J5"))], residents=1).shares[0]
    assert named.of_s == Decimal("0.5")
    assert "表1 序号65 甲醇" in named.basis


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (Stored(name="x", quantity_t=1), "请给出表1序号"),
        (Stored(name="x", quantity_t=1, number=99), "没有序号 99"),
        (Stored(name="x", quantity_t=1, classes=("W99",)), "没有类别 W99"),
        (Stored(name="x", quantity_t=-1, number=1), "不小于0"),
        (Stored(name="x", quantity_t="nan", number=1), "不小于0"),
    ],
)
def test_what_cannot_be_identified_is_refused_with_its_name(stored, told):
    with pytest.raises(IdentificationError, match=told):
        identify([stored], residents=0)
    with pytest.raises(IdentificationError, match="常住人口"):
        identify([], residents=-1)


@given(
    quantity=some.decimals(0, 10_000, places=3),
    number=some.sampled_from(sorted(SUBSTANCES)),
    people=some.integers(0, 500),
)
def test_more_substance_or_people_never_lowers_the_grade(quantity, number, people):
    def grade(factor, residents):
        stored = Stored(name="x", quantity_t=quantity * factor, number=number)
        return identify([stored], residents=residents).grade or 5

    assert grade(2, people) <= grade(1, people)
    assert grade(1, people + 50) <= grade(1, people)


def test_the_tables_are_whole():
    assert sorted(SUBSTANCES) == list(range(1, 86))
    assert len(CLASSES) == 24
    for one in SUBSTANCES.values():
        assert one.critical_t > 0
        if one.cas:
            digits = one.cas.replace("-", "")
            assert sum(at * int(digit) for at, digit in enumerate(digits[-2::-1], start=1)) % 10 == int(digits[-1])
