"""One sample study of the sample works, computed by the worker like any other."""

from anlan.areas.risk.qra.models import RiskStudy
from anlan.areas.risk.qra.queries import sources_for
from anlan.areas.risk.qra.services import start_study
from anlan.foundation.accounts.models import User
from anlan.foundation.places.models import Area

TITLE = "示例化工园区定量风险评价（示例）"


def load(city: Area) -> None:
    """Ask for the study when it is not there yet."""
    actor = User.objects.filter(username="fenxi").first()
    if actor is None or RiskStudy.objects.filter(title=TITLE).exists():
        return
    first = sources_for(actor).filter(is_demo=True).first()
    if first is None:
        return
    sources = sources_for(actor).filter(enterprise=first.enterprise)
    made = start_study(actor=actor, title=TITLE, sources=[(one, 2) for one in sources], is_exercise=True)
    RiskStudy.objects.filter(pk=made.pk).update(is_demo=True)
