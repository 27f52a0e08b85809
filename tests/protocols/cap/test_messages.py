"""Chains of alerts, colours, the national identifier."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from anlan.protocols.cap import (
    COLOUR_OF_SEVERITY,
    SEVERITY_OF_COLOUR,
    Alert,
    CAPError,
    Info,
    WarningIdentifier,
    chain,
    current,
)

NOON = datetime(2019, 8, 10, 12, tzinfo=timezone(timedelta(hours=8)))
INFO = Info(
    categories=("Met",),
    event="暴雨",
    urgency="Expected",
    severity="Moderate",
    certainty="Likely",
    expires=NOON + timedelta(hours=6),
)


def message(identifier: str, kind: str = "Alert", *about: Alert, hour: int = 12) -> Alert:
    return Alert(
        identifier=identifier,
        sender="liaocheng@weather.example",
        sent=NOON.replace(hour=hour),
        status="Actual",
        message_type=kind,
        scope="Public",
        references=tuple(alert.reference for alert in about),
        infos=(INFO,),
    )


BLUE = message("1")
YELLOW = message("2", "Update", BLUE, hour=14)
ORANGE = message("3", "Update", YELLOW, hour=16)
ENDED = message("4", "Cancel", ORANGE, hour=20)
OTHER = message("9", hour=13)


def test_an_update_takes_the_place_of_what_it_names() -> None:
    assert current([BLUE, OTHER, YELLOW, ORANGE]) == (ORANGE, OTHER)


def test_a_cancel_leaves_nothing() -> None:
    assert current([ENDED, ORANGE, BLUE, YELLOW]) == ()


def test_an_acknowledgement_changes_nothing() -> None:
    assert current([BLUE, message("5", "Ack", BLUE), message("6", "Error", BLUE)]) == (BLUE,)


def test_a_chain_is_told_from_its_beginning() -> None:
    assert chain([ORANGE, OTHER, BLUE, YELLOW, ENDED], ENDED) == (BLUE, YELLOW, ORANGE, ENDED)
    assert chain([], ENDED) == (ENDED,)


def test_messages_that_name_each_other_end() -> None:
    one = message("1", "Update", message("2"))
    two = message("2", "Update", one, hour=13)
    assert chain([one, two], two) == (one, two)


def test_an_alert_is_in_force_until_its_last_part_expires() -> None:
    assert BLUE.is_in_force(NOON)
    assert not BLUE.is_in_force(NOON + timedelta(hours=6))
    longer = replace(BLUE, infos=(INFO, replace(INFO, expires=None)))
    assert longer.is_in_force(NOON + timedelta(days=9))


@pytest.mark.parametrize(
    ("headline", "severity", "colour"),
    [
        ("发布暴雨橙色预警信号", "Minor", "橙"),
        ("", "Extreme", "红"),
        ("Heavy rain", "Minor", "蓝"),
        ("", "Unknown", None),
    ],
)
def test_the_headline_says_the_colour_before_the_severity(headline: str, severity: str, colour: str | None) -> None:
    assert replace(INFO, headline=headline, severity=severity).colour == colour


def test_colours_and_severities_are_one_to_one() -> None:
    assert {SEVERITY_OF_COLOUR[colour]: colour for colour in "红橙黄蓝"} == COLOUR_OF_SEVERITY


@pytest.mark.parametrize("text", ["11010241600000_20240729153126", "11010241600000_20240729153126_0"])
def test_the_national_identifier_is_read_and_written(text: str) -> None:
    identifier = WarningIdentifier.parse(text)
    assert str(identifier) == text
    assert (identifier.area, identifier.organisation) == ("110102", "41600000")
    assert identifier.issued == datetime(2024, 7, 29, 15, 31, 26, tzinfo=timezone(timedelta(hours=8)))
    assert identifier.is_meteorological


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1101024160000_20240729153126",
        "11010241600000_20241329153126",
        "11010241600000-20240729153126",
        "１" * 29,
    ],
)
def test_a_wrong_identifier_is_named(text: str) -> None:
    with pytest.raises(CAPError, match="identifier"):
        WarningIdentifier.parse(text)
