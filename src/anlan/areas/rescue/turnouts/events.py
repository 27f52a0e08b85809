"""A team that is assigned gets its turn-out; each of its steps is followed."""

from anlan.areas.rescue.turnouts import services
from anlan.foundation.events.bus import subscribe
from anlan.foundation.events.catalogue import ResourceMoved
from anlan.foundation.resources.models import Assignment


@subscribe(ResourceMoved)
def follow_team(event: ResourceMoved) -> None:
    """Requests have no assignment yet; other resources are not teams."""
    found = Assignment.objects.select_related("request__incident").filter(pk=event.assignment, ledger="teams").first()
    if found is not None:
        services.follow(found)
