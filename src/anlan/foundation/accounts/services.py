"""Load the departments of a city, and make people and their posts."""

import tomllib
from datetime import datetime
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from anlan.foundation.accounts.models import Appointment, Department, Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.places.models import Area

DEPARTMENTS = Path(__file__).parent / "data" / "departments.toml"


@transaction.atomic
def load_departments(city: Area) -> int:
    """Create the units that the plan names, and each county's and zone's emergency bureau with its duty desk."""
    rows = tomllib.loads(DEPARTMENTS.read_text("utf-8"))["department"]
    made = 0
    for row in rows:
        if "聊城" in row["name"] and city.code != "371500":
            continue
        area = city.parent if row["level"] == "province" else city
        _unit, is_new = Department.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "short_name": row["short_name"],
                "kind": row["kind"],
                "area": area,
            },
        )
        made += is_new
    bureau = Department.objects.filter(name="市应急局").first()
    for area in Area.objects.filter(parent=city, level__in=(Area.Level.COUNTY, Area.Level.ZONE)):
        _unit, is_new = Department.objects.get_or_create(
            code=f"{area.code}-yjj",
            defaults={
                "name": f"{area.name}应急管理局",
                "short_name": f"{area.name}应急局",
                "area": area,
                "parent": bureau,
            },
        )
        made += is_new
    for unit in Department.objects.filter(posts=None):
        Post.objects.create(department=unit, title="值班室", role="department", rank=1)
    return made


@transaction.atomic
def make_user(
    *,
    username: str,
    full_name: str,
    password: str = "",
    encoded_password: str = "",
    department: Department,
    posts: list[Post],
    phone: str = "",
    valid_from: datetime | None = None,
    is_demo: bool = False,
    actor: User | str = "setup",
) -> User:
    """Create a person with posts, by a password or one that is encoded already; an existing one is returned as is."""
    if found := User.objects.filter(username=username).first():
        return found
    user = User(username=username, full_name=full_name, department=department, phone=phone, is_demo=is_demo)
    if encoded_password:
        user.password = encoded_password
    else:
        validate_password(password, user)
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    for post in posts:
        appointment = Appointment(user=user, post=post, valid_from=valid_from or timezone.now())
        appointment.full_clean()
        appointment.save()
    audit.record(actor=actor, action="users.add", subject=user, details={"posts": [str(p) for p in posts]})
    return user
