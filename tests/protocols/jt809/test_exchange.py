"""Two platforms talking: login, sub link, keep-alive, silence, closing, answers."""

import pytest

from anlan.protocols import jt809
from anlan.protocols.jt809 import MAIN, SUB, Close, Connect, Receive, Send
from anlan.protocols.jt809 import bodies as b
from anlan.protocols.jt809 import supervision as s

ACCOUNT = jt809.Account(user_id=7, password="secret", centre_id=1111)
CIPHER = jt809.Cipher(30_000_000, 20_000_000, 20_000_000)


class Pair:
    """A superior and a subordinate on wires that carry every byte at once."""

    def __init__(self, *, password: str = "secret", **terms) -> None:
        self.terms = jt809.Terms(**terms)
        self.superior = jt809.Superior({7: ACCOUNT}, verify_code=2222, terms=self.terms)
        mine = jt809.Account(user_id=7, password=password, centre_id=1111)
        self.subordinate = jt809.Subordinate(
            mine, superior=("10.0.0.1", 9000), here=("10.0.0.2", 9001), terms=self.terms
        )
        self.now = 1_790_000_000.0
        self.wire: list[int] = []
        self.received: list[jt809.Message] = []
        self.closed: list[str] = []

    def act(self, side, actions) -> None:
        other = self.subordinate if side is self.superior else self.superior
        for action in actions:
            if isinstance(action, Send):
                message = jt809.decode(action.data, cipher=self.terms.cipher)
                assert message == action.message
                self.wire.append(message.message_id)
                self.act(other, other.received(action.link, message, now=self.now))
            elif isinstance(action, Connect) and action.link == MAIN:
                self.superior.accepted(now=self.now)
                self.act(side, side.connected(MAIN, now=self.now))
            elif isinstance(action, Connect):
                assert (action.host, action.port) == ("10.0.0.2", 9001)
                other.connected(SUB, now=self.now)
                self.act(side, side.connected(SUB, now=self.now))
            elif isinstance(action, Close):
                self.closed.append(f"{action.link}:{action.reason}")
                self.act(other, other.lost(action.link, now=self.now))
                self.act(side, side.lost(action.link, now=self.now))
            elif isinstance(action, Receive):
                self.received.append(action.message)

    def start(self) -> "Pair":
        self.act(self.subordinate, self.subordinate.start())
        return self

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        for side in (self.superior, self.subordinate):
            self.act(side, side.tick(now=self.now))


@pytest.mark.parametrize("terms", [{"is_2019": True}, {"is_2019": False}, {"cipher": CIPHER, "key": 15241}])
def test_both_links_stand_after_login(terms) -> None:
    pair = Pair(**terms).start()
    assert pair.wire == [0x1001, 0x1002, 0x9001, 0x9002]
    assert pair.superior.account == ACCOUNT
    assert pair.subordinate.is_ready(MAIN)
    assert pair.superior.is_ready(SUB)
    assert pair.subordinate.is_ready(SUB)


def test_a_wrong_password_is_refused_and_tried_again_later() -> None:
    pair = Pair(password="wrong").start()
    assert pair.closed[0] == "main:登录失败：结果 4"
    assert pair.superior.account is None
    pair.wire.clear()
    pair.pass_time(61)
    assert pair.wire[:1] == [0x1001]


@pytest.mark.parametrize(
    ("user", "centre", "host", "result"), [(8, 1111, "", 3), (7, 5, "", 2), (7, 1111, "192.0.2.9", 1)]
)
def test_who_may_not_log_in_hears_why(user: int, centre: int, host: str, result: int) -> None:
    account = jt809.Account(7, "secret", 1111, frozenset({"192.0.2.1"}))
    superior = jt809.Superior({7: account}, verify_code=1)
    superior.accepted(now=0)
    login = jt809.Message(message_id=0x1001, centre_id=centre, body=b.Login(user, "secret", "10.0.0.2", 1))
    sent, closed = superior.received(MAIN, login, now=0, host=host or "192.0.2.1")
    assert sent.message.body == b.LoginAnswer(result, 0)
    assert isinstance(closed, Close)


def test_links_without_business_are_kept_alive_every_minute() -> None:
    pair = Pair().start()
    pair.wire.clear()
    for _ in range(10):
        pair.pass_time(30)
    assert pair.closed == []
    assert pair.wire.count(0x1005) == pair.wire.count(0x1006) == 5
    assert pair.wire.count(0x9005) == pair.wire.count(0x9006) == 5


def test_a_silent_main_link_is_given_up_told_on_the_sub_link_and_opened_again() -> None:
    pair = Pair().start()
    subordinate = pair.subordinate
    subordinate.received(SUB, jt809.draft(0x9005, b.Nothing()), now=pair.now + 170)
    actions = subordinate.tick(now=pair.now + 180)
    assert actions[0] == Close(MAIN, "180 秒没有收到数据")
    assert (actions[1].link, actions[1].message.message_id) == (SUB, 0x1007)
    assert subordinate.lost(MAIN, now=pair.now + 180) == []
    assert [type(one) for one in subordinate.tick(now=pair.now + 239)] == []
    assert subordinate.tick(now=pair.now + 240) == [Connect(MAIN, "10.0.0.1", 9000)]


def test_a_lost_sub_link_is_told_on_the_main_link_and_opened_again() -> None:
    pair = Pair().start()
    told = pair.superior.lost(SUB, now=pair.now)
    assert (told[0].link, told[0].message.body) == (MAIN, b.Notice(1))
    assert pair.superior.tick(now=pair.now + 60) == [Connect(SUB, "10.0.0.2", 9001)]
    refused = pair.superior.lost(SUB, now=pair.now + 61)
    assert refused[0].message.body == b.Notice(0)


