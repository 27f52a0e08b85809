"""Two sample runs at the sample tanks, computed by the worker like any other."""

from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.prediction.services import start_run
from anlan.areas.risk.safety.models import HazardSource
from anlan.foundation.accounts.models import User
from anlan.foundation.places.models import Area

#: CAS number of the substance in the tank, model, title, inputs, members of an ensemble.
RUNS = (
    (
        "7664-41-7", "toxic_release", "液氨储罐小孔泄漏（示例）",
        {
            "substance": "ammonia", "source": {"kind": "tank_liquefied", "hole_mm": 20, "mass_kg": 60_000},
            "weather": {"wind_m_s": 3, "wind_from_deg": 68, "sky": "overcast"},
        },
        200,
    ),
    ("68476-85-7", "fire", "液化石油气球罐火球（示例）", {"fireball": {"fuel": "lpg", "mass_kg": 100_000}}, 50),
)  # fmt: skip


def load(city: Area) -> None:
    """Ask for the sample runs that are not there yet."""
    actor = User.objects.filter(username="zhiban").first()
    for cas, hazard, title, inputs, members in RUNS:
        tank = HazardSource.objects.filter(cas=cas, is_demo=True, lon__isnull=False).order_by("code").first()
        if actor is None or tank is None or Run.objects.filter(title=title).exists():
            continue
        run = start_run(
            actor=actor, hazard=hazard, inputs=inputs, lon=tank.lon, lat=tank.lat, title=title, members=members,
            is_exercise=True,
        )  # fmt: skip
        Run.objects.filter(pk=run.pk).update(is_demo=True)
