"""The demonstration's cameras: real townships, made-up devices, and they register as their devices tell."""

import asyncio

import pytest

from anlan.areas.risk.cameras.demo import DEVICES, load
from anlan.areas.risk.cameras.models import Camera, VideoDevice
from anlan.areas.risk.monitoring.models import MalformedFrame, Station
from anlan.cli.simulators.video import Fleet, demo_roles, simulate
from anlan.gateways.process import Gateways
from anlan.protocols.gb28181 import Party
from tests.gateways.conftest import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_is_checked_flagged_and_loaded_once(city):
    load(city)
    load(city)
    cameras = Camera.objects.all()
    assert cameras.count() == sum(len(one.views) for one in DEVICES if one.county in ("371500", "371502", "371526"))
    assert all(camera.is_demo and camera.status == "unknown" for camera in cameras)
    for camera in cameras:
        camera.full_clean()


def test_the_demos_devices_register_and_their_cameras_go_online(city, rules, settings):
    load(city)
    before = {camera.code: (camera.lon, camera.lat) for camera in Camera.objects.all()}

    async def story():
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"gb28181": 0})
        platform = Party(settings.ANLAN.video_code, "127.0.0.1", gateways.server("gb28181").port)
        roles = await in_thread(demo_roles)
        playing = asyncio.create_task(simulate(roles, Fleet(platform, interval_s=60.0), seconds=60.0))
        try:
            for _ in range(300):
                known = await in_thread(VideoDevice.objects.exclude(catalogue_total=None).count)
                if known == len(roles):
                    return
                await asyncio.sleep(0.05)
            raise AssertionError(f"{known} of {len(roles)} devices told their catalogues")
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
            await gateways.stop()

    asyncio.run(story())
    assert not Camera.objects.filter(status="unknown").exists()
    assert Station.objects.filter(crs="gcj02").exists()
    for camera in Camera.objects.exclude(lon=None):
        assert (camera.lon, camera.lat) == pytest.approx(before[camera.code], abs=2e-5)
    assert not MalformedFrame.objects.exists()
