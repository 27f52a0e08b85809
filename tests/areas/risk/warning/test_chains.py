"""Updates and cancellations act on their chain in whatever order they arrive; areas are found however they are named."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone
from shapely import box

from anlan.areas.risk.warning.models import EarlyCancellation, Warning, WarningProblem
from anlan.areas.risk.warning.services.warnings import Waiting, receive_warning
from anlan.foundation.places.models import Area
from anlan.protocols import cap

pytestmark = pytest.mark.django_db
START = timezone.now().replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture
def receive(people, rules):
    """Take documents in as the duty officer, in this order."""

    def take(*documents: bytes) -> None:
        for document in documents:
            try:
                receive_warning(actor=people["duty_officer"], document=document, received_from="test")
            except Waiting:
                continue

    return take


def at(minutes: int):
    return START + timedelta(minutes=minutes)


def states() -> dict[str, str]:
    return {one.identifier[-1]: one.state for one in Warning.objects.all()}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("third", ["1", "2", ("1", "2")])
def test_the_newest_update_holds_in_any_order(receive, message, order, third):
    documents = [
        message("1", sent=at(0)),
        message("2", kind="Update", of="1", sent=at(1)),
        message("3", kind="Update", of=third, sent=at(2)),
    ]
    receive(*(documents[index] for index in order))
    assert states() == {"1": "replaced", "2": "replaced", "3": "in_force"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("named", ["1", "2"])
@pytest.mark.parametrize("bare", [True, False])
def test_a_cancellation_ends_the_line_in_any_order(receive, message, order, named, bare):
    documents = [
        message("1", sent=at(0)),
        message("2", kind="Update", of="1", sent=at(1)),
        message("3", kind="Cancel", of=named, sent=at(2), bare=bare),
    ]
    receive(*(documents[index] for index in order))
    found = states()
    assert found.pop("3") == "notice"
    assert "in_force" not in found.values()
    assert not Warning.objects.filter(Warning.in_force(timezone.now())).exists()
    assert not WarningProblem.objects.exists()


def test_an_early_cancellation_without_area_is_kept_and_answered(client_of, rules, message):
    duty = client_of("duty_officer")

    def post(document: bytes):
        return duty.post("/warnings/cap/", document, content_type="application/cap+xml")

    end = message("2", kind="Cancel", of="1", sent=at(1), bare=True)
    assert [post(end).status_code, post(end).status_code] == [202, 202]
    assert EarlyCancellation.objects.get().taken_at is None
    assert post(message("1", sent=at(0))).status_code == 201
    assert states() == {"1": "cancelled", "2": "notice"}
    assert EarlyCancellation.objects.get().taken_at
    assert post(end).status_code == 200


def test_what_was_sent_after_a_cancellation_stands(receive, message):
    receive(
        message("1", sent=at(0)),
        message("2", kind="Update", of="1", sent=at(3)),
        message("3", kind="Cancel", of="1", sent=at(2)),
    )
    assert states() == {"1": "cancelled", "2": "in_force", "3": "notice"}


def test_messages_that_refer_to_each_other_do_no_harm(receive, message):
    receive(message("1", kind="Update", of="2", sent=at(0)), message("2", kind="Update", of="1", sent=at(0)))
    receive(message("3", kind="Cancel", of=("1", "2"), sent=at(1)))
    assert set(states().values()) == {"cancelled", "notice"}


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ((cap.Area(area_desc="x", geocodes=(("GB/T 2260", "371526105000"),)),), {"371526105"}),
        ((cap.Area(area_desc="x", geocodes=(("GB/T 2260", "371526999000"),)),), {"371526"}),
        ((cap.Area(area_desc="x", circles=(cap.Circle((116.23, 36.87), 3.0),)),), {"371526"}),
        ((cap.Area(area_desc="x", circles=(cap.Circle((116.23, 36.87), 0.0),)),), {"371526"}),
        (
            (
                cap.Area(area_desc="x", geocodes=(("GB/T 2260", "371503"),)),
                cap.Area(area_desc="y", circles=(cap.Circle((116.23, 36.87), 3.0),)),
            ),
            {"371503", "371526"},
        ),
        ((cap.Area(area_desc="临清市南部"),), {"371581"}),
        ((cap.Area(area_desc="全市"),), {"371500"}),
    ],
)
def test_areas_are_found(receive, message, areas, expected):
    for code, west, south, east, north in (
        ("371526", 116.0, 36.7, 116.5, 37.0),
        ("371503", 116.0, 36.3, 116.5, 36.69),
    ):
        county = Area.objects.get(pk=code)
        county.geometry = box(west, south, east, north)
        county.save()
    receive(message("1", areas=areas))
    assert {area.pk for area in Warning.objects.get().areas.all()} == expected


def test_a_circle_elsewhere_is_refused(people, rules, message):
    from anlan.areas.risk.warning.services.warnings import Refused

    county = Area.objects.get(pk="371526")
    county.geometry = box(116.0, 36.7, 116.5, 37.0)
    county.save()
    with pytest.raises(Refused) as refusal:
        receive_warning(
            actor=people["duty_officer"],
            document=message("1", areas=(cap.Area(area_desc="x", circles=(cap.Circle((120.0, 30.0), 3.0),)),)),
            received_from="test",
        )
    assert refusal.value.is_elsewhere
