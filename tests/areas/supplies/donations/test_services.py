"""The book of donations: nothing is spent twice, nothing is changed, nothing is public without a second person."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.supplies.donations.models import Entry
from anlan.areas.supplies.donations.queries import BOOKS, available, own_book, published, summary
from anlan.areas.supplies.donations.services import correct, publish, record_goods, record_money, record_use
from anlan.areas.supplies.movements.models import Balance, Lot
from anlan.areas.supplies.movements.services import send_out
from anlan.foundation.accounts.models import Department
from anlan.foundation.audit.models import AppendOnly

pytestmark = pytest.mark.django_db
REAL = {"is_exercise": False, "is_demo": False}


@pytest.fixture
def bureau(store):
    return Department.objects.get(code="371526-yjj")


@pytest.fixture
def give(store, bureau):
    def make(amount="1000", **fields):
        return record_money(
            actor=store.county, department=bureau, party=fields.pop("party", "示例商会"), amount=Decimal(amount),
            happened_on=timezone.localdate(), document="HD-1", **fields,
        )  # fmt: skip

    return make


@pytest.fixture
def use(store, bureau):
    def make(amount, **fields):
        return record_use(
            actor=store.county, department=bureau, party="姜店镇政府", amount=Decimal(amount), purpose="购买棉被",
            document="FK-1", happened_on=timezone.localdate(), **fields,
        )  # fmt: skip

    return make


@pytest.fixture
def goods(store):
    def make(quantity=20, **fields):
        values = {"department": store.depot.department, "depot": store.depot, "item": store.water, "party": "示例水厂"}
        return record_goods(actor=store.keeper, quantity=quantity, happened_on=timezone.localdate(), **values | fields)

    return make


def test_money_is_spent_once_and_directed_money_only_for_its_purpose(give, use, bureau):
    give("1000")
    school = give("500", is_directed=True, purpose="修缮学校")
    with pytest.raises(ValidationError, match="可用余额 1000.00 元，不够 1200 元"):
        use("1200")
    use("900")
    with pytest.raises(ValidationError, match="100"):
        use("100.01")
    use("500", source=school)
    with pytest.raises(ValidationError, match="可用余额 0"):
        use("0.01", source=school)
    assert available(bureau, None, **REAL) == 100
    sums = summary(Entry.objects.all())
    assert (sums.received, sums.directed, sums.used, sums.balance) == (1500, 500, 1400, 100)


def test_a_counter_entry_undoes_money_that_was_not_used(give, use, store, bureau):
    wrong, spent = give("1000"), give("300")
    used = use("1100")
    with pytest.raises(ValidationError, match="可用余额 200"):
        correct(actor=store.county, entry=wrong, reason="多写了一个零")
    correct(actor=store.county, entry=used, reason="付款退回")
    made = correct(actor=store.county, entry=wrong, reason="多写了一个零")
    assert (made.amount, made.corrects) == (-1000, wrong)
    assert available(bureau, None, **REAL) == spent.amount
    for twice in (wrong, made):
        with pytest.raises(ValidationError, match="已经更正"):
            correct(actor=store.county, entry=twice, reason="再来")


def test_entries_are_never_changed(give):
    entry = give()
    entry.amount = 1
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()


def test_goods_enter_the_depot_with_their_entry_and_leave_it_with_the_correction(goods, store):
    entry = goods(20, is_directed=True, purpose="姜店镇灾民")
    lot = entry.slip.movements.get().lot
    assert (lot.supplier, lot.item) == ("示例水厂", store.water)
    assert Balance.objects.get(lot=lot).quantity == 20
    correct(actor=store.keeper, entry=entry, reason="数量有误")
    assert Balance.objects.get(lot=lot).quantity == 0
    assert summary(Entry.objects.all()).goods == []


def test_goods_that_left_the_depot_cannot_be_corrected_away(goods, store):
    entry = goods(20)
    lot = entry.slip.movements.get().lot
    send_out(actor=store.keeper, kind="issue", depot=store.depot, quantities={lot: 5}, reason="发放", approver="局长")
    with pytest.raises(ValidationError, match="不够 20"):
        correct(actor=store.keeper, entry=entry, reason="数量有误")
    assert Entry.objects.count() == 1


def test_goods_of_an_exercise_never_reach_the_stock(goods):
    lots = Lot.objects.count()
    assert goods(20, is_exercise=True).slip is None
    assert Lot.objects.count() == lots
    assert summary(Entry.objects.filter(**BOOKS["real"])).is_empty


def test_an_exercise_has_its_own_money(give, use, bureau):
    give("1000", is_exercise=True)
    with pytest.raises(ValidationError, match="可用余额 0"):
        use("1")
    use("1", is_exercise=True)
    assert available(bureau, None, is_exercise=True, is_demo=False) == 999


def test_a_second_person_publishes(give, use, store):
    entry, used = give("1000"), use("400")
    with pytest.raises(ValidationError, match="登记人不能公示"):
        publish(actor=store.county, entry=entry)
    with pytest.raises(ValidationError, match="先公示对应的捐款"):
        publish(actor=store.second, entry=used)
    assert not published(own_book()).exists()
    for one in (entry, used):
        publish(actor=store.second, entry=one)
    with pytest.raises(ValidationError, match="已经公示"):
        publish(actor=store.second, entry=entry)
    assert summary(published(own_book())).balance == 600


def test_what_was_corrected_before_it_was_public_stays_unpublished(give, store):
    wrong = give("1000")
    made = correct(actor=store.county, entry=wrong, reason="写错")
    for one in (wrong, made):
        with pytest.raises(ValidationError, match="不用公示"):
            publish(actor=store.second, entry=one)


def test_a_correction_of_a_public_entry_waits_for_publication_too(give, store):
    wrong = publish(actor=store.second, entry=give("1000"))
    made = correct(actor=store.county, entry=wrong, reason="写错")
    assert summary(published(own_book())).received == 1000
    publish(actor=store.second, entry=made)
    assert summary(published(own_book())).received == 0


def test_who_may_keep_the_book(give, goods, store, bureau):
    with pytest.raises(PermissionDenied):
        record_money(
            actor=store.keeper, department=store.depot.department, party="某人", amount=Decimal(1), document="x",
            happened_on=timezone.localdate(),
        )  # fmt: skip
    with pytest.raises(PermissionDenied, match="不归您管理"):
        goods(1, department=bureau)
    with pytest.raises(PermissionDenied):
        publish(actor=store.keeper, entry=give())
    for role in ("duty_officer", "auditor"):
        with pytest.raises(PermissionDenied):
            publish(actor=store.people[role], entry=give())
    with pytest.raises(PermissionDenied, match="不归您管理"):
        record_money(
            actor=store.county, department=Department.objects.get(code="yjj"), party="某人", amount=Decimal(1),
            document="x", happened_on=timezone.localdate(),
        )  # fmt: skip


def test_a_form_sent_twice_counts_once(give):
    assert give(key="k1") == give(key="k1")
    assert Entry.objects.count() == 1
