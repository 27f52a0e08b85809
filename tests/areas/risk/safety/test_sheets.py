"""From stock to a signed sheet, its review and filing; who may, what is refused, what the register says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from anlan.areas.risk.safety import queries, services
from anlan.areas.risk.safety.indicators import filed_in_time, persons_complete, valid_sheets
from anlan.areas.risk.safety.models import Enterprise, HazardSheet, HazardSource, HazardStock, HazardUnit
from anlan.foundation.accounts.models import Department
from anlan.foundation.audit.models import AppendOnly, AuditEntry
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.ledger.forms import form_class
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.models import Area

PERSONS = {"chief": "张主要", "technical": "李技术", "operations": "王操作"}


@pytest.fixture
def unit(people, rules):
    """A unit of the works with chlorine 5 t and ammonia 5 t: the worked example of the standard."""
    works = Enterprise.objects.create(
        code="E1",
        name="示例化工",
        sector="chemical",
        area_id="371502110",
        department=Department.objects.get(code="works"),
    )
    made = HazardUnit.objects.create(
        code="U1", name="罐区", enterprise=works, kind="storage", area_id="371502110", lon=116.05, lat=36.38, **PERSONS
    )
    stock(made, "液氯", number=12, cas="7782-50-5", quantity_t=5)
    stock(made, "液氨", number=1, cas="7664-41-7", quantity_t=5)
    return made


def stock(unit, name, **values):
    return HazardStock.objects.create(code=queries.next_stock_code(unit), unit=unit, name=name, **values)


def village(name, lat, people):
    return Area.objects.create(
        code=f"371502110{200 + Area.objects.count()}", name=name, level="village", parent_id="371502110", lon=116.05,
        lat=lat, population=people, population_note="合成人口",
    )  # fmt: skip


@pytest.fixture
def sign(unit, people):
    def make(who="enterprise", **values):
        return services.sign_sheet(actor=people[who], unit=unit, **({"residents": 60, "basis": "入户核查"} | values))

    return make


def test_the_worked_example_step_by_step(sign, unit):
    sheet = sign()
    assert (sheet.s_value, sheet.r_value, sheet.level) == (Decimal("1.5"), Decimal("7.5"), "IV")
    assert [(one["name"], one["critical_t"], one["of_s"], one["beta"]) for one in sheet.result["shares"]] == [
        ("液氯", "5", "1", "4"), ("液氨", "10", "0.5", "2"),
    ]  # fmt: skip
    assert (sheet.result["alpha"], sheet.result["sum_beta"]) == ("1.5", "5")
    assert sheet.result["rules"] == ["safety.hazard_source_levels@1", "safety.hazard_source_exposure@1"]
    assert sheet.inputs["persons"]["chief"]["name"] == "张主要"
    assert AuditEntry.objects.filter(action="hazardsheets.sign").exists()
    unit.refresh_from_db()
    assert unit.sheet == sheet


def test_a_signed_sheet_never_changes(sign):
    sheet = sign()
    sheet.inputs["residents"] = 1
    with pytest.raises(AppendOnly):
        sheet.save()
    with pytest.raises(AppendOnly):
        sheet.save(update_fields=["inputs"])
    with pytest.raises(AppendOnly):
        sheet.delete()


def test_people_come_from_the_map_with_their_source_and_only_within_reach(sign, unit):
    village("近村", 36.3835, 120)  # 390 m
    village("远村", 36.3860, 900)  # 670 m
    sheet = sign(residents=None, basis="")
    assert sheet.inputs["residents"] == 120
    assert sheet.inputs["proposed"]["villages"] == [["近村", 120, 389]]
    assert sheet.inputs["proposed"]["notes"] == ["合成人口"]
    assert sheet.result["alpha"] == "2"
    unit.fence_m = 200
    unit.save()
    assert queries.exposure_of(unit).people == 1020


@pytest.mark.parametrize("people_there", [[], [None], [120, None]])
def test_nobody_known_is_not_nobody(sign, people_there):
    for at, people in enumerate(people_there):
        village(f"村{at}", 36.381 + at / 1000, people)
    with pytest.raises(ValidationError, match="核实"):
        sign(residents=None, basis="")
    with pytest.raises(ValidationError, match="依据"):
        sign(residents=0, basis="")
    assert sign(residents=0, basis="实地核查无人居住").result["alpha"] == "0.5"


def test_the_register_follows_the_signed_sheet_and_waits_for_the_bureau_when_the_level_falls(sign, unit, people):
    source = HazardSource.objects.create(
        code="BA1", name="罐区", enterprise=unit.enterprise, substance="液氯", cas="7782-50-5", quantity_t=5, level="III",
        r_value=11, area=unit.area,
    )  # fmt: skip
    unit.source = source
    unit.save()

    def level():
        source.refresh_from_db()
        return source.level, source.r_value, source.quantity_t

    services.review_sheet(actor=people["department"], sheet=sign(), is_accepted=True)
    assert level() == ("IV", 7.5, 5)
    HazardStock.objects.filter(unit=unit, number=12).update(quantity_t=50)
    graver = sign(residents=150)
    assert (graver.level, graver.r_value) == ("II", Decimal(82))
    assert level() == ("II", 82.0, 50)
    services.review_sheet(actor=people["department"], sheet=graver, is_accepted=True)
    HazardStock.objects.filter(unit=unit, number=12).update(quantity_t=1)
    lighter = sign()
    assert lighter.is_major is False
    assert level()[0] == "II", "a lower level waits for the bureau"
    services.review_sheet(actor=people["department"], sheet=lighter, is_accepted=True)
    assert level()[:2] == ("", None)
    assert AuditEntry.objects.filter(action="hazardsources.follow").count() == 3


def test_a_level_that_follows_from_a_sheet_is_not_typed(sign, unit, people):
    source = HazardSource.objects.create(
        code="BA1", name="罐区", enterprise=unit.enterprise, substance="液氯", level="III", area=unit.area
    )
    entry = ledger("hazardsources")
    values = {"code": "BA1", "name": "罐区", "enterprise": "E1", "substance": "液氯", "level": "I", "area": "371502110"}
    assert form_class(entry)(values, instance=source, user=people["department"]).is_valid()
    source.refresh_from_db()
    unit.source = source
    unit.save()
    sign()
    source = HazardSource.objects.get(pk=source.pk)
    form = form_class(entry)(values, instance=source, user=people["department"])
    assert "U1-J01" in form.errors["__all__"][0]


def test_a_new_sheet_is_based_on_the_last_and_says_what_changed(sign, unit, client_of):
    sign()
    row = HazardStock.objects.get(unit=unit, number=12)
    row.quantity_t = Decimal("6.5")
    row.save()
    stock(unit, "甲醇", number=65, cas="67-56-1", classes="W5.3", quantity_t=100)
    standing = queries.standing_of(queries.units_for(unit_user(unit)).get(pk=unit.pk))
    assert [(one.label, one.before, one.after) for one in standing.changes] == [
        ("液氯", "5 t 表1序号 12", "6.5 t 表1序号 12"), ("甲醇", None, "100 t 表1序号 65 W5.3"),
    ]  # fmt: skip
    assert not standing.is_valid
    again = sign(residents=20)
    page = client_of("enterprise").get(reverse("safety:sheet", args=[again.pk])).content.decode()
    for words in ("U1-J01", "与上一份相比", "6.5 t", "500 m 内常住人口"):
        assert words in page, words


def unit_user(unit):
    from anlan.foundation.accounts.models import User

    return User.objects.get(username="enterprise")


def test_filing_meets_its_limit_and_makes_the_hazard_source(sign, unit, people):
    done = timezone.localdate() - timedelta(days=3)
    sheet = sign(assessed_on=done)
    clock = clocks_of(unit).get()
    assert timezone.localdate(clock.due_at) == done + timedelta(days=15)
    assert (clock.rule, clock.is_running) == ("safety.hazard_source_filing@1", True)
    today = timezone.localdate()
    with pytest.raises(ValidationError, match="审核通过"):
        services.file_sheet(actor=people["department"], sheet=sheet, number="BA9", filed_on=today)
    services.review_sheet(actor=people["department"], sheet=sheet, is_accepted=True)
    unit.refresh_from_db()
    HazardUnit.objects.filter(pk=unit.pk).update(operations="")
    with pytest.raises(ValidationError, match="操作负责人"):
        services.file_sheet(actor=people["department"], sheet=sheet, number="BA9", filed_on=today)
    HazardUnit.objects.filter(pk=unit.pk).update(operations="王操作")
    source = services.file_sheet(actor=people["department"], sheet=sheet, number="BA9", filed_on=today)
    assert (source.code, source.level, source.substance, source.filed_on) == ("BA9", "IV", "液氯", today)
    clock.refresh_from_db()
    assert clock.met_at
    assert not clock.was_late
    assert valid_sheets("371500", timezone.now()).value == 100
    assert persons_complete("371500", timezone.now()).value == 100
    assert filed_in_time("371500", timezone.now()).value == 100


def test_an_unfiled_sheet_past_its_day_counts_as_late(sign):
    sign(assessed_on=timezone.localdate() - timedelta(days=30))
    assert filed_in_time("371500", timezone.now()).value == 0


def test_a_returned_sheet_gives_way_and_its_limit_falls_away(sign, unit, people):
    sheet = sign()
    with pytest.raises(ValidationError, match="原因"):
        services.review_sheet(actor=people["department"], sheet=sheet, is_accepted=False)
    services.review_sheet(actor=people["department"], sheet=sheet, is_accepted=False, opinion="存量不符")
    unit.refresh_from_db()
    assert unit.sheet is None
    assert not clocks_of(unit).filter(cancelled_at=None).exists()
    with pytest.raises(ValidationError, match="已经审核"):
        services.review_sheet(actor=people["department"], sheet=sheet, is_accepted=True)


def test_who_may_sign_and_review(sign, unit, people, client_of):
    for who in ("duty_officer", "analyst", "auditor", "field"):
        with pytest.raises(PermissionDenied):
            sign(who)
    with pytest.raises(PermissionDenied):
        sign("county")  # another county's unit
    own = sign("department")
    with pytest.raises(ValidationError, match="自己签署"):
        services.review_sheet(actor=people["department"], sheet=own, is_accepted=True)
    with pytest.raises(PermissionDenied):
        services.review_sheet(actor=people["enterprise"], sheet=own, is_accepted=True)
    assert client_of("enterprise").post(reverse("safety:review", args=[own.pk])).status_code == 403


def test_an_enterprise_sees_only_its_own(sign, unit, people, client_of):
    sheet = sign()
    Enterprise.objects.filter(pk=unit.enterprise_id).update(department=None)
    client = client_of("enterprise")
    for name, key in (("safety:unit", unit.pk), ("safety:sheet", sheet.pk)):
        assert client.get(reverse(name, args=[key])).status_code == 404
    assert client.get(f"/api/v1/hazardsheets/{sheet.pk}").status_code == 404
    assert client.get("/api/v1/hazardstocks").json()["count"] == 0


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"cas": "7782-50-5"}, ""),
        ({"cas": "50-00-0"}, "符合的请填表1序号"),
        ({"cas": "9004-70-0"}, "39 硝化纤维素"),
        ({"cas": "1-1-1"}, "表1没有这个 CAS 号"),
        ({"cas": "67-56-1"}, "β不在表3"),
        ({"classes": "W5.3，j5"}, ""),
        ({"classes": "W99"}, "表2没有类别 W99"),
    ],
)
def test_stock_names_its_row_or_says_what_is_missing(unit, values, told):
    row = HazardStock(code="X", unit=unit, name="x", quantity_t=1, **values)
    if not told:
        row.full_clean()
        assert (row.number, row.classes) in ((12, ""), (None, "W5.3,J5"))
        return
    with pytest.raises(ValidationError) as error:
        row.full_clean()
    assert told in " ".join(error.value.messages)


def test_pages_of_the_officer_from_looking_up_to_signing(unit, client_of):
    client = client_of("enterprise")
    assert "罐区" in client.get(reverse("safety:overview")).content.decode()
    found = client.get(reverse("safety:substances"), {"q": "光气", "unit": unit.pk}).content.decode()
    assert "碳酰氯" in found
    assert "code=U1-03" in found
    assert "易燃液体" in client.get(reverse("safety:substances"), {"q": "w5.3"}).content.decode()
    sums = client.get(reverse("safety:preview", args=[unit.pk]), {"residents": "60"}).content.decode()
    assert "1.5 × 5 = 7.5" in sums
    page = client.get(reverse("safety:unit", args=[unit.pk])).content.decode()
    assert "没有找到人不等于没有人" in page
    refused = client.post(reverse("safety:sign", args=[unit.pk]), {"residents": "60"})
    assert refused.status_code == 422
    assert "请写明依据" in refused.content.decode()
    done = client.post(reverse("safety:sign", args=[unit.pk]), {"residents": "60", "basis": "入户核查"})
    sheet = HazardSheet.objects.get()
    assert done.url == reverse("safety:sheet", args=[sheet.pk])
    for kind, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert client.get(reverse("safety:export", args=[sheet.pk, kind])).content.startswith(start)
    told = client.get(f"/api/v1/hazardsheets/{sheet.pk}").json()
    assert told["result"]["r"] == "7.5"
    bureau = client_of("department")
    answer = bureau.post(reverse("safety:review", args=[sheet.pk]), {"decision": "accept"}, follow=True)
    assert "审核通过" in answer.content.decode()
    answer = bureau.post(reverse("safety:file", args=[sheet.pk]), {"number": "", "filed_on": timezone.localdate()})
    assert "请填写备案编号" in answer.content.decode()
    answer = bureau.post(
        reverse("safety:file", args=[sheet.pk]), {"number": "BA7", "filed_on": timezone.localdate()}, follow=True
    )
    assert "BA7" in answer.content.decode()
    source = HazardSource.objects.get(code="BA7")
    assert "U1" in bureau.get(reverse("ledger:detail", args=["hazardsources", source.pk])).content.decode()


def test_quantities_are_imported_by_the_register(unit, people, tmp_path):
    from anlan.foundation.ledger.imports import Import

    table = tmp_path / "stock.csv"
    table.write_text(
        "存量编号,辨识单元,品名,CAS 号,表1序号,表2类别,设计最大量（吨）\n"
        "U1-01,U1,液氯,7782-50-5,12,,8\nU1-09,U1,硫化氢,7783-06-4,,,2\nU1-10,U1,某液体,,,,3\n",
        encoding="utf-8",
    )
    outcome = Import(ledger("hazardstocks"), people["enterprise"]).run(table, save=True)
    assert (outcome.created, outcome.changed, outcome.refused) == (1, 1, 1)
    assert HazardStock.objects.get(code="U1-09").number == 10
    assert HazardStock.objects.get(code="U1-01").quantity_t == 8
