"""Free-text convoy names become convoys; load and seats are read from the free-text capacity, which keeps the rest."""

import re

from django.conf import settings
from django.db import migrations

LOAD = re.compile(r"载重\s*([0-9]+(?:\.[0-9]+)?)\s*吨")
SEATS = re.compile(r"([0-9]+)\s*座")


def carry_over(apps, schema_editor):
    vehicle, past = apps.get_model("fleet", "Vehicle"), apps.get_model("fleet", "HistoricalVehicle")
    convoys = _convoys(apps, vehicle)
    for model in (vehicle, past):
        for row in model.objects.all().iterator():
            row.convoy_id = convoys.get(row.convoy_name.strip())
            load, seats = LOAD.search(row.capacity), SEATS.search(row.capacity)
            row.load_t = float(load[1]) if load else None
            row.seats = int(seats[1]) if seats else None
            row.capacity = SEATS.sub("", LOAD.sub("", row.capacity)).strip(" ，、,;；")
            row.save(update_fields=["convoy", "load_t", "seats", "capacity"])


def _convoys(apps, vehicle) -> dict[str, int]:
    """A convoy for each name, in the area that its vehicles share, else in the city."""
    members = {}
    for row in vehicle.objects.exclude(convoy_name="").order_by("pk"):
        members.setdefault(row.convoy_name.strip(), []).append(row)
    found = {}
    for number, (name, rows) in enumerate(members.items(), 1):
        areas, units = {row.area_id for row in rows}, {row.department_id for row in rows}
        convoy = apps.get_model("fleet", "Convoy").objects.create(
            code=f"CD-{number:03d}", name=name, area_id=areas.pop() if len(areas) == 1 else settings.ANLAN.city,
            department_id=units.pop() if len(units) == 1 else None, lon=rows[0].lon, lat=rows[0].lat,
            is_demo=all(row.is_demo for row in rows),
        )
        found[name] = convoy.pk
    return found


class Migration(migrations.Migration):
    dependencies = [("fleet", "0003_convoys")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