def test_business_goes_over_the_other_link_while_its_own_is_down() -> None:
    pair = Pair().start()
    order = jt809.draft(0x9502, s.PhotoRequest(1, 2), plate="鲁P12345", plate_color=2)
    assert pair.superior.send(order, now=pair.now)[0].link == SUB
    pair.superior.lost(SUB, now=pair.now)
    assert pair.superior.send(order, now=pair.now)[0].link == MAIN
    pair.superior.lost(MAIN, now=pair.now)
    with pytest.raises(jt809.JT809Error, match="没有登录"):
        pair.superior.send(order, now=pair.now)


def test_a_stranger_on_either_link_is_turned_away() -> None:
    superior = jt809.Superior({7: ACCOUNT}, verify_code=1)
    superior.accepted(now=0)
    assert superior.received(MAIN, jt809.draft(0x1202, b.Raw(b"")), now=0) == [Close(MAIN, "没有登录，收到 1202")]
    pair = Pair().start()
    pair.subordinate.connected(SUB, now=pair.now)
    actions = pair.subordinate.received(SUB, jt809.draft(0x9001, b.VerifyCode(1)), now=pair.now)
    assert actions[0].message.body == b.Result(1)
    assert actions[1] == Close(SUB, "从链路校验码有误")


@pytest.mark.parametrize(("way", "code"), [("logout", 0x1003), ("close", 0x1008)])
def test_a_subordinate_that_leaves_does_not_come_back(way: str, code: int) -> None:
    pair = Pair().start()
    pair.wire.clear()
    pair.act(pair.subordinate, getattr(pair.subordinate, way)(now=pair.now))
    assert pair.wire[0] == code
    pair.wire.clear()
    for _ in range(10):
        pair.pass_time(60)
    assert pair.wire == []
    assert pair.superior.account is None


def test_a_superior_that_closes_says_so_and_is_called_again() -> None:
    pair = Pair().start()
    pair.wire.clear()
    pair.act(pair.superior, pair.superior.close(now=pair.now))
    assert pair.wire[0] == 0x9008
    pair.pass_time(61)
    assert 0x1001 in pair.wire
    assert pair.superior.is_ready(SUB)


def test_serial_numbers_count_and_begin_again_after_the_last() -> None:
    pair = Pair().start()
    pair.subordinate._serial = 0xFFFFFFFF
    found = [pair.subordinate.send(jt809.draft(0x1208, b.Nothing(), plate="鲁P1"), now=0)[0] for _ in range(2)]
    assert [one.message.serial for one in found] == [0xFFFFFFFF, 0]


@pytest.mark.parametrize(
    ("kind", "body", "of_2011", "of_2019"),
    [
        (0x1005, b.Nothing(), b.Nothing(), b.Nothing()),
        (0x1207, b.Period(1, 2), b.Result(0), b.SourcedResult(0x1207, 5, 0)),
        (0x9205, b.Reason(1), b.Nothing(), b.SourceFirst(0x9205, 5)),
        (0x9302, b.PlatformInfo(1, "", 9, "通知"), b.InfoAnswer(9), b.Source(0x9302, 5)),
        (0x9401, s.Urge(1, 2, 3, 4, 5, 0, "", "", ""), s.UrgeAnswer(4, 0), b.SourcedResult(0x9401, 5, 0)),
        (0x9503, s.TextInfo(8, 0, "停车"), s.TextAnswer(8, 0), b.SourcedResult(0x9503, 5, 0)),
        (0x1201, b.Raw(b""), None, b.SourcedResult(0x1201, 5, 0)),
        (0x1202, b.Raw(b""), None, None),
        (0x9601, b.Nothing(), None, None),
    ],
)
def test_requests_are_acknowledged_as_their_edition_wants(kind, body, of_2011, of_2019) -> None:
    for utc, wanted in ((None, of_2011), (1_790_000_000, of_2019)):
        asked = jt809.draft(kind, body)
        asked = jt809.Message(
            message_id=asked.message_id, data_type=asked.data_type, body=body, serial=5, utc=utc, plate="鲁P1"
        )
        answered = jt809.acknowledge(asked)
        assert (answered and answered.body) == wanted
        if answered and answered.data_type == 0x9201:
            assert answered.plate is None


def test_the_person_on_duty_answers_a_query_of_the_post() -> None:
    asked = jt809.Message(
        message_id=0x9300, data_type=0x9301, serial=6, utc=1_790_000_000, body=b.PostQuery2019(1, "37150000001", 10, 25, "1+1=?")
    )  # fmt: skip
    answered = jt809.answer_post(asked, "2", responder="值班员", responder_tel="0635")
    assert answered.body == b.PostAnswer2019(1, "值班员", "0635", "37150000001", 0x9301, 6, "2")
    of_2011 = jt809.draft(0x9301, b.PlatformInfo(1, "x", 25, "1+1=?"))
    assert jt809.answer_post(of_2011, "2").body == b.PlatformInfo(1, "x", 25, "2")
    with pytest.raises(jt809.JT809Error):
        jt809.answer_post(jt809.draft(0x9302, b.PlatformInfo(1, "x", 25, "")), "2")
    with pytest.raises(jt809.JT809Error, match="不需应答"):
        jt809.answer(jt809.draft(0x1202, b.Raw(b"")), b.Nothing())
