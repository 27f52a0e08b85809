"""What is going on now, for the command screen: every number a live query, each with its time and source."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.response.models import Activation
from anlan.areas.command.response.queries import Board, board_of, orders_for
from anlan.areas.risk.monitoring import boards
from anlan.areas.risk.monitoring import queries as monitoring
from anlan.areas.risk.monitoring.models import Alarm
from anlan.areas.risk.warning import layers as warning_layers
from anlan.areas.risk.warning.queries import open_assessments, undecided, warnings_in_force
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.ledger import registry
from anlan.foundation.notices.queries import waiting_notices
from anlan.foundation.places.codes import within
from anlan.foundation.resources.models import Assignment
from anlan.web import queries

#: The five figures that a commander asks for first (五数).
FIGURES = (
    ("dead", _("死亡")),
    ("missing", _("失踪")),
    ("injured", _("受伤")),
    ("trapped", _("被困")),
    ("evacuated", _("转移")),
)
LEVEL_COLOURS = {"I": "red", "II": "orange", "III": "yellow", "IV": "blue"}
URGENCY_LEVELS = {"critical": "red", "urgent": "orange", "routine": "blue"}
MOVING = (Assignment.Status.ASSIGNED, Assignment.Status.UNDER_WAY, Assignment.Status.ON_SITE)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something that somebody has to acknowledge."""

    kind: str | Promise
    title: str
    level: str
    at: datetime
    link: str
    note: str = ""
    is_exercise: bool = False
    lon: float | None = None
    lat: float | None = None
    #: Address that acknowledges it with a POST; empty when it takes a decision on its own page.
    confirm_url: str = ""


def waiting(user: User) -> list[Waiting]:
    """All that waits for this person: the gravest first, then the oldest."""
    found = [
        *_waiting_notices(user),
        *_unverified_incidents(user),
        *_proposed_responses(user),
        *_undecided_warnings(user),
        *_alarms(user),
    ]
    order = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}
    return sorted(found, key=lambda entry: (order.get(entry.level, 4), entry.at))


def _waiting_notices(user: User) -> list[Waiting]:
    return [
        Waiting(
            kind=_("通知"),
            title=notice.title,
            level=URGENCY_LEVELS[notice.urgency],
            at=notice.created_at,
            link=notice.link or "/notices/",
            is_exercise=notice.is_exercise,
            confirm_url=reverse("web:notice_confirm", args=[notice.pk]),
        )
        for notice in waiting_notices(user)[:30]
    ]


def _unverified_incidents(user: User) -> list[Waiting]:
    rows = queries.open_incidents(user).filter(status=Incident.Status.REPORTED)
    return [
        Waiting(
            kind=_("待核实事件"),
            title=incident.title,
            level=LEVEL_COLOURS.get(incident.grade, "yellow"),
            at=incident.received_at,
            link=f"/incidents/{incident.pk}/",
            note=str(incident.area),
            is_exercise=incident.is_exercise,
            lon=incident.lon,
            lat=incident.lat,
        )
        for incident in rows[:30]
    ]


def _proposed_responses(user: User) -> list[Waiting]:
    if not user.may("act:activations.confirm"):
        return []
    rows = Activation.objects.filter(
        within(user.scope.prefixes, "incident__area_id"), status=Activation.Status.PROPOSED
    ).select_related("incident", "plan", "proposed_by")
    return [
        Waiting(
            kind=_("待确认响应"),
            title=f"{activation} · {activation.incident}",
            level=LEVEL_COLOURS[activation.level],
            at=activation.proposed_at,
            link=f"/incidents/{activation.incident_id}/",
            note=str(activation.proposed_by),
            is_exercise=activation.is_exercise,
        )
        for activation in rows[:20]
    ]


def _alarms(user: User) -> list[Waiting]:
    """Levels that instruments reached and nobody took over, but for those that an assessment speaks for.

    Trouble of the devices waits on the alarms' own page.
    """
    if not user.may("act:alarms"):
        return []
    merged = {one["alarm"] for assessment in open_assessments(user) for one in assessment.basis}
    rows = monitoring.waiting_alarms(user).filter(kind=Alarm.Kind.THRESHOLD).exclude(pk__in=merged)
    return [
        Waiting(
            kind=_("监测报警"),
            title=alarm.title,
            level=alarm.level,
            at=alarm.raised_at,
            link=reverse("monitoring:alarm", args=[alarm.pk]),
            is_exercise=alarm.is_exercise,
            lon=alarm.lon,
            lat=alarm.lat,
            confirm_url=reverse("monitoring:acknowledge", args=[alarm.pk]),
        )
        for alarm in rows.order_by(*monitoring.GRAVEST_FIRST)[:30]
    ]


