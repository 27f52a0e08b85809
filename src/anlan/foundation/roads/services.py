"""Bring a road network in and put it to use."""

import hashlib
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.places.models import Area
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.packing import pack
from anlan.foundation.roads.reading import read_lines
from anlan.foundation.roads.reading.network import network_of
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import Roads


def import_network(
    *, actor: User | str, path: Path, area: Area, title: str = "", source: str = "", is_synthetic: bool = False
) -> RoadNetwork:
    """Read a file and put its network to use; RoadFileError says why it cannot be."""
    drawing = network_of(read_lines(path), rule("roads.speeds").params["kmh"])
    notes = [_("%(count)s 条路段按等级取默认速度") % {"count": drawing.default_speeds}]
    notes += [f"{reason}：{count}" for reason, count in drawing.left_out.items()]
    return keep_network(
        actor=actor, roads=drawing.roads, area=area, title=title or path.name, source=source or path.name,
        is_synthetic=is_synthetic, notes="；".join(notes),
    )  # fmt: skip


@transaction.atomic
def keep_network(
    *,
    actor: User | str,
    roads: Roads,
    area: Area,
    title: str,
    source: str,
    is_synthetic: bool,
    notes: str = "",
    is_demo: bool = False,
) -> RoadNetwork:
    """Keep a network and use it from now on; the versions before stay."""
    packed = pack(roads)
    RoadNetwork.objects.filter(is_current=True).update(is_current=False)
    made = RoadNetwork.objects.create(
        area=area, title=title[:120], source=source[:200], is_synthetic=is_synthetic, is_demo=is_demo, packed=packed,
        digest=hashlib.new("sm3", packed).hexdigest(), nodes=len(roads.nodes), edges=roads.size, notes=notes,
        length_km=round(float(roads.length_m.sum()) / 1000, 1), imported_by=actor if isinstance(actor, User) else None,
    )  # fmt: skip
    details = {"edges": made.edges, "digest": made.digest, "source": made.source, "is_synthetic": is_synthetic}
    audit.record(actor=actor, action="roadnetworks.import", subject=made, details=details)
    return made
