"""Tell a unit of a price that rose by more than the rule allows: once an item and area, until it is back."""

from django.db import transaction
from django.utils import timezone

from anlan.areas.supplies.prices.models import Price, Rise
from anlan.areas.supplies.prices.queries import watched
from anlan.foundation.accounts.models import Post
from anlan.foundation.indicators.registry import counted
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notices


@transaction.atomic
def tell_rises() -> int:
    """Open and close rises; how many units were told."""
    rows = {(one.area.pk, one.item.pk): one for one in watched(counted(Price.objects.all(), "is_demo"))}
    running = {(one.area_id, one.item_id): one for one in Rise.objects.filter(closed_at=None)}
    for key, rise in running.items():
        if key not in rows or not rows[key].is_over:
            Rise.objects.filter(pk=rise.pk).update(closed_at=timezone.now())
    wanted = []
    for key, one in rows.items():
        if key in running or not one.is_over:
            continue
        rise = Rise.objects.create(area=one.area, item=one.item, percent=one.standing.percent)
        post = Post.objects.filter(department=one.department).order_by("rank").first() if one.department else None
        if post is None:
            continue
        wanted.append(
            {
                "actor": "system", "post": post, "title": f"价格上涨：{one.area}{one.item}", "subject": rise,
                "body": f"近期中位价 {one.standing.now} 元/{one.item.unit}，比此前中位价上涨 {one.standing.percent}%，"
                f"采价 {one.standing.samples} 条，截至 {one.standing.newest_on}。请核实供应情况。",
                "urgency": Notice.Urgency.ROUTINE, "area_code": one.area.pk,
                "link": f"/supplies/prices/?area={one.area.pk}&item={one.item.pk}",
            }
        )  # fmt: skip
    send_notices(wanted)
    return len(wanted)