def _undecided_warnings(user: User) -> list[Waiting]:
    """Assessments and warnings to which neither a response nor a reason for none is on record."""
    return [
        Waiting(
            kind=_("待决定预警") if subject.ref.startswith("warning") else _("待决定研判"),
            title=subject.title,
            level=subject.colour,
            at=subject.sent if subject.ref.startswith("warning") else subject.changed_at,
            link=reverse(f"warning:{subject._meta.model_name}", args=[subject.pk]),
            note=str(subject.area),
            is_exercise=subject.is_exercise,
            lon=subject.lon,
            lat=subject.lat,
        )
        for subject in undecided(user)[:30]
    ]


def warnings(user: User) -> dict[str, Any]:
    """What holds now: our internal assessments and the issuers' warnings, the gravest first."""
    order = ("red", "orange", "yellow", "blue", "")
    assessed = sorted(open_assessments(user), key=lambda row: (order.index(row.colour), row.raised_at))
    official = sorted(warnings_in_force(user), key=lambda row: (order.index(row.colour), row.sent))
    return {"assessments": assessed[:8], "warnings": official[:8]}


def incidents(user: User) -> QuerySet[Incident]:
    """The open incidents with the responses in force, as `responses`."""
    active = Activation.objects.filter(status=Activation.Status.CONFIRMED).select_related("plan")
    return queries.open_incidents(user).prefetch_related(Prefetch("activations", active, to_attr="responses"))


def orders(user: User) -> Board:
    """The orders of the open incidents by what the commander asks first."""
    return board_of(orders_for(user).filter(incident__status__in=queries.OPEN).order_by("due_at"))


def casualties(user: User) -> dict[str, Any]:
    """The five figures over the open incidents, unknown ones unknown; of exercises only when nothing is real."""
    rows = list(queries.open_incidents(user))
    real = [row for row in rows if not row.is_exercise]
    counted = real or rows
    entries = []
    for name, title in FIGURES:
        known = [value for row in counted if (value := getattr(row, name)) is not None]
        entries.append({"title": title, "value": sum(known) if known else None})
    latest = (
        TimelineEntry.objects.filter(incident__in=counted, kind__in=("figures", "intake"))
        .order_by("-happened_at")
        .values("happened_at", "source", "actor")
        .first()
    )
    return {
        "incidents": len(counted),
        "entries": entries,
        "is_exercise": bool(counted) and not real,
        "at": latest and latest["happened_at"],
        "source": latest and (latest["source"] or latest["actor"]),
    }


def moving_resources(user: User) -> QuerySet[Assignment]:
    """Resources assigned to open incidents in the user's areas and not yet released."""
    rows = Assignment.objects.filter(
        within(user.scope.prefixes, "request__incident__area_id"),
        status__in=MOVING,
        request__incident__status__in=queries.OPEN,
    )
    return rows.select_related("request__incident")


def _feature(lon: float, lat: float, **properties: Any) -> dict:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": properties,
    }


def incident_features(user: User) -> list[dict]:
    """The open incidents as points."""
    return [
        _feature(
            row.lon, row.lat, title=row.title, grade=row.grade, status=row.status, is_exercise=row.is_exercise,
            url=f"/incidents/{row.pk}/",
        )
        for row in queries.open_incidents(user).filter(lon__isnull=False)
    ]  # fmt: skip


def resource_features(user: User) -> list[dict]:
    """Resources with the straight line to where they were sent; the road they take is not known."""
    rows = list(moving_resources(user))
    places: dict[tuple[str, int], tuple[float, float]] = {}
    for name in {row.ledger for row in rows}:
        try:
            model = registry.ledger(name).model
        except KeyError:
            continue
        keys = [row.object_id for row in rows if row.ledger == name]
        for pk, lon, lat in model._default_manager.filter(pk__in=keys, lon__isnull=False).values_list(
            "pk", "lon", "lat"
        ):
            places[name, pk] = (lon, lat)
    features = []
    for row in rows:
        start = places.get((row.ledger, row.object_id))
        request = row.request
        lon, lat = (
            (request.lon, request.lat) if request.lon is not None else (request.incident.lon, request.incident.lat)
        )
        if start is None or lon is None:
            continue
        properties = {"title": row.title, "status": row.status, "label": row.get_status_display()}
        features.append(_feature(*start, **properties))
        line = {"type": "LineString", "coordinates": [start, (lon, lat)]}
        features.append({"type": "Feature", "geometry": line, "properties": properties})
    return features


def layers(user: User) -> dict[str, dict]:
    """The live layers of the situation map."""
    found = {
        "incidents": incident_features(user),
        "resources": resource_features(user),
        "warnings": warning_layers.polygons(user),
        "stations": boards.features(boards.tiles(monitoring.stations(user), timezone.now())),
    }
    collections = {name: {"type": "FeatureCollection", "features": features} for name, features in found.items()}
    return collections | {"warned": warning_layers.warned(user)}
