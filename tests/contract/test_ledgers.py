"""Every behaviour of the kernel on every register."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from anlan.foundation.accounts.roles import Role
from anlan.foundation.ledger import registry
from anlan.foundation.ledger.exchange import titles
from tests.contract.samples import create, sample

NAMES = [entry.name for entry in registry.ledgers()]
WRITTEN = [entry.name for entry in registry.ledgers() if not entry.is_read_only]


@pytest.fixture
def keeper(people, monkeypatch):
    """Somebody who may do everything in 高唐县 (code prefix 371526)."""
    from anlan.foundation.accounts import roles

    monkeypatch.setitem(roles.ROLES, "everything", Role(code="everything", title="*", grants=("*",)))
    monkeypatch.setattr(roles, "RESERVED", ())
    roles._granted.cache_clear()
    monkeypatch.setattr("anlan.foundation.accounts.roles.allows", lambda roles, capability: True)
    monkeypatch.setattr("anlan.foundation.accounts.models.allows", lambda roles, capability: True)
    yield people["county"]
    roles._granted.cache_clear()


@pytest.fixture
def browser(keeper, client):
    client.force_login(keeper, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(params=NAMES)
def entry(request):
    return registry.ledger(request.param)


@pytest.fixture(params=WRITTEN)
def written(request):
    return registry.ledger(request.param)


def test_list_shows_rows_and_finds_them(entry, browser, keeper, rules):
    if not entry.is_read_only:
        record = create(entry, keeper)
    page = browser.get(entry.list_url(), {"sort": f"-{entry.columns[0]}"})
    assert page.status_code == 200
    if not entry.is_read_only:
        assert str(getattr(record, entry.key)) in page.content.decode()
    assert browser.get(entry.list_url(), {"q": "no such record"}, headers={"HX-Request": "true"}).status_code == 200


def test_add_change_and_history(written, browser, keeper, rules):
    data = sample(written, keeper)
    answer = browser.post(reverse("ledger:add", args=[written.name]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    record = (
        written.model._default_manager.latest("pk")
        if written.key == "id"
        else written.model._default_manager.get(**{written.key: data[written.key]})
    )
    page = browser.get(reverse("ledger:detail", args=[written.name, record.pk]), {"fields": 1})
    assert page.status_code == 200
    assert browser.get(reverse("ledger:edit", args=[written.name, record.pk])).status_code == 200
    answer = browser.post(reverse("ledger:edit", args=[written.name, record.pk]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    if hasattr(record, "history"):
        assert record.history.first().history_user == keeper


def test_empty_form_names_what_is_missing(written, browser, rules):
    answer = browser.post(reverse("ledger:add", args=[written.name]), {})
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_nobody_writes_outside_the_own_area(written, browser, keeper, rules):
    if not written.area_path.startswith("area"):
        pytest.skip("this register's area comes from another record")
    data = sample(written, keeper) | {"area": "371503001"}
    answer = browser.post(reverse("ledger:add", args=[written.name]), data)
    assert answer.status_code == 422
    assert "area" in answer.context["form"].errors


def test_nobody_reads_outside_the_own_area(written, browser, people, keeper, rules):
    if not written.area_path or written.area_path == "code":
        pytest.skip("everybody sees this register")
    if not written.area_path.startswith("area"):
        pytest.skip("this register's area comes from another record")
    record = create(written, people["department"], "371503001")
    key = str(getattr(record, written.key))
    assert key not in browser.get(written.list_url()).content.decode()
    assert browser.get(reverse("ledger:detail", args=[written.name, record.pk])).status_code == 404
    assert browser.get(f"/api/v1/{written.name}/{record.pk}").status_code == 404


def test_export_can_be_imported_again_and_changes_nothing(written, browser, keeper, rules):
    if written.key not in written.form_fields:
        pytest.skip("rows of this register have no key that people write")
    for _ in range(3):
        create(written, keeper)
    content = b"".join(browser.get(reverse("ledger:export", args=[written.name, "csv"])).streaming_content)
    assert list(titles(written).values()) == next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    outcome = _import(browser, written, content)
    assert outcome["refused"] == 0, outcome["problems"]
    assert outcome["created"] == 0
    assert outcome["changed"] == 0


def test_import_reports_each_bad_row_and_keeps_the_good_ones(written, browser, keeper, rules):
    if written.key not in written.form_fields:
        pytest.skip("rows of this register have no key that people write")
    names = titles(written)
    good, bad = sample(written, keeper), dict.fromkeys(names, "")
    table = io.StringIO()
    writer = csv.DictWriter(table, list(names.values()), restval="")
    writer.writeheader()
    writer.writerow({names[k]: v.replace("T0", " T0") if k == "area" else v for k, v in good.items()})
    writer.writerow(
        {names[written.key]: "x" * 300} | {v: "" for k, v in names.items() if k in bad and k != written.key}
    )
    outcome = _import(browser, written, table.getvalue().encode("gb18030"))
    assert outcome["refused"] == 1
    assert outcome["problems"][0]["row"] == 3
    assert outcome["created"] == 1, outcome["problems"]
    assert written.model._default_manager.filter(**{written.key: good[written.key]}).exists()


def _import(browser, entry, content: bytes) -> dict:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from anlan.foundation.jobs.models import Job

    address = reverse("ledger:import", args=[entry.name])
    browser.post(address, {"file": SimpleUploadedFile("t.csv", content), "datum": "wgs84"})
    dry = Job.objects.latest("pk")
    assert dry.status == "done", dry.error
    assert browser.get(reverse("ledger:job", args=[dry.pk])).status_code == 200
    browser.post(address, {"dry_run_job": dry.pk})
    job = Job.objects.latest("pk")
    assert job.status == "done", job.error
    assert {k: dry.result[k] for k in ("created", "changed", "refused")} == {
        k: job.result[k] for k in ("created", "changed", "refused")
    }
    assert browser.get(reverse("ledger:job", args=[job.pk])).status_code == 200
    return job.result


def test_template_and_xlsx_export_open(written, browser, keeper, rules):
    create(written, keeper)
    names = ("ledger:template", "ledger:export") if written.key in written.form_fields else ("ledger:export",)
    for name in names:
        answer = browser.get(reverse(name, args=[written.name, "xlsx"]))
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert [c.value for c in sheet[1]] == list(titles(written).values())


def test_bulk_edit(written, browser, keeper, rules):
    records = [create(written, keeper) for _ in range(2)]
    choices = [
        f for f in written.form_fields if f != written.key and getattr(records[0]._meta.get_field(f), "choices", None)
    ]
    if not choices:
        pytest.skip("nothing to choose")
    field = records[0]._meta.get_field(choices[0])
    wanted = field.choices[-1][0]
    browser.post(
        reverse("ledger:bulk", args=[written.name]),
        {"pk": [r.pk for r in records], "bulk_field": field.name, "bulk_value": wanted},
    )
    for record in records:
        record.refresh_from_db()
        assert getattr(record, field.name) == wanted


def test_delete_asks_first(written, browser, keeper, rules):
    record = create(written, keeper)
    address = reverse("ledger:delete", args=[written.name, record.pk])
    assert browser.get(address).status_code == 200
    assert written.model._default_manager.filter(pk=record.pk).exists()
    assert browser.post(address).status_code == 302


def test_api_round_trip(written, browser, keeper, rules):
    data = sample(written, keeper)
    answer = browser.post(f"/api/v1/{written.name}", data, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert browser.get(f"/api/v1/{written.name}/{made['id']}").json() == made
    assert browser.patch(f"/api/v1/{written.name}/{made['id']}", {}, content_type="application/json").status_code == 200
    answer = browser.post(f"/api/v1/{written.name}", {}, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["fields"]


def test_location_is_a_map_layer(entry, browser, keeper, rules):
    if not entry.location:
        pytest.skip("not on the map")
    if not entry.is_read_only:
        create(entry, keeper)
    layer = browser.get(reverse("ledger:layer", args=[entry.name]), {"bbox": "115,36,117,38"}).json()
    assert layer["type"] == "FeatureCollection"
    assert entry.is_read_only or layer["features"]


def test_a_role_without_grants_sees_nothing(entry, people, client, rules):
    client.force_login(people["audit_administrator"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(entry.list_url()).status_code == 403
    assert client.get(f"/api/v1/{entry.name}").status_code == 403
