"""The sample plans, approved and published, so that a response can be activated."""

from anlan.areas.command.response.models import Plan
from anlan.areas.command.response.services.plans import PLANS, import_plan, read_plan
from anlan.foundation.places.models import Area


def load(city: Area) -> None:
    """Read in the sample plans that are not here yet."""
    for path in sorted(PLANS.glob("*.toml")):
        document = read_plan(path.read_text("utf-8"))
        if Plan.objects.filter(code=document["code"]).exists():
            continue
        plan = import_plan(actor="demo", document=document, area=city)
        plan.status, plan.approved_by, plan.is_demo = Plan.Status.PUBLISHED, "演示", True
        plan.save()
