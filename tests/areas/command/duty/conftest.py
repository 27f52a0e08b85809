"""A duty desk with two officers, a leader and a roster that runs now."""

from datetime import timedelta
from types import SimpleNamespace

import pytest


@pytest.fixture
def desk(people, rules):
    """Two officers on one post; the first is on duty now, the second takes over."""
    from django.utils import timezone

    from anlan.areas.command.duty.models import Shift
    from anlan.foundation.accounts.services import make_user

    first = people["duty_officer"]
    post = first.current_posts[0]
    second = make_user(
        username="officer2", full_name="值班员乙", password="Anlan-demo-2026", department=first.department, posts=[post]
    )
    now = timezone.now().replace(second=0, microsecond=0)

    def shift(user, start, hours=24):
        return Shift.objects.create(
            kind="officer",
            department=post.department,
            area_id=post.department.area_id,
            post=post,
            user=user,
            start=start,
            end=start + timedelta(hours=hours),
        )

    running = shift(first, now - timedelta(hours=20))
    coming = shift(second, running.end)
    later = shift(first, coming.end)
    return SimpleNamespace(
        post=post, first=first, second=second, leader=people["commander"], running=running, coming=coming, later=later,
        shift=shift, now=now,
    )  # fmt: skip
