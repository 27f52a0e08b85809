"""Sample cameras: made-up devices at real townships, which register over SIP while the demonstration runs."""

from dataclasses import dataclass

from anlan.areas.risk.cameras.models import Camera
from anlan.areas.risk.monitoring.models import Crs, Station
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

PASSWORD = "simulated"  # noqa: S105  (of devices that do not exist)
Kind, Structure = Camera.Kind, Camera.Structure


@dataclass(frozen=True, kw_only=True)
class View:
    """A camera: what it looks at, in which county and township; it stands at the township's seat."""

    name: str
    kind: Camera.Kind
    county: str
    township: str
    structure: Camera.Structure = Structure.DOME


@dataclass(frozen=True, kw_only=True)
class Device:
    """A platform, recorder or single camera with its views."""

    code: str
    name: str
    #: GB/T 28181 code, by which it registers.
    address: str
    county: str
    views: tuple[View, ...]
    crs: Crs = Crs.WGS84


DEVICES = (
    Device(
        code="VIDEO-01", name="高速公路视频云（示例）", address="37150000072000000001", county="371500",
        views=(
            View(name="青兰高速聊城侯营段", kind=Kind.EXPRESSWAY, county="371502", township="侯营镇"),
            View(name="青兰高速茌平博平段", kind=Kind.EXPRESSWAY, county="371503", township="博平镇"),
            View(name="德上高速高唐姜店段", kind=Kind.EXPRESSWAY, county="371526", township="姜店镇"),
            View(name="德上高速阳谷金斗营段", kind=Kind.EXPRESSWAY, county="371521", township="金斗营镇", structure=Structure.FIXED),
        ),
    ),
    Device(
        code="VIDEO-02", name="城区录像机（示例）", address="37150200001180000001", county="371502",
        views=(
            View(name="光岳楼广场", kind=Kind.PUBLIC, county="371502", township="古楼街道"),
            View(name="东昌湖西岸", kind=Kind.WATER, county="371502", township="湖西街道", structure=Structure.BULLET),
            View(name="城区北出入口", kind=Kind.ENTRANCE, county="371502", township="柳园街道", structure=Structure.FIXED),
        ),
    ),
    Device(
        code="VIDEO-03", name="徒骇河固河摄像机（示例）", address="37152600541320000001", county="371526",
        views=(View(name="徒骇河固河闸", kind=Kind.WATER, county="371526", township="固河镇"),),
    ),
    Device(
        code="VIDEO-04", name="布控球（示例）", address="37150000001320000001", county="371500", crs=Crs.GCJ02,
        views=(View(name="应急指挥车布控球", kind=Kind.MOBILE, county="371502", township="新区街道"),),
    ),
)  # fmt: skip


def load(city: Area) -> None:
    """Add the sample devices and the views that they will tell of themselves."""
    sampler = Sampler(city, "cameras")
    counties = Area.objects.in_bulk([city.pk, *{device.county for device in DEVICES}])
    known = [device for device in DEVICES if device.county in counties]
    sampler.add(
        Station,
        [
            {
                "code": device.code, "name": device.name, "kind": Station.Kind.VIDEO, "area": counties[device.county],
                "protocol": "gb28181", "address": device.address, "password": PASSWORD, "crs": device.crs,
            }
            for device in known
        ],
    )  # fmt: skip
    stations = Station.objects.in_bulk([device.code for device in known], field_name="code")
    sampler.add(Camera, [row for device in known for row in _views(device, stations[device.code])])


def _views(device: Device, station: Station) -> list[dict]:
    rows = []
    for number, view in enumerate(device.views, 1):
        place = Area.objects.filter(parent_id=view.county, name=view.township).first()
        if place is None:
            place = Area.objects.filter(pk=view.county).first() or station.area
        rows.append(
            {
                "code": f"{device.address[:10]}131{device.address[13]}{int(device.address[-2:]) * 100 + number:06d}",
                "name": view.name, "kind": view.kind, "area": place, "device": station, "structure": view.structure,
                "civil_code": place.pk, "address": f"{place.name}（示意位置）", "is_kept_by_hand": False,
                "lon": place.lon, "lat": place.lat,
            }
        )  # fmt: skip
    return rows
