"""Start runs, propose what they are made from, accept them, and hold them against what was measured."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.risk.prediction.jobs import perform
from anlan.areas.risk.prediction.models import MOST_MEMBERS, Measurement, Run
from anlan.areas.risk.prediction.roads import cordons
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import record_entry
from anlan.foundation.jobs.queue import enqueue
from anlan.foundation.places.queries import county_at
from anlan.foundation.roads.registry import propose_cordons
from anlan.science.hazards.catalogue import hazards
from anlan.science.hazards.declaring import read


@transaction.atomic
def start_run(
    *,
    actor: User,
    hazard: str,
    inputs: Mapping[str, Any],
    lon: float,
    lat: float,
    title: str = "",
    members: int = 0,
    incident: Incident | None = None,
    based_on: Run | None = None,
    sources: Mapping[str, str] | None = None,
    is_exercise: bool = False,
) -> Run:
    """Keep what is to be computed and queue it; ScenarioError names every input that the model does not take."""
    demand(actor, "add:predictions")
    model = hazards().get(hazard)
    if model is None:
        raise ValidationError({"hazard": _("没有这个模型。")})
    if not 0 <= members <= MOST_MEMBERS:
        raise ValidationError({"members": _("集合成员数应在 0 到 %(most)s 之间。") % {"most": MOST_MEMBERS}})
    if not (-180 <= lon <= 180 and -90 < lat < 90):
        raise ValidationError({"lon": _("经纬度超出范围，请在地图上选取位置。")})
    area = county_at(lon, lat)
    if area is None:
        raise ValidationError({"lon": _("这个位置不在本市或周边，请在地图上选取位置。")})
    if not actor.scope.contains(area.code):
        raise PermissionDenied(_("%(area)s不在您的管辖范围内。") % {"area": area})
    read(model.scenario, inputs)
    run = Run(
        title=(title or (f"{incident.title}：{model.title}" if incident else f"{area.name}{model.title}"))[:120],
        hazard=hazard, model_version=model.version, inputs=dict(inputs), sources=dict(sources or {}), members=members,
        lon=lon, lat=lat, area=area, incident=incident, based_on=based_on, asked_by=actor,
        is_exercise=is_exercise or bool(incident and incident.is_exercise),
    )  # fmt: skip
    run._history_user = actor
    run.save()
    audit.record(actor=actor, action="predictions.start", subject=run, details={"hazard": hazard, "inputs": run.inputs})
    transaction.on_commit(lambda: enqueue(perform, title=run.title, owner=actor, run_id=run.pk))
    return run


@transaction.atomic
def accept_run(*, actor: User, run: Run, opinion: str = "") -> Run:
    """Put a name to a run: from now on the response may rest on it; the incident's timeline says so."""
    demand(actor, "act:predictions.accept")
    if not actor.scope.contains(run.area_id):
        raise PermissionDenied(_("这次推演不在您的管辖范围内。"))
    if run.status != Run.Status.DONE:
        raise ValidationError(_("只有算完的推演可以采纳。"))
    if run.accepted_at is None:
        run.accepted_by, run.accepted_at, run.acceptance = actor, timezone.now(), opinion.strip()[:200]
        run._history_user = actor
        run.save(update_fields=["accepted_by", "accepted_at", "acceptance", "updated_at"])
        audit.record(actor=actor, action="predictions.accept", subject=run, details={"opinion": run.acceptance})
        if run.incident is not None:
            people = run.people.get("levels", {})
            told = "，".join(f"第 {level} 级影响区 {count} 人" for level, count in sorted(people.items(), reverse=True))
            text = f"采纳推演“{run.title}”（{run.hazard} 版本 {run.model_version}）。{told}"
            record_entry(
                incident=run.incident, kind=TimelineEntry.Kind.NOTE, text=text, actor=actor, source=f"推演 {run.pk}",
                lon=run.lon, lat=run.lat,
            )  # fmt: skip
    return run


@transaction.atomic
def propose_closures(*, actor: User, run: Run) -> int:
    """Propose a closure wherever a road leads into the cordoned zone; how many are new. Nothing is closed by this."""
    demand(actor, "add:closures")
    if not actor.scope.contains(run.area_id):
        raise PermissionDenied(_("这次推演不在您的管辖范围内。"))
    found = propose_cordons(actor=actor, cordons=cordons(run))
    audit.record(actor=actor, action="predictions.close_roads", subject=run, details={"proposed": found})
    if found and run.incident is not None:
        text = f"按推演“{run.title}”提出 {found} 处道路封控建议，待确认。"
        record_entry(
            incident=run.incident, kind=TimelineEntry.Kind.NOTE, text=text, actor=actor, source=f"推演 {run.pk}"
        )
    return found


@transaction.atomic
def add_measurement(
    *, actor: User, run: Run, lon: float, lat: float, value: float, unit: str, source: str, at_s: float | None = None
) -> Measurement:
    """Keep what was measured at a place, to hold the run against it."""
    demand(actor, "add:predictions")
    if not actor.scope.contains(run.area_id):
        raise PermissionDenied(_("这次推演不在您的管辖范围内。"))
    made = Measurement(
        run=run, lon=lon, lat=lat, value=value, unit=unit, source=source.strip(), at_s=at_s, entered_by=actor
    )
    made.full_clean()
    made.save()
    audit.record(
        actor=actor, action="predictions.measure", subject=run, details={"value": value, "unit": unit, "source": source}
    )
    return made
