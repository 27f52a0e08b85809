"""Session descriptions: shown offers and answers, y= and f=, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.sdp import FORMATS, Session, build, parse, ssrc

ANSWER = (
    b"v=0\r\no=34020000001310000002 0 0 IN IP4 192.168.0.111\r\ns=Play\r\ni=VCam Live Video\r\n"
    b"c=IN IP4 192.168.0.111\r\nt=0 0\r\nm=video 9712 RTP/AVP 96\r\na=sendonly\r\na=rtpmap:96 PS/90000\r\n"
    b"a=streamprofile:0\r\ny=0100000001\r\nf=v/0/0/0/0/0a/0/0/0\r\n"
)
"""What a camera answers, as publicly shown."""


def test_a_camera_s_answer_is_read() -> None:
    session = parse(ANSWER)
    assert (session.owner, session.address, session.port) == ("34020000001310000002", "192.168.0.111", 9712)
    assert session.formats == ((96, "PS/90000"),)
    assert (session.direction, session.ssrc, session.encoding) == ("sendonly", "0100000001", "v/0/0/0/0/0a/0/0/0")
    assert session.attributes == ("streamprofile:0",)
    assert build(session) == ANSWER


def test_a_record_is_asked_for_over_tcp() -> None:
    offer = Session(
        owner="37150000002000000001", address="10.0.0.9", name="Playback", port=30000, transport="TCP/RTP/AVP",
        setup="passive", connection="new", uri="37152600001320000001:0", start=1288625085, stop=1288625871,
        ssrc=ssrc("3715000000", 7, is_history=True),
    )  # fmt: skip
    text = build(offer).decode()
    assert "u=37152600001320000001:0\r\n" in text
    assert "t=1288625085 1288625871\r\nm=video 30000 TCP/RTP/AVP 96 97 98 99\r\n" in text
    assert "a=setup:passive\r\na=connection:new\r\ny=1500000007\r\n" in text
    assert parse(text.encode()) == offer
    assert parse(text.replace("\r\n", "\n").encode()) == offer


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"m=video 9712", b"m=video port", "端口"),
        (b"m=video 9712 RTP/AVP 96", b"m=video 9712", "m= 行"),
        (b"m=video 9712 RTP/AVP 96\r\n", b"", "缺少 m="),
        (b"y=0100000001", b"y=99999999999", "y="),
        (b"s=Play", b"nonsense", "字母=值"),
        (b"a=rtpmap:96", b"a=rtpmap:x", "rtpmap"),
    ],
)
def test_what_is_wrong_is_named(old: bytes, new: bytes, word: str) -> None:
    with pytest.raises(GB28181Error, match=word):
        parse(ANSWER.replace(old, new))


WORDS = st.from_regex(r"[A-Za-z0-9./:\-]{1,12}", fullmatch=True)
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(str.strip)
SESSIONS = st.builds(
    Session,
    owner=WORDS, address=st.from_regex(r"[0-9a-f.:]{1,15}", fullmatch=True), name=TEXTS.filter(bool),
    port=st.integers(0, 65535), transport=WORDS, media=WORDS.map(lambda text: "video" + text.replace("/", "")),
    formats=st.lists(st.tuples(st.integers(0, 127), WORDS | st.just("")), min_size=1, max_size=4,
                     unique_by=lambda one: one[0]).map(tuple),
    direction=st.sampled_from(["recvonly", "sendonly", "sendrecv", ""]),
    setup=st.sampled_from(["", "active", "passive"]), connection=st.sampled_from(["", "new"]),
    ssrc=st.integers(0, 2**32 - 1).map(lambda number: f"{number:010d}") | st.just(""), encoding=TEXTS, uri=TEXTS,
    start=st.integers(0, 2**40), stop=st.integers(0, 2**40), information=TEXTS,
    attributes=st.lists(TEXTS.map(lambda text: f"own:{text}"), max_size=3).map(tuple),
)  # fmt: skip


@given(SESSIONS)
def test_every_session_round_trips(session: Session) -> None:
    assert parse(build(session)) == session


@given(st.binary(max_size=80), st.integers(0, 250))
def test_arbitrary_bytes_raise_only_the_protocols_own_error(noise: bytes, place: int) -> None:
    for raw in (noise, ANSWER[:place] + noise + ANSWER[place:]):
        try:
            session = parse(raw)
        except GB28181Error:
            continue
        assert parse(build(session)) == session


def test_formats_name_the_program_stream_first() -> None:
    assert FORMATS[0] == (96, "PS/90000")
