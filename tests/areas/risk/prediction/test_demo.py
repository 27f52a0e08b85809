"""Sample runs: asked for once, marked, at sample tanks."""

from anlan.areas.risk.prediction import demo
from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.safety.models import Enterprise, HazardSource
from anlan.foundation.accounts.models import User


def test_samples_are_asked_for_once_and_marked(city, rules, people, django_capture_on_commit_callbacks):
    User.objects.filter(pk=people["duty_officer"].pk).update(username="zhiban")
    works = Enterprise.objects.create(code="e1", name="示例化工", sector="chemical", area_id="371526105", is_demo=True)
    for number, (cas, *_rest) in enumerate(demo.RUNS):
        HazardSource.objects.create(
            code=f"H{number}", name="罐区", enterprise=works, area_id="371526105", substance="示例", cas=cas,
            lon=116.30, lat=36.80, is_demo=True,
        )  # fmt: skip
    for _turn in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            demo.load(city)
    runs = Run.objects.all()
    assert len(runs) == len(demo.RUNS)
    assert all(run.is_demo and run.is_exercise and run.status == Run.Status.DONE for run in runs)
    assert all({one["properties"]["probability"] for one in run.zones["features"]} >= {None, 0.5} for run in runs)
