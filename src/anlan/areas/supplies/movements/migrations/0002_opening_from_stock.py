"""Carry the editable stock counts over: each becomes a lot with an opening receipt, each norm a norm of its reserve."""

from collections import defaultdict

from django.conf import settings
from django.db import migrations
from django.utils import timezone

#: Words in an item's name that tell its broad class: GB/T 38565 class (to be checked), group, need, kit, content.
KNOWN = (
    ("帐篷", "1040000", "2.5", "living", "tent"),
    ("折叠床", "1040000", "2.5", "living", "bed"),
    ("棉被", "1030000", "2.5", "living", "quilt"),
    ("毛毯", "1030000", "2.5", "living", "quilt"),
    ("大衣", "1030000", "2.5", "living", "coat"),
    ("饮用水", "1020000", "2.5", "living", ""),
    ("食品", "1010000", "2.5", "living", ""),
    ("救生衣", "2020000", "2.2", "search", ""),
    ("冲锋舟", "2070000", "2.2", "search", ""),
    ("橡皮艇", "2070000", "2.2", "search", ""),
    ("急救包", "2030000", "2.3", "other", ""),
    ("发电机", "2100000", "1.5", "other", ""),
    ("照明", "2100000", "1.5", "other", ""),
)
OTHER = ("", "3999999", "3.2", "other", "")


def carry_over(apps, schema_editor):
    stocks = list(apps.get_model("depots", "Stock").objects.select_related("depot").order_by("pk"))
    items, norms = {}, defaultdict(int)
    for stock in stocks:
        item = items.setdefault((stock.item, stock.unit), None) or _item(apps, stock, len(items))
        items[stock.item, stock.unit] = item
        _opening(apps, stock, item)
        if stock.norm:
            reserve = settings.ANLAN.city if stock.depot.level == "city" else stock.depot.area_id[:6]
            norms[reserve, item.pk, stock.is_demo] += stock.norm
    for (reserve, item, is_demo), quantity in norms.items():
        apps.get_model("depots", "Norm").objects.create(
            code=f"QC-{reserve}-{item}{'-D' if is_demo else ''}", area_id=reserve, item_id=item, quantity=quantity,
            basis="由原库存台账的储备标准汇总", is_demo=is_demo,
        )


def _item(apps, stock, number):
    model = apps.get_model("depots", "Item")
    found = model.objects.filter(name=stock.item, unit=stock.unit).first()
    if found:
        return found
    _word, gb_code, group, need, kit = next((row for row in KNOWN if row[0] in stock.item), OTHER)
    return model.objects.create(
        code=f"WZ{number:02d}", name=stock.item, unit=stock.unit, gb_code=gb_code, group=group, need=need, kit=kit,
        is_demo=stock.is_demo,
    )


def _opening(apps, stock, item):
    get = lambda name: apps.get_model("movements", name)  # noqa: E731
    lot = get("Lot").objects.create(
        code=f"QC{stock.pk}-{item.code}"[:30], item=item, expires_on=stock.expires_on, is_demo=stock.is_demo
    )
    slip = get("Slip").objects.create(
        code=f"QC{timezone.localtime(stock.counted_at):%y%m%d}-S{stock.pk:05d}", kind="opening", depot=stock.depot,
        reason=f"原库存台账 {stock.code} 结转"[:200], made_by="系统升级", made_at=stock.counted_at,
        is_demo=stock.is_demo,
    )
    if stock.quantity:
        get("Movement").objects.create(
            slip=slip, lot=lot, item=item, quantity=stock.quantity, source="opening", target="depot",
            target_depot=stock.depot, reason=slip.reason, made_by=slip.made_by, made_at=slip.made_at,
        )
    get("Balance").objects.create(lot=lot, item=item, place="depot", depot=stock.depot, quantity=stock.quantity)


class Migration(migrations.Migration):

    dependencies = [
        ('movements', '0001_initial'),
    ]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
