"""The contact map names whom to call; a township far from every node over the roads is a gap."""

import pytest
from django.utils import timezone

from anlan.areas.transport.nodes.models import TransportNode
from anlan.areas.transport.nodes.queries import first_last_kilometre
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.places.models import Area
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build


@pytest.fixture
def road(city, rules):
    """A road past the townships of 高唐县 with a slow stretch between them."""
    Area.objects.filter(code__in=["371502001", "371502110", "371503001"]).update(lon=None, lat=None)
    network = build(
        nodes=[[116.23, 36.86], [116.25, 36.85], [116.30, 36.80]], start=[0, 1], end=[1, 2], speed_kmh=[60, 5],
    )  # fmt: skip
    return keep_network(actor="test", roads=network, area=city, title="路", source="测试", is_synthetic=True)


@pytest.fixture
def station(city):
    return TransportNode.objects.create(
        code="N1", name="高唐站", kind="railway", mode="rail", area_id="371526", lon=116.23, lat=36.86,
        phone="0635-0000001", camera="CAM1",
    )  # fmt: skip


def gaps(area="371500"):
    found = indicators()["first_last_kilometre_gaps"].compute(area, timezone.now())
    return found.value, found.samples, found.basis


def test_townships_beyond_the_limit_are_gaps(road, station):
    found = first_last_kilometre("371526", [station])
    near, far = found.lines
    assert (near.area.name, near.is_gap, near.node) == ("鱼邱湖街道", False, station)
    assert (far.area.name, far.is_gap) == ("姜店镇", True)
    assert far.minutes > 60
    value, samples, basis = gaps()
    assert (value, samples) == (1, 2)
    assert "合成路网" in basis
    assert "待核对" in basis
    assert "3 个乡镇位置未知" in basis


def test_another_node_closes_the_gap_but_a_closed_one_and_a_bridge_do_not(road, station):
    other = TransportNode.objects.create(
        code="N2", name="姜店客运站", kind="bridge", mode="road", area_id="371526", lon=116.30, lat=36.80
    )
    assert gaps()[0] == 1
    TransportNode.objects.filter(pk=other.pk).update(kind="bus", status="closed")
    assert gaps()[0] == 1
    TransportNode.objects.filter(pk=other.pk).update(status="open")
    assert gaps()[0] == 0


def test_nothing_is_claimed_without_roads_or_nodes(city, rules, station):
    assert gaps()[:2] == (None, 1)
    TransportNode.objects.all().delete()
    assert gaps()[:2] == (None, 0)


def test_the_page_lists_contacts_and_gaps(road, station, client_of):
    from anlan.areas.risk.cameras.models import Camera

    camera = Camera.objects.create(code="CAM1", name="站前", area_id="371526")
    page = client_of("transport").get("/transport/contacts/").content.decode()
    assert "tel:0635-0000001" in page
    assert "姜店镇" in page
    assert f"/cameras/{camera.pk}/" in page
    assert "tel:0635-0000001" not in client_of("transport").get("/transport/contacts/?kind=airport").content.decode()
    found = client_of("transport").get("/transport/contacts/map.json").json()["features"]
    assert sorted(one["properties"]["state"] for one in found) == ["", "gap", "near"]
    assert client_of("hospital").get("/transport/contacts/").status_code == 403


def test_a_page_without_nodes_says_what_to_do(city, rules, client_of):
    assert "请在交通节点台账登记或导入" in client_of("transport").get("/transport/contacts/").content.decode()
