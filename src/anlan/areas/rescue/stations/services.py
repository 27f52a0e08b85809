"""Ask where further stations gain most."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.areas.rescue.stations.jobs import find_sites
from anlan.areas.rescue.stations.models import SiteStudy
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.jobs.queue import enqueue
from anlan.foundation.places.models import Area
from anlan.foundation.roads.queries import current_network

#: Most stations that one study sites.
MOST_SITES = 10


@transaction.atomic
def start_study(*, actor: User, area: Area, count: int, minutes: float, with_closures: bool, speeds: str) -> SiteStudy:
    """Keep the question and queue it."""
    demand(actor, "act:sitestudies")
    if not actor.scope.contains(area.pk):
        raise PermissionDenied(_("%(area)s不在您的管辖范围内。") % {"area": area})
    network = current_network()
    if network is None:
        raise ValidationError(_("还没有路网：请管理员用 anlan import-roads 导入。"))
    if not 1 <= count <= MOST_SITES:
        raise ValidationError({"count": _("增设站数应在 1 到 %(most)s 之间。") % {"most": MOST_SITES}})
    study = SiteStudy(
        area=area,
        network=network,
        count=count,
        minutes=minutes,
        with_closures=with_closures,
        speeds=speeds,
        asked_by=actor,
    )
    study.full_clean()
    study.save()
    audit.record(actor=actor, action="sitestudies.start", subject=study, details={"count": count, "minutes": minutes})
    transaction.on_commit(lambda: enqueue(find_sites, title=str(study), owner=actor, study_id=study.pk))
    return study
