"""Alarms as the monitoring publishes them, and CAP messages as the bureau sends them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from anlan.areas.risk.warning.models import WarningSource
from anlan.protocols import cap
from tests.areas.risk.warning.bureau import Bureau, start

SENDER = "37150041600000"


@pytest.fixture
def exceed(rules, people):
    """Publish one alarm's state: `exceed("orange", station="高唐站")`."""
    from anlan.foundation.events.bus import publish
    from anlan.foundation.events.catalogue import ReadingExceeded

    def make(level: str, *, alarm: int = 1, area: str = "371526105", quantity: str = "rain", **rest):
        values = {"station": "姜店站", "value": 52.5, "unit": "mm", "is_exercise": False} | rest
        publish(
            ReadingExceeded(
                area_code=area,
                alarm=alarm,
                instrument=alarm,
                quantity=quantity,
                level=level,
                observed_at=values.pop("at", timezone.now()),
                rule="warning.rainstorm@1",
                title=f"{values['station']} 3 小时降水 52.5 mm",
                **values,
            )  # fmt: skip
        )

    return make


@pytest.fixture
def message():
    """A CAP document: `message("1", colour="橙")`."""
    now = timezone.now().astimezone(UTC).replace(microsecond=0)

    def make(number: str, *, colour: str = "橙", kind: str = "Alert", of=(), sender: str = SENDER, **rest) -> bytes:
        sent: datetime = rest.get("sent", now)
        info = cap.Info(
            language="zh-CN",
            categories=("Met",),
            event="暴雨",
            urgency="Expected",
            severity=cap.SEVERITY_OF_COLOUR[colour],
            certainty="Likely",
            event_codes=((cap.EVENT_CODE_NAME, "11B03"),),
            expires=rest.get("expires", now + timedelta(hours=6)),
            sender_name="聊城市气象台",
            headline=f"聊城市气象台发布暴雨{colour}色预警信号",
            description="预计未来 3 小时降水量将达 50 毫米以上。",
            instruction="切断有危险的室外电源。",
            areas=rest.get(
                "areas", (cap.Area(area_desc="高唐县", geocodes=(("GB/T 2260", rest.get("code", "371526000000")),)),)
            ),
        )
        alert = cap.Alert(
            identifier=f"{SENDER}_2019081012000{number}",
            sender=sender,
            sent=sent,
            status=rest.get("status", "Actual"),
            message_type=kind,
            scope="Public",
            references=tuple(
                cap.Reference(sender, f"{SENDER}_2019081012000{one}", now)
                for one in ([of] if isinstance(of, str) else of)
            ),
            infos=() if rest.get("bare") else (info,),
        )
        return cap.build(alert)

    return make


@pytest.fixture
def bureau():
    """A weather bureau's web server on this machine."""
    found = Bureau()
    server = start(found)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def source(people, rules, bureau):
    """The bureau's feed, registered."""
    return WarningSource.objects.create(
        code="qxj", name="市气象局", address=f"{bureau.url}/feed.atom", senders="3715??416*", area_id="371500"
    )
