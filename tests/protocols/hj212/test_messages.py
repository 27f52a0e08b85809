"""Messages: reading and writing, observations, the shared vectors, bad input."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anlan.protocols.hj212 import (
    SHANGHAI,
    Frame,
    HJ212Error,
    Message,
    Observation,
    Splitter,
    acknowledge,
    as_json,
    decode,
    encode,
    timestamp,
)
from anlan.protocols.hj212.frames import wrap
from anlan.protocols.hj212.messages import parse

VECTORS = Path(__file__).resolve().parents[3].parent / "shared" / "vectors" / "hj212.json"


def vectors() -> list[dict]:
    return json.loads(VECTORS.read_text(encoding="utf-8")) if VECTORS.exists() else []


@pytest.mark.skipif(not VECTORS.exists(), reason=f"no shared vectors at {VECTORS}")
def test_vectors_are_there() -> None:
    assert len(vectors()) >= 10


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["text"][:40])
def test_vector(vector: dict) -> None:
    raw = vector["text"].encode()
    if not vector["valid"]:
        with pytest.raises(HJ212Error):
            decode(raw)
        return
    message = decode(raw)
    said = as_json(message)
    assert {key: said[key] for key in vector["expect"]} == vector["expect"]
    assert said["values"] == vector["expect"]["values"]
    json.dumps(said)
    assert encode(message).upper() == raw.upper() + b"\r\n"
    (frame,) = Splitter().feed(raw + b"\r\n")
    assert isinstance(frame, Frame)
    assert decode(frame) == message
    seen = {f"{o.factor}-{o.kind}": o.value for o in message.observations()}
    assert seen == vector["expect"]["values"]


HOUR = (
    b"QN=20240501090000123;ST=31;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20240501080000;"
    b"a21026-Cou=12.5,a21026-Min=1,a21026-Avg=2.5,a21026-Max=4.0,a21026-ZsAvg=3.1,a21026-Flag=N;"
    b"SB1-RT=0.8;a01012-SampleTime=20240501075500,a01012-Avg=-,a01012-Flag=D&&"
)


def test_observations_of_an_hour() -> None:
    message = parse(HOUR)
    eight = datetime(2024, 5, 1, 8, tzinfo=SHANGHAI)
    sampled = datetime(2024, 5, 1, 7, 55, tzinfo=SHANGHAI)
    assert message.observations() == (
        Observation("a21026", "Cou", eight, 12.5, "kg", "N"),
        Observation("a21026", "Min", eight, 1.0, "mg/m³", "N"),
        Observation("a21026", "Avg", eight, 2.5, "mg/m³", "N"),
        Observation("a21026", "Max", eight, 4.0, "mg/m³", "N"),
        Observation("a21026", "ZsAvg", eight, 3.1, "mg/m³", "N"),
        Observation("SB1", "RT", eight, 0.8, "h", ""),
        Observation("a01012", "Avg", sampled, None, "℃", "D"),
    )
    assert message.observations()[0].observed.utcoffset() == datetime.now(SHANGHAI).utcoffset()
    assert (message.version, message.wants_acknowledgement, message.is_upload) == (1, True, True)
    assert message.sent == datetime(2024, 5, 1, 9, 0, 0, 123000, tzinfo=SHANGHAI)


def test_json_says_names_units_and_flags() -> None:
    said = as_json(parse(HOUR))
    assert said["values"]["a21026-Avg"] == 2.5
    assert "a01012-Avg" not in said["values"]
    assert said["names"] == {"a21026": "二氧化硫", "a01012": "烟气温度"}
    assert said["units"]["a21026-Cou"] == "kg"
    assert said["flags"] == {"a21026": "N", "a01012": "D"}
    assert (said["command"], said["system"]) == ("上传污染物小时数据", "大气环境污染源")
    assert said["standard"] == "HJ 212-2017"
    assert said["CP"][0] == {"DataTime": "20240501080000"}


def test_a_frame_of_2005() -> None:
    header = "ST=32;CN=2011;PW=123456;MN=88888880000001;"
    text = header + "CP=&&DataTime=20080731155849;011-Rtd=40.6,011-Flag=N;060-Rtd=1&&"
    message = parse(text.encode())
    assert [(o.factor, o.value, o.unit) for o in message.observations()] == [
        ("011", 40.6, "mg/L"),
        ("060", 1.0, "mg/L"),
    ]
    said = as_json(message)
    assert said["names"] == {"011": "化学需氧量", "060": "氨氮"}
    assert "QN" not in said
    assert "Flag" not in said
    assert said["standard"] == "HJ/T 212-2005"


def test_several_times_in_one_message() -> None:
    segment = b"ST=21;CN=2051;CP=&&DataTime=20240501080000;w01010-Avg=1;DataTime=20240501081000;w01010-Avg=2&&"
    assert [(o.observed.minute, o.value) for o in parse(segment).observations()] == [(0, 1.0), (10, 2.0)]


def test_a_time_with_milliseconds_is_read() -> None:
    segment = b"ST=32;CN=2011;CP=&&DataTime=20210305003817500;ele01-Rtd=1;ele02-Rtd=0&&"
    observed = parse(segment).observations()[0].observed
    assert observed == datetime(2021, 3, 5, 0, 38, 17, 500000, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "stamp", ["20230230120000", "2023-01-01", "", "99999999999999", "２０２３０１０１１２００００"]
)
def test_a_wrong_time_is_named(stamp: str) -> None:
    segment = f"ST=21;CN=2011;CP=&&DataTime={stamp};w01010-Rtd=1&&".encode()
    with pytest.raises(HJ212Error, match="DataTime"):
        parse(segment).observations()


def test_requests_and_answers_carry_no_observations() -> None:
    for text in (
        "CN=9012;CP=&&ExeRtn=1&&",
        "CN=2011;CP=&&&&",
        "CN=3020;CP=&&PolId=w01018,i13004-Info=168.0&&",
    ):
        assert parse(f"ST=32;{text}".encode()).observations() == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("12.50", 12.5), ("-3", -3.0), ("1e3", 1000.0), ("", None), ("-", None), ("NaN", None), ("1_0", None)],
)
def test_numbers(text: str, kind: float | None) -> None:
    segment = f"ST=21;CN=2011;CP=&&DataTime=20240501080000;w01010-Rtd={text}&&".encode()
    assert parse(segment).observations()[0].value == kind


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_logs_keep_their_separators(encoding: str) -> None:
    text = "ST=32;CN=3020;MN=A;CP=&&DataTime=20240501080000;PolId=w01018,i11001-Info=//清洗;完成,a=b//&&"
    message = parse(text.encode(encoding))
    assert message.get("i11001-Info") == "//清洗;完成,a=b//"
    assert message.get("PolId") == "w01018"
    assert decode(encode(message)) == message


def test_blanks_and_empty_fields_are_tolerated() -> None:
    message = parse(b"QN=20240501080000000; ST=21;CN=2011;;CP=&& DataTime=20240501080000 ;;w01010-Rtd=1,;&& ")
    assert message.groups == ((("DataTime", "20240501080000"),), (("w01010-Rtd", "1"),))


def test_unknown_codes_are_kept() -> None:
    text = b"QN=20240501080000000;ST=99;CN=4711;PW=1;MN=2;Flag=9;X=y;CP=&&DataTime=20240501080000;zz9-Rtd=5&&"
    message = parse(text)
    assert message.command is None
    assert message.extra == (("X", "y"),)
    assert message.observations()[0][:2] == ("zz9", "Rtd")
    said = as_json(message)
    assert (said["values"], said["names"], said["command"], said["X"]) == ({"zz9-Rtd": 5.0}, {}, None, "y")
    assert encode(message) == wrap(text)


@pytest.mark.parametrize(
    ("segment", "field"),
    [
        (b"", "CP"),
        (b"ST=21;CN=2011", "CP"),
        (b"ST=21;CN=2011;CP=&&DataTime=1", "&&"),
        (b"CN=2011;CP=&&&&", "缺少 ST"),
        (b"ST=2x;CN=2011;CP=&&&&", "ST=2x"),
        (b"ST=21;CP=&&&&", "缺少 CN"),
        (b"ST=21;CN=20111;CP=&&&&", "CN=20111"),
        (b"QN=today;ST=21;CN=2011;CP=&&&&", "QN=today"),
        (b"ST=21;CN=2011;Flag=256;CP=&&&&", "Flag=256"),
        (b"ST=21;CN=2011;Flag=x;CP=&&&&", "Flag=x"),
        (b"ST=21;CN=2011;PNUM=2;CP=&&&&", "缺少 PNO"),
        (b"ST=21;CN=2011;PNUM=2;PNO=3;CP=&&&&", "PNO=3 大于 PNUM=2"),
        (b"ST=21;CN=2011;PNUM=0;PNO=0;CP=&&&&", "PNUM=0"),
        (b"ST=21;ST=22;CN=2011;CP=&&&&", "重复"),
        (b"ST=21;CN=2011;oops;CP=&&&&", "oops"),
        (b"ST=21;CN=2011;MN=" + b"9" * 65 + b";CP=&&&&", "MN 超过 64"),
        ("ST=21;CN=2011;MN=站;CP=&&&&".encode(), "ASCII"),
        (b"ST=21;CN=2011;CP=&&DataTime&&", "'DataTime' 不是"),
        (b"ST=21;CN=2011;CP=&&a=1; b ;c=2&&", "'b ' 不是"),
        (b"ST=21;CN=2011;CP=&&a=\xff\xff\xff&&", "编码"),
    ],
)
def test_a_wrong_field_is_named(segment: bytes, field: str) -> None:
    with pytest.raises(HJ212Error, match=field):
        parse(segment)


HEADER_TEXT = st.text(st.characters(codec="ascii", min_codepoint=0x21, exclude_characters=";\x7f"), max_size=24)
NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,6}(-[A-Za-z]{2,5})?", fullmatch=True)
PLAIN = st.text(st.characters(exclude_characters=";,=&\r\n", exclude_categories=("Cs", "Z", "Cc")), max_size=12)
VALUE = st.one_of(
    PLAIN.filter(lambda text: not text.startswith("//")),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="/"), max_size=20)
    .filter(lambda text: "\r\n##" not in text)
    .map(lambda text: f"//{text}//"),
)
MESSAGES = st.builds(
    Message,
    qn=st.sampled_from(["", "20240501080000123"]),
    st=st.from_regex(r"[0-9]{2}", fullmatch=True),
    cn=st.from_regex(r"[0-9]{4}", fullmatch=True),
    pw=HEADER_TEXT,
    mn=HEADER_TEXT,
    flag=st.sampled_from(["", "0", "1", "4", "5", "7", "9"]),
    groups=st.lists(st.lists(st.tuples(NAME, VALUE), min_size=1, max_size=3).map(tuple), max_size=5).map(tuple),
).filter(lambda message: "CP=&&" not in message.pw + message.mn)


@given(MESSAGES)
def test_what_is_written_is_read(message: Message) -> None:
    raw = encode(message, limit=9999)
    assert decode(raw) == message
    (frame,) = Splitter().feed(raw)
    assert isinstance(frame, Frame)
    json.dumps(as_json(message))
    acknowledge(message)


def test_fields_of_the_header_without_a_value_are_kept() -> None:
    message = parse(b"QN=;ST=21;CN=2011;X=;Y=1;CP=&&&&")
    assert message.blank == ("QN", "X")
    assert decode(encode(message)) == message


def test_a_blank_password_is_shown_and_written() -> None:
    # From the Go test suite of a public project, e212.
    raw = (
        b"##0131QN=20200428011552615;ST=31;CN=2081;PW=;MN=MYHJ00000000000080011128;Flag=4;CP=&&DataTime=20200428011552;"
        b"RestartTime=20200425120954&&47C0\r\n"
    )
    message = decode(raw)
    assert as_json(message)["PW"] == ""
    assert "QN" not in as_json(parse(b"ST=21;CN=2011;CP=&&&&"))
    assert encode(message) == raw


def test_a_sample_time_left_empty_gives_the_time_of_the_data() -> None:
    # As instruments of the same project write it.
    segment = (
        b"ST=31;CN=2011;PW=1;MN=2;Flag=4;CP=&&DataTime=20200421212100;a01013-SampleTime=,a01013-Rtd=0.5,a01013-Flag=D&&"
    )
    (found,) = parse(segment).observations()
    assert (found.observed, found.value) == (datetime(2020, 4, 21, 21, 21, tzinfo=SHANGHAI), 0.5)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_text_is_written_in_the_encoding_that_it_came_in(encoding: str) -> None:
    raw = wrap("ST=21;CN=3020;PW=1;MN=2;Flag=4;CP=&&DataTime=20200421212100;w01018-Info=//校准//&&".encode(encoding))
    assert decode(raw).get("w01018-Info") == "//校准//"
    assert encode(decode(raw)) == raw


@pytest.mark.parametrize("text", ["У׼", "Жы", "渭", "μg/m³", "é"])
def test_text_that_another_encoding_would_take_comes_back(text: str) -> None:
    message = Message(st="21", cn="3020", groups=((("w01018-Info", text),),))
    assert decode(encode(message)).get("w01018-Info") == text


@given(st.binary(max_size=200))
@example(b"ST=21;CN=2011;CP=&&" + b"/" * 50 + b"&&")
def test_any_bytes_give_a_message_or_an_error(segment: bytes) -> None:
    for raw in (segment, wrap(segment)):
        try:
            message = decode(raw)
        except HJ212Error:
            continue
        as_json(message)


@given(st.data())
def test_damaged_messages_give_a_message_or_an_error(data: st.DataObject) -> None:
    segment = bytearray(HOUR)
    for _ in range(data.draw(st.integers(1, 6))):
        segment[data.draw(st.integers(0, len(segment) - 1))] = data.draw(st.integers(0, 255))
    try:
        message = decode(wrap(bytes(segment)))
        as_json(message)
        answer = acknowledge(message)
        assert answer is None or decode(answer).st == "91"
        message.observations()
    except HJ212Error:
        pass


@given(MESSAGES, st.binary(max_size=30))
def test_whatever_encode_refuses_is_named(message: Message, noise: bytes) -> None:
    text = noise.decode("latin-1")
    for wrong in (
        Message(st="21", cn="2011", mn=text),
        Message(st="21", cn="2011", groups=(((text, "1"),),)),
        Message(st="21", cn="2011", groups=((("a", text),),)),
        Message(st=text, cn="2011"),
    ):
        try:
            assert decode(encode(wrong)) == wrong
        except HJ212Error:
            continue


@pytest.mark.parametrize(
    "message",
    [
        Message(st="21", cn="2011", groups=((),)),
        Message(st="21", cn="2011", groups=((("a", "1;b=2"),),)),
        Message(st="21", cn="2011", groups=((("a", "//x//;b//"),),)),
        Message(st="21", cn="2011", groups=((("a", "//x"),), (("b", "1//"),))),
        Message(st="21", cn="2011", groups=((("a", "\ud800"),),)),
        Message(st="21", cn="2011", mn="a;b"),
        Message(st="21", cn="2011", mn="站"),
        Message(st="21", cn="2011", extra=(("ST", "22"),)),
        Message(st="21", cn="2011", pw="CP=&&"),
    ],
)
def test_a_message_that_could_not_be_read_back_is_not_written(message: Message) -> None:
    with pytest.raises(HJ212Error):
        encode(message)


def test_timestamp_wants_a_time_zone() -> None:
    assert timestamp(datetime(2024, 5, 1, tzinfo=UTC)) == "20240501080000000"
    with pytest.raises(HJ212Error, match="时区"):
        timestamp(datetime(2024, 5, 1))  # noqa: DTZ001
