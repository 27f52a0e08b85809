"""A platform and a camera talking: registering, silence, reports, subscriptions, views, strangers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.gb28181 import bodies
from anlan.protocols.gb28181.bodies import Body, Keepalive, Query, encode_body
from anlan.protocols.gb28181.digest import Authenticator, Challenge
from anlan.protocols.gb28181.exchange import Agent, Party, respond
from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.registrar import (
    Answered,
    Ended,
    Gone,
    Output,
    Refused,
    Registered,
    Registrar,
    Reported,
)
from anlan.protocols.gb28181.sdp import Session, build
from anlan.protocols.gb28181.sip import Message, decode, encode
from anlan.protocols.gb28181.transactions import Send, Source

START = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
PLATFORM = Party("37150000002000000001", "10.0.0.1")
CAMERA = Party("37152600001320000001", "10.0.0.64")
PASSWORD = "12345678"


@dataclass
class Scene:
    """The platform under test, a camera, and the time between them."""

    platform: Registrar
    camera: Agent = field(default_factory=lambda: Agent(CAMERA, seed="camera", version="3.0"))
    place: Source = field(default_factory=lambda: Source(CAMERA.host, 5060))
    now: datetime = START

    def say(self, message: Message, place: Source | None = None) -> list[Output]:
        return self.platform.receive(encode(message), place or self.place, self.now)

    def report(self, body: Body) -> list[Output]:
        return self.say(self.camera.command(PLATFORM, body))

    def wait(self, **span: float) -> list[Output]:
        self.now += timedelta(**span)
        return self.platform.tick(self.now)

    def register(self, *, expires: int = 3600, password: str = PASSWORD) -> list[Output]:
        request = self.camera.register(PLATFORM, expires=expires)
        (challenge,) = sent(self.say(request))
        assert challenge.status == 401
        return self.say(self.authorize(request, challenge, password))

    def authorize(self, request: Message, challenge: Message, password: str = PASSWORD) -> Message:
        asked = Challenge.parse(challenge.header("WWW-Authenticate"))
        answer = asked.answer(
            username=CAMERA.code, password=password, method="REGISTER", uri=request.uri, cnonce="c0ffee"
        )
        again = request.with_header("Authorization", str(answer)).with_header("CSeq", "2 REGISTER")
        return again.with_header("Via", str(self.camera.via()))


def sent(outputs: list[Output]) -> list[Message]:
    return [decode(one.data) for one in outputs if isinstance(one, Send)]


def events(outputs: list[Output]) -> list[Output]:
    return [one for one in outputs if not isinstance(one, Send)]


@pytest.fixture
def scene() -> Scene:
    gate = Authenticator("3715000000", b"secret of the test")
    return Scene(Registrar(Agent(PLATFORM, seed="platform"), gate, {CAMERA.code: PASSWORD}.get))


@pytest.fixture
def present(scene: Scene) -> Scene:
    assert isinstance(scene.register()[0], Registered)
    return scene


def test_a_camera_registers_renews_and_leaves(scene: Scene) -> None:
    came, send = scene.register()
    assert isinstance(came, Registered)
    assert (came.is_new, came.registration.version, came.registration.source) == (True, "3.0", scene.place)
    (ok,) = sent([send])
    assert (ok.status, ok.expires, ok.header("Date"), ok.header("X-GB-Ver")) == (
        200, 3600, "2026-11-24T12:00:00.000", "3.0")  # fmt: skip
    renewed = scene.register()[0]
    assert isinstance(renewed, Registered)
    assert not renewed.is_new
    left, send = scene.register(expires=0)
    assert left == Gone(CAMERA.code, "request")
    assert scene.platform.registrations == {}


def test_a_wrong_password_and_a_stranger_are_refused(scene: Scene) -> None:
    refused, answer = scene.register(password="guess")
    assert refused == Refused(scene.place, "口令错误", CAMERA.code)
    assert sent([answer])[0].status == 403
    other = Agent(Party("37152600001320000002", "10.0.0.66"), seed="x").register(PLATFORM, expires=3600)
    refused, answer = scene.say(other)
    assert isinstance(refused, Refused)
    assert (refused.device_id, sent([answer])[0].status) == ("37152600001320000002", 403)


def test_a_heard_registration_cannot_be_sent_again(scene: Scene) -> None:
    request = scene.camera.register(PLATFORM, expires=3600)
    (challenge,) = sent(scene.say(request))
    right = scene.authorize(request, challenge)
    assert isinstance(scene.say(right)[0], Registered)
    assert events(scene.say(right)) == []  # the same datagram again: the same answer, nothing more
    replayed = right.with_header("Via", str(scene.camera.via()))
    (again,) = sent(scene.say(replayed, Source("10.9.9.9", 5060)))
    assert (again.status, "stale=TRUE" in again.header("WWW-Authenticate")) == (401, True)
    assert scene.platform.registrations[CAMERA.code].source == scene.place


def test_too_short_and_too_long_times_are_corrected(scene: Scene) -> None:
    (brief,) = sent(scene.register(expires=10))
    assert (brief.status, brief.header("Min-Expires")) == (423, "60")
    (ok,) = sent(scene.register(expires=10**9))
    assert ok.expires == 86_400


def test_three_missed_keep_alives_make_a_camera_silent(present: Scene) -> None:
    body = Keepalive(sn=1, device_id=CAMERA.code, status="OK")
    for _ in range(5):
        assert present.wait(seconds=60) == []
        reported, ok = present.report(body)
        assert reported == Reported(CAMERA.code, body)
        assert sent([ok])[0].status == 200
    assert present.wait(seconds=179) == []
    assert present.wait(seconds=1) == [Gone(CAMERA.code, "silent")]
    refused, answer = present.report(body)
    assert isinstance(refused, Refused)
    assert sent([answer])[0].status == 403  # so it registers again


def test_a_registration_runs_out(present: Scene) -> None:
    for _ in range(59):
        present.wait(seconds=60)
        present.report(Keepalive(sn=1, device_id=CAMERA.code))
    assert present.wait(seconds=60) == [Gone(CAMERA.code, "expired")]


def test_an_alarm_is_told_before_it_is_answered_and_answered_twice(present: Scene) -> None:
    alarm = bodies.Alarm(sn=9, device_id="37152600001340000001", alarm_priority="1", alarm_method="2")
    reported, ok, answer = present.report(alarm)
    assert reported == Reported(CAMERA.code, alarm)
    first, second = sent([ok, answer])
    assert first.status == 200
    assert bodies.decode_body(second.body) == bodies.Outcome(
        cmd_type="Alarm", sn=9, device_id="37152600001340000001", result="OK"
    )


def test_somebody_else_in_a_camera_s_name_is_refused(present: Scene) -> None:
    message = present.camera.command(PLATFORM, Keepalive(sn=1, device_id=CAMERA.code))
    refused, answer = present.say(message, Source("10.9.9.9", 5060))
    assert isinstance(refused, Refused)
    assert sent([answer])[0].status == 403
    moved = Source(CAMERA.host, 40_000)  # NAT gave it another port
    assert isinstance(present.say(present.camera.command(PLATFORM, Keepalive(sn=2, device_id="1")), moved)[0], Reported)
    assert present.platform.registrations[CAMERA.code].source == moved


def test_a_recorder_may_speak_in_the_name_of_its_camera(present: Scene) -> None:
    other = Agent(Party("37152600001320000077", CAMERA.host), seed="channel")
    reported = present.say(other.command(PLATFORM, Keepalive(sn=1, device_id="37152600001320000077")))[0]
    assert isinstance(reported, Reported)
    assert reported.device_id == CAMERA.code


def test_bad_bodies_and_methods_are_answered(present: Scene) -> None:
    good = present.camera.command(PLATFORM, Keepalive(sn=1, device_id="1"))
    broken = Message(good.headers, b"<Notify>", method="MESSAGE", uri=good.uri)
    refused, answer = present.say(broken)
    assert isinstance(refused, Refused)
    assert sent([answer])[0].status == 400
    odd = present.camera.request("MESSAGE", PLATFORM, body=b"hello", content_type="text/plain")
    assert sent(present.say(odd))[0].status == 415
    assert sent(present.say(present.camera.request("OPTIONS", PLATFORM)))[0].status == 200
    assert sent(present.say(present.camera.request("PUBLISH", PLATFORM)))[0].status == 405
    (unread,) = present.platform.receive(b"\x00\x01", present.place, present.now)
    assert isinstance(unread, Refused)


def answer(scene: Scene, request: Message, status: int, body: bytes = b"", **headers: str) -> list[Output]:
    lines = [("Contact", f"<{CAMERA.contact}>"), *headers.items()]
    kind = "application/sdp" if body else ""
    return scene.say(respond(request, status, tag="camera", headers=lines, body=body, content_type=kind))


def test_a_query_is_sent_again_and_its_answer_told(present: Scene) -> None:
    token, outputs = present.platform.ask(
        CAMERA.code, Query(cmd_type="Catalog", sn=5, device_id=CAMERA.code), present.now
    )
    (request,) = sent(outputs)
    assert sent(present.wait(seconds=0.5)) == [request]
    assert answer(present, request, 200) == [Answered(token, CAMERA.code, 200)]
    assert present.wait(seconds=5) == []
    token, _ = present.platform.ask(CAMERA.code, Query(cmd_type="DeviceInfo", sn=6, device_id="1"), present.now)
    assert events(present.wait(seconds=32)) == [Answered(token, CAMERA.code, 408)]
    with pytest.raises(GB28181Error, match="不在线"):
        present.platform.ask("37152600001320000009", Query(cmd_type="DeviceInfo", sn=6, device_id="1"), present.now)


def test_a_subscription_is_opened_renewed_and_closed(present: Scene) -> None:
    query = Query(cmd_type="MobilePosition", sn=3, device_id=CAMERA.code, interval=5)
    token, outputs = present.platform.subscribe(CAMERA.code, query, present.now, expires=100)
    (request,) = sent(outputs)
    assert answer(present, request, 200, Expires="100") == [Answered(token, CAMERA.code, 200)]
    position = bodies.MobilePosition(sn=3, device_id=CAMERA.code, longitude=116.0, latitude=36.4)
    reported, ok = notify(present, request, position)
    assert reported == Reported(CAMERA.code, position, token)
    assert present.wait(seconds=79) == []
    (renewal,) = sent(present.wait(seconds=1))
    assert (renewal.call_id, renewal.sequence, renewal.header("Event")) == (token, (2, "SUBSCRIBE"), "presence")
    assert (renewal.recipient.tag, renewal.body) == ("camera", request.body)
    assert answer(present, renewal, 200, Expires="100") == []
    (last,) = sent(present.platform.close(token, present.now))
    assert last.expires == 0
    assert answer(present, last, 200, Expires="0") == [Ended(token, CAMERA.code)]
    assert present.platform.close(token, present.now) == []


def notify(scene: Scene, request: Message, body: Body, state: str = "active;expires=90") -> list[Output]:
    to, sender = str(request.sender), f"{request.recipient};tag=camera"
    headers = (
        ("Via", str(scene.camera.via())), ("From", sender), ("To", to), ("Call-ID", request.call_id),
        ("CSeq", "1 NOTIFY"), ("Event", "presence"), ("Subscription-State", state),
        ("Content-Type", "Application/MANSCDP+xml"),
    )  # fmt: skip
    return scene.say(Message(headers, encode_body(body), method="NOTIFY", uri=str(PLATFORM.contact)))


def test_a_camera_may_end_a_subscription_or_refuse_to_renew_it(present: Scene) -> None:
    query = Query(cmd_type="Alarm", sn=3, device_id=CAMERA.code)
    for is_refused in (False, True):
        token, outputs = present.platform.subscribe(CAMERA.code, query, present.now, expires=100)
        (request,) = sent(outputs)
        answer(present, request, 200, Expires="100")
        if is_refused:
            (renewal,) = sent(present.wait(seconds=80))
            assert answer(present, renewal, 481) == [Ended(token, CAMERA.code)]
        else:
            found = notify(present, request, bodies.Alarm(sn=3, device_id="1"), "terminated;reason=timeout")
            assert [type(one) for one in found] == [Reported, Send, Ended]


OFFER = Session(owner=PLATFORM.code, address="10.0.0.9", port=30000, ssrc="0500000001")
REPLY = Session(owner=CAMERA.code, address="10.0.0.64", port=9712, direction="sendonly", formats=((96, "PS/90000"),))


def test_a_view_is_opened_acknowledged_and_closed(present: Scene) -> None:
    token, outputs = present.platform.invite(CAMERA.code, OFFER, present.now)
    (invite,) = sent(outputs)
    assert answer(present, invite, 100) == []
    acknowledged, told = answer(present, invite, 200, build(REPLY))
    assert told == Answered(token, CAMERA.code, 200, REPLY)
    (ack,) = sent([acknowledged])
    assert (ack.method, ack.sequence, ack.recipient.tag, ack.uri) == (
        "ACK", (1, "ACK"), "camera", "sip:37152600001320000001@10.0.0.64:5060")  # fmt: skip
    assert sent(answer(present, invite, 200, build(REPLY))) == [ack]  # the 200 came again
    (bye,) = sent(present.platform.close(token, present.now))
    assert (bye.method, bye.sequence, bye.recipient.tag) == ("BYE", (2, "BYE"), "camera")
    assert answer(present, bye, 200) == [Ended(token, CAMERA.code)]


def test_a_camera_hangs_up(present: Scene) -> None:
    token, outputs = present.platform.invite(CAMERA.code, OFFER, present.now)
    (invite,) = sent(outputs)
    answer(present, invite, 200, build(REPLY))
    headers = (
        ("Via", str(present.camera.via())), ("From", f"{invite.recipient};tag=camera"), ("To", str(invite.sender)),
        ("Call-ID", token), ("CSeq", "1 BYE"),
    )  # fmt: skip
    bye = Message(headers, method="BYE", uri=str(PLATFORM.contact))
    ended, ok = present.say(bye)
    assert ended == Ended(token, CAMERA.code)
    assert sent([ok])[0].status == 200
    again = bye.with_header("Via", str(present.camera.via()))
    assert sent(present.say(again))[0].status == 481


def test_a_refused_and_an_unanswered_view_are_told(present: Scene) -> None:
    token, outputs = present.platform.invite(CAMERA.code, OFFER, present.now)
    (invite,) = sent(outputs)
    acknowledged, told = answer(present, invite, 486)
    assert told == Answered(token, CAMERA.code, 486)
    (ack,) = sent([acknowledged])
    assert (ack.method, ack.via.branch, ack.recipient.tag) == ("ACK", invite.via.branch, "camera")
    token, _ = present.platform.invite(CAMERA.code, OFFER, present.now)
    assert events(present.wait(seconds=32)) == [Answered(token, CAMERA.code, 408)]


def test_a_view_given_up_before_its_answer_is_cancelled(present: Scene) -> None:
    token, outputs = present.platform.invite(CAMERA.code, OFFER, present.now)
    (invite,) = sent(outputs)
    (cancel,) = sent(present.platform.close(token, present.now))
    assert (cancel.method, cancel.via.branch, cancel.sequence) == ("CANCEL", invite.via.branch, (1, "CANCEL"))
    assert answer(present, cancel, 200) == []
    late = answer(present, invite, 200, build(REPLY))  # it had answered already
    ack, bye = sent(late)
    assert (ack.method, bye.method) == ("ACK", "BYE")
    assert answer(present, bye, 200) == [Ended(token, CAMERA.code)]


def test_an_answer_without_a_session_is_hung_up(present: Scene) -> None:
    token, outputs = present.platform.invite(CAMERA.code, OFFER, present.now)
    (invite,) = sent(outputs)
    assert [message.method for message in sent(answer(present, invite, 200, b"nonsense"))] == ["ACK", "BYE"]


def test_what_is_open_ends_with_the_camera(present: Scene) -> None:
    token, _ = present.platform.invite(CAMERA.code, OFFER, present.now)
    assert events(present.wait(seconds=180)) == [Answered(token, CAMERA.code, 408), Gone(CAMERA.code, "silent")]
    present.register()
    token, _ = present.platform.invite(CAMERA.code, OFFER, present.now)
    assert events(present.register(expires=0)) == [Gone(CAMERA.code, "request"), Ended(token, CAMERA.code)]


@given(st.lists(st.binary(max_size=80) | st.sampled_from(["register", "keepalive", "tick"]), max_size=12))
def test_no_bytes_break_the_platform(steps: list[bytes | str]) -> None:
    gate = Authenticator("3715000000", b"secret")
    scene = Scene(Registrar(Agent(PLATFORM, seed="p"), gate, {CAMERA.code: PASSWORD}.get))
    good = encode(scene.camera.register(PLATFORM, expires=60))
    for step in steps:
        if isinstance(step, bytes):
            for raw in (step, good[:40] + step + good[40:], good[:-30] + step):
                scene.platform.receive(raw, scene.place, scene.now)
        elif step == "register":
            scene.register()
        elif step == "keepalive":
            scene.report(Keepalive(sn=1, device_id=CAMERA.code))
        else:
            scene.wait(seconds=30)


def test_a_device_is_known_by_where_it_sends_from(scene):
    assert scene.platform.device_at(scene.place) == ""
    scene.register()
    assert scene.platform.device_at(scene.place) == CAMERA.code
    assert scene.platform.device_at(Source("10.0.0.99", 5060)) == ""


def test_a_device_that_is_dismissed_is_gone_with_what_was_open_and_refused_from_then_on(scene):
    scene.register()
    query = Query(cmd_type="Alarm", sn=1, device_id=CAMERA.code)
    token, _outputs = scene.platform.subscribe(CAMERA.code, query, scene.now)
    assert scene.platform.dismiss(CAMERA.code) == [Gone(CAMERA.code, "dismissed"), Ended(token, CAMERA.code)]
    assert scene.platform.dismiss(CAMERA.code) == []
    (refused,) = events(scene.report(Keepalive(sn=2, device_id=CAMERA.code, status="OK")))
    assert isinstance(refused, Refused)
