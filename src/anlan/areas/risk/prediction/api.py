"""Hazard models by program: what there is, what each takes, and runs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from anlan.areas.risk.prediction import queries, roads, services
from anlan.areas.risk.prediction.exporting import as_geojson, roads_told
from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.prediction.wording import all_said, said, spoken
from anlan.foundation.accounts.access import demand
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.api import Problem, api
from anlan.science.hazards.catalogue import hazards
from anlan.science.hazards.declaring import ScenarioError, schema

router = Router(tags=["hazards"])
REFUSED = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 422: Problem}


class Asked(Schema):
    """A run to compute."""

    lon: float
    lat: float
    inputs: dict[str, Any]
    title: str = ""
    members: int = 0
    incident: int | None = None
    is_exercise: bool = False


def told(run: Run) -> dict[str, Any]:
    """A run as JSON values."""
    return {
        "id": run.pk, "title": run.title, "hazard": run.hazard, "model_version": run.model_version,
        "status": run.status, "problem": run.problem, "inputs": run.inputs, "sources": run.sources,
        "lon": run.lon, "lat": run.lat, "incident": run.incident_id, "members": run.members,
        "figures": spoken(run.figures), "tables": spoken(run.tables), "notes": all_said(run.notes), "advice": all_said(run.advice), "people": run.people,
        "zones": as_geojson(run) if run.zones else None,
        "roads": roads_told(roads.picture(run)) if run.zones else None,
        "seconds": run.seconds, "is_exercise": run.is_exercise,
        "asked_by": str(run.asked_by), "asked_at": run.asked_at, "finished_at": run.finished_at,
        "accepted_by": str(run.accepted_by) if run.accepted_by else None, "accepted_at": run.accepted_at,
    }  # fmt: skip


@router.get("", operation_id="hazards_list", response={200: list[dict], **REFUSED})
def index(request):
    """The models: code, title, version and the JSON Schema of their inputs."""
    demand(request.user, "view:predictions")
    return [
        {
            "code": one.code,
            "title": one.title,
            "summary": one.summary,
            "version": one.version,
            "inputs": schema(one.scenario),
        }
        for one in hazards().values()
    ]


@router.post("/{code}/runs", operation_id="hazards_run", response={202: dict, **REFUSED})
def start(request, code: str, payload: Asked):
    """Queue a run; read it until its status is done, refused or failed."""
    incident = None
    if payload.incident is not None:
        incident = get_object_or_404(incidents_for(request.user), pk=payload.incident)
    try:
        run = services.start_run(
            actor=request.user, hazard=code, inputs=payload.inputs, lon=payload.lon, lat=payload.lat,
            title=payload.title, members=payload.members, incident=incident, is_exercise=payload.is_exercise,
        )  # fmt: skip
    except ScenarioError as error:
        fields = {path: [said(problem)] for path, problem in error.problems.items()}
        return Status(422, {"error": _("模型不接受这些输入，请修改后重试。"), "fields": fields})
    except ValidationError as error:
        return Status(422, {"error": _("请修改所列字段后重试。"), "fields": dict(error)})
    return Status(202, told(Run.objects.get(pk=run.pk)))


@router.get("/runs/{int:pk}", operation_id="hazards_read", response={200: dict, **REFUSED})
def read(request, pk: int):
    """A run with everything that it found."""
    demand(request.user, "view:predictions")
    return told(get_object_or_404(queries.runs_for(request.user), pk=pk))


api.add_router("/hazards", router)
