"""Pages of registers where the derived behaviour meets a model's own demands."""

from django.urls import reverse

from anlan.areas.risk.monitoring.models import Source


def test_a_bulk_edit_that_another_field_forbids_says_so_and_changes_nothing(client_of, people):
    source = Source.objects.create(
        code="s1", name="泵站", kind="mqtt", host="broker.example", port=1883, area_id="371526001"
    )
    answer = client_of("department").post(
        reverse("ledger:bulk", args=["sources"]),
        {"pk": [source.pk], "bulk_field": "kind", "bulk_value": "jt809"},
        follow=True,
    )
    assert "平台接入码：请填写下级平台的接入码。" in answer.content.decode()
    source.refresh_from_db()
    assert source.kind == "mqtt"
