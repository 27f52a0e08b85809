"""An assigned convoy or vehicle gets its order at once; what is recorded on the assignment is a step of the order."""

from anlan.areas.transport.convoys.services import follow_assignment, issue_for
from anlan.foundation.events.bus import subscribe
from anlan.foundation.events.catalogue import ResourceMoved
from anlan.foundation.resources.models import Assignment

#: Registers whose rows drive.
DRIVING = ("convoys", "vehicles")


@subscribe(ResourceMoved)
def follow(event: ResourceMoved) -> None:
    """Issue the order, or take over the step."""
    assignment = Assignment.objects.filter(pk=event.assignment, ledger__in=DRIVING).first()
    if assignment is None:
        return
    if event.status == Assignment.Status.ASSIGNED:
        issue_for(assignment)
    else:
        follow_assignment(assignment)
