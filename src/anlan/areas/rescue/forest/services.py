"""Ask where further forest teams gain most."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.rescue.forest.jobs import find_team_sites
from anlan.areas.rescue.forest.models import TeamStudy
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.jobs.queue import enqueue
from anlan.foundation.roads.queries import current_network

#: So long the same question is taken for a second press of the button; after that the first one may have died.
SAME = timedelta(minutes=5)


@transaction.atomic
def start_study(*, actor: User, minutes: float, with_closures: bool, speeds: str, among: str, count: int) -> TeamStudy:
    """Keep the question and queue it; the same question of the same person while it is computed is one."""
    demand(actor, "view:forestcells")
    network = current_network()
    if network is None:
        raise ValidationError(_("还没有路网：请管理员用 anlan import-roads 导入。"))
    asked = {
        "prefixes": list(actor.scope.prefixes), "network": network, "minutes": minutes, "with_closures": with_closures,
        "speeds": speeds, "among": among, "count": count, "asked_by": actor,
    }  # fmt: skip
    waiting = TeamStudy.objects.filter(
        asked_by=actor, status=TeamStudy.Status.WAITING, asked_at__gte=timezone.now() - SAME
    )
    for one in waiting:
        if all(getattr(one, name) == value for name, value in asked.items()):
            return one
    study = TeamStudy(**asked)
    study.full_clean()
    study.save()
    details = {name: asked[name] for name in ("minutes", "with_closures", "speeds", "among", "count")}
    audit.record(actor=actor, action="teamstudies.start", subject=study, details=details)
    transaction.on_commit(lambda: _queue(study))
    return study


def _queue(study: TeamStudy) -> None:
    job = enqueue(find_team_sites, title=str(study), owner=study.asked_by, study_id=study.pk)
    TeamStudy.objects.filter(pk=study.pk).update(job=job)
