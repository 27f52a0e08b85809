"""Who may do what: roles, scope, the three administrators, sign-in, tokens."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from anlan.foundation.accounts.models import ApiToken, Appointment, Post, User
from anlan.foundation.accounts.roles import ROLES, allows
from anlan.foundation.accounts.services import make_user
from anlan.foundation.places.models import Area


def test_scope_is_the_area_of_the_posts(people):
    assert people["county"].scope.prefixes == ("371526",)
    assert people["commander"].scope.contains("371581001")
    assert not people["county"].scope.contains("371502001")


def test_a_zone_covers_its_townships(people, city):
    assert Area.objects.get(pk="371572").prefixes == ("371572", "371502110")
    assert people["enterprise"].scope.contains("371502110")


def test_an_enterprise_sees_its_own_records_only(people):
    assert people["enterprise"].scope.owner == people["enterprise"].department_id


def test_a_post_that_ended_gives_nothing(people):
    person = people["commander"]
    Appointment.objects.filter(user=person).update(valid_to=timezone.now() - timedelta(seconds=1))
    person = User.objects.get(pk=person.pk)
    assert person.roles == ()
    assert not person.may("view:incidents")
    assert person.scope.prefixes == ()


@pytest.mark.parametrize("role", [code for code, role in ROLES.items() if role.is_administrator])
def test_administrators_hold_no_other_post(people, role):
    other = Post.objects.get(role="analyst")
    with pytest.raises(ValidationError, match="三员分立"):
        Appointment(user=people[role], post=other).full_clean()


def test_administrators_hold_no_other_post_later_either(people):
    """One that begins next month and is without end runs into the one that begins now."""
    person, now = people["analyst"], timezone.now()
    Appointment.objects.filter(user=person).update(valid_from=now + timedelta(days=30))
    post = Post.objects.get(role="security_administrator")
    with pytest.raises(ValidationError, match="三员分立"):
        Appointment(user=person, post=post, valid_from=now).full_clean()
    Appointment(user=person, post=post, valid_from=now, valid_to=now + timedelta(days=29)).full_clean()


@pytest.mark.parametrize("role", [code for code, role in ROLES.items() if role.is_administrator])
def test_administrators_do_no_business(role):
    assert not any(allows([role], f"{verb}:incidents") for verb in ("view", "add", "change", "act"))


@pytest.mark.parametrize("role", [code for code, role in ROLES.items() if not role.is_administrator])
def test_business_roles_never_see_accounts_or_audit(role):
    assert not any(
        allows([role], f"{verb}:{name}") for verb in ("view", "change") for name in ("users", "posts", "audit")
    )


def test_too_many_wrong_passwords_lock_the_name_out(people, client):
    for _ in range(5):
        client.post("/accounts/login/", {"login": "analyst", "password": "wrong"})
    answer = client.post("/accounts/login/", {"login": "analyst", "password": "Anlan-demo-2026"})
    assert answer.status_code in (403, 429)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("password", ["short", "alllowercaseletters", "analyst12345"])
def test_weak_passwords_are_refused(people, password):
    with pytest.raises(ValidationError):
        make_user(
            username="new", full_name="新人", password=password, department=people["analyst"].department, posts=[]
        )


def test_a_privileged_post_is_sent_to_set_up_a_second_factor(people, client, settings):
    from dataclasses import replace

    settings.ANLAN = replace(settings.ANLAN, require_mfa=True)
    client.force_login(people["commander"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "2fa" in client.get("/").url
    client.force_login(people["analyst"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/").status_code == 200


def test_a_token_acts_as_its_user_until_it_expires(people, client):
    token = ApiToken.issue(user=people["analyst"], name="test", expires_at=timezone.now() + timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/departments", headers=headers).status_code == 200
    assert client.get("/api/v1/users", headers=headers).status_code == 403
    assert client.get("/api/v1/departments", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    ApiToken.objects.update(expires_at=timezone.now())
    assert client.get("/api/v1/departments", headers=headers).status_code == 401
    assert token not in str(ApiToken.objects.values())


def test_visitors_are_sent_to_sign_in(db, client):
    assert client.get("/registers/departments/").url.startswith("/accounts/login/")
    assert client.get("/api/v1/departments").status_code == 401


def test_a_wrong_host_name_is_refused_politely(db, client):
    assert client.get("/accounts/login/", headers={"Host": "evil.example"}).status_code == 400
