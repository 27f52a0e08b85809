"""Ask for a study of risk."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.qra import queries, rules
from anlan.areas.risk.qra.jobs import perform
from anlan.areas.risk.qra.models import RiskStudy
from anlan.areas.risk.safety.models import HazardSource
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.jobs.queue import enqueue
from anlan.foundation.places.queries import county_at
from anlan.science.geo.distance import great_circle_km

#: Scenarios that one study takes at most, and how far apart they may lie, km.
MOST_SCENARIOS, FARTHEST_APART_KM = 200, 20.0
MOST_TANKS = 100


@transaction.atomic
def start_study(
    *,
    actor: User,
    title: str = "",
    is_new: bool = False,
    sources: Sequence[tuple[HazardSource, int]] = (),
    runs: Sequence[tuple[Run, str, float, str]] = (),
    is_exercise: bool = False,
) -> RiskStudy:
    """Keep what is to be computed and queue it.

    `sources` are hazard sources with the number of vessels; `runs` come with the code of a release frequency and how
    many times it counts (vessels, metres, hours, probabilities), and why.
    """
    demand(actor, "act:riskstudies")
    in_force = queries.rules_in_force()
    scenarios: list[dict[str, Any]] = []
    left_out: list[str] = []
    for source, tanks in sources:
        if not queries.sources_for(actor).filter(pk=source.pk).exists():
            raise PermissionDenied(_("“%(source)s”不在您的管辖范围内。") % {"source": source})
        if not 1 <= tanks <= MOST_TANKS:
            raise ValidationError({"sources": _("储罐数应在 1 到 %(most)s 之间。") % {"most": MOST_TANKS}})
        tank = rules.Tank(
            name=f"{source.enterprise.name} {source.name}", cas=source.cas, mass_kg=1000.0 * source.quantity_t,
            count=tanks, lon=source.lon, lat=source.lat,
        )  # fmt: skip
        derived = rules.derive(tank, in_force)
        scenarios += [one | {"from": f"hazardsources/{source.pk}"} for one in derived.scenarios]
        left_out += derived.left_out
    scenarios += [_of_run(actor, *one, in_force) for one in runs]
    if not scenarios:
        raise ValidationError(" ".join([_("没有可算的情景。请选择重大危险源或推演。"), *left_out]))
    if len(scenarios) > MOST_SCENARIOS:
        raise ValidationError(_("一次最多 %(most)s 个情景，请分开算。") % {"most": MOST_SCENARIOS})
    lon, lat = (sum(one[name] for one in scenarios) / len(scenarios) for name in ("lon", "lat"))
    if max(great_circle_km(lon, lat, one["lon"], one["lat"]) for one in scenarios) > FARTHEST_APART_KM:
        raise ValidationError(_("所选的源相距太远，请按园区或企业分开算。"))
    area = county_at(lon, lat)
    if area is None:
        raise ValidationError(_("所选的源不在本市或周边。"))
    study = RiskStudy(
        title=(title.strip() or f"{area}定量风险评价")[:120], area=area, lon=lon, lat=lat,
        is_new=is_new, scenarios=scenarios, rules=in_force, left_out=left_out, asked_by=actor, is_exercise=is_exercise,
    )  # fmt: skip
    study.save()
    audit.record(
        actor=actor, action="riskstudies.start", subject=study,
        details={"scenarios": [one["title"] for one in scenarios], "is_new": is_new},
    )  # fmt: skip
    transaction.on_commit(lambda: enqueue(perform, title=study.title, owner=actor, study_id=study.pk))
    return study


def _of_run(
    actor: User, run: Run, release: str, times: float, reason: str, in_force: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """A run as a scenario: its frequency is that of a release, so many times."""
    if not queries.runs_offered(actor).filter(pk=run.pk).exists():
        raise PermissionDenied(_("推演“%(run)s”不在您的管辖范围内，或没有算完。") % {"run": run})
    frequencies = in_force["risk.release_frequencies"]
    found = next((one for one in frequencies["params"]["releases"] if one["code"] == release), None)
    if found is None:
        raise ValidationError({"runs": _("请为推演“%(run)s”选择泄漏频率。") % {"run": run}})
    if not 0 < times <= 1e5:
        raise ValidationError({"runs": _("推演“%(run)s”的倍数应大于0。") % {"run": run}})
    if times != 1 and not reason.strip():
        raise ValidationError({"runs": _("推演“%(run)s”的倍数不是1，请写明由来。") % {"run": run}})
    basis = [[found["name"], found["per_year"]]]
    if times != 1:
        basis.append([reason.strip()[:100], times])
    return {
        "title": run.title, "hazard": run.hazard, "inputs": run.inputs, "lon": run.lon, "lat": run.lat,
        "per_year": found["per_year"] * times, "basis": basis, "source": frequencies["reference"],
        "from": f"predictions/{run.pk}",
    }  # fmt: skip
