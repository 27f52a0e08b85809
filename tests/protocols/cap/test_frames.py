"""CAP documents: read, written, refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.cap import (
    NAMESPACE,
    Alert,
    Area,
    CAPError,
    Circle,
    Info,
    Reference,
    Resource,
    as_json,
    build,
    parse,
    problems,
)

SHANGHAI = timezone(timedelta(hours=8))

RAIN = f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="{NAMESPACE}">
  <identifier>37152641600000_20190811003000</identifier>
  <sender>gaotang@weather.example</sender>
  <sent>2019-08-11T00:30:00+08:00</sent>
  <status>Actual</status>
  <msgType>Update</msgType>
  <source>高唐县气象台</source>
  <scope>Public</scope>
  <code>IPAWSv1.0</code>
  <references>gaotang@weather.example,37152641600000_20190810180000,2019-08-10T18:00:00+08:00</references>
  <incidents>Lekima "台风 利奇马"</incidents>
  <info>
    <language>zh-CN</language>
    <category>Met</category>
    <event>暴雨</event>
    <responseType>Prepare</responseType>
    <responseType>Avoid</responseType>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Very Likely</certainty>
    <eventCode><valueName>GB/T 35561</valueName><value>11B03</value></eventCode>
    <effective>2019-08-11T00:30:00+08:00</effective>
    <expires>2019-08-10T22:30:00-00:00</expires>
    <headline>高唐县气象台发布暴雨橙色预警信号</headline>
    <description><![CDATA[3 小时内 <降雨量> 将达 50 毫米以上 & 持续]]></description>
    <resource>
      <resourceDesc>雷达图</resourceDesc>
      <mimeType>image/png</mimeType>
      <size>1024</size>
      <uri>https://weather.example/radar.png</uri>
    </resource>
    <area>
      <areaDesc>高唐县姜店镇</areaDesc>
      <polygon>36.8,116.2 36.8,116.4 36.9,116.4 36.8,116.2</polygon>
      <circle>36.86,116.23 12.5</circle>
      <geocode><valueName>GB/T 2260</valueName><value>371526</value></geocode>
      <altitude>100</altitude>
      <ceiling>2000.5</ceiling>
    </area>
  </info>
</alert>
"""

NATIONAL = """<?xml version="1.0" encoding="{encoding}"?>
<alert>
  <identifier>37150041600000_20190810163000</identifier>
  <sender>聊城市气象台</sender>
  <senderCode>37150041600000</senderCode>
  <sendTime>2019-08-10 16:30:00+08:00</sendTime>
  <status>Actual</status>
  <msgType>Update</msgType>
  <scope>Public</scope>
  <code><method><methodName>SMS</methodName><message>...</message></method></code>
  <references>37150041600000_20190810120000</references>
  <info>
    <language>zh-CN</language>
    <eventType>11B01</eventType>
    <urgency>Unknown</urgency>
    <severity>Blue</severity>
    <certainty>Unknown</certainty>
    <effective>2019-08-10 16:30:00+08:00</effective>
    <onset/>
    <senderName>值班员</senderName>
    <headline>聊城市气象台发布台风蓝色预警</headline>
    <description>受台风影响……</description>
    <area>
      <areaDesc>聊城市,聊城市</areaDesc>
      <polygon/>
      <geocode>371500000000,371500000000</geocode>
    </area>
  </info>
</alert>
"""


def test_a_full_document_is_read() -> None:
    alert = parse(RAIN.encode())
    assert (alert.identifier, alert.message_type) == ("37152641600000_20190811003000", "Update")
    assert alert.sent == datetime(2019, 8, 11, 0, 30, tzinfo=SHANGHAI)
    assert alert.references == (
        Reference(
            "gaotang@weather.example",
            "37152641600000_20190810180000",
            datetime(2019, 8, 10, 18, tzinfo=SHANGHAI),
        ),
    )
    assert alert.incidents == ("Lekima", "台风 利奇马")
    (info,) = alert.infos
    assert (info.certainty, info.response_types) == ("Likely", ("Prepare", "Avoid"))
    assert info.expires == datetime(2019, 8, 10, 22, 30, tzinfo=UTC)
    assert info.description == "3 小时内 <降雨量> 将达 50 毫米以上 & 持续"
    assert (info.colour, info.national_event) == ("橙", "11B03")
    assert info.resources[0].size == 1024
    (area,) = info.areas
    assert area.polygons == (((116.2, 36.8), (116.4, 36.8), (116.4, 36.9), (116.2, 36.8)),)
    assert area.circles == (Circle((116.23, 36.86), 12.5),)
    assert area.geocodes == (("GB/T 2260", "371526"),)
    assert (area.altitude, area.ceiling) == (100.0, 2000.5)
    assert parse(build(alert)) == alert


def test_json_has_the_names_of_the_standard() -> None:
    said = as_json(parse(RAIN.encode()))
    assert (said["msgType"], said["sent"]) == ("Update", "2019-08-11T00:30:00+08:00")
    assert said["references"][0]["identifier"] == "37152641600000_20190810180000"
    info = said["info"][0]
    assert info["eventCode"] == [{"valueName": "GB/T 35561", "value": "11B03"}]
    assert info["responseType"] == ["Prepare", "Avoid"]
    assert info["area"][0]["polygon"][0][0] == [116.2, 36.8]
    assert info["area"][0]["circle"] == [{"center": [116.23, 36.86], "radius": 12.5}]


@pytest.mark.parametrize("encoding", ["UTF-8", "gb2312", "GBK"])
def test_a_document_of_the_national_platform_is_read(encoding: str) -> None:
    codec = "utf-8" if encoding == "UTF-8" else "gb18030"
    alert = parse(NATIONAL.format(encoding=encoding).encode(codec))
    assert alert.sender == "37150041600000"
    assert alert.sent == datetime(2019, 8, 10, 16, 30, tzinfo=SHANGHAI)
    assert alert.references[0].sent == datetime(2019, 8, 10, 12, tzinfo=SHANGHAI)
    (info,) = alert.infos
    assert (info.event, info.severity, info.colour, info.categories) == ("台风", "Minor", "蓝", ("Met",))
    assert (info.sender_name, info.parameters) == ("聊城市气象台", (("senderName", "值班员"),))
    assert info.areas == (Area(area_desc="聊城市", geocodes=(("GB/T 2260", "371500000000"),)),)
    assert parse(build(alert)) == alert


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<sender>gaotang@weather.example</sender>", "", "sender：缺少"),
        ("<identifier>3", "<identifier>a b", "identifier：不能含空格"),
        ("<sent>2019-08-11T00:30:00+08:00", "<sent>2019-08-11T00:30:00", "sent：.*时区"),
        ("<sent>2019-08-11T00:30:00+08:00", "<sent>yesterday", "sent：'yesterday' 不是"),
        ("<status>Actual", "<status>Real", "status：'Real' 不在可用值中：Actual、"),
        ("<references>gaotang@weather.example,", "<references>", "references：.*发送者,标识,时间"),
        ("<category>Met</category>", "", "info.category：缺少"),
        ("<severity>Severe</severity>", "", "info.severity：缺少"),
        ("<severity>Severe", "<severity>橙", "info.severity：'橙' 不在可用值中"),
        ("<urgency>", "<urgency>Expected</urgency><urgency>", "info.urgency：只能出现一次，收到 2 个"),
        ("<size>1024", "<size>1k", "info.resource.size：'1k' 不是整数"),
        ("<mimeType>image/png</mimeType>", "", "info.resource.mimeType：缺少"),
        ("36.9,116.4 36.8,116.2<", "36.9,116.4<", "info.area.polygon：至少 4 个点"),
        ("36.9,116.4 36.8,116.2<", "36.9, 116.4 36.8,116.2<", "逗号前后不加空格"),
        ("36.9,116.4 36.8,116.2<", "36.9,116.4, 36.8,116.2<", "各点用空格分开"),
        ("36.9,116.4 36.8,116.2<", "36.9,116.4 36.8,116.3<", "info.area.polygon：首尾"),
        ("36.86,116.23 12.5", "116.23,36.86 12.5", "info.area.circle：纬度 116.23、经度 36.86 超出范围"),
        ("36.86,116.23 12.5", "36.86,116.23", "info.area.circle：.*半径"),
        ("36.86,116.23 12.5", "36.86 116.23", "info.area.circle"),
        ("36.86,116.23 12.5", "36.86,nan 12.5", "info.area.circle"),
        ("<altitude>100</altitude>", "", "info.area.ceiling：只能与 altitude 同用"),
        ("<areaDesc>高唐县姜店镇</areaDesc>", "", "info.area.areaDesc：缺少"),
        ("<scope>Public", "<scope>Private", "addresses：scope 为 Private 时必填"),
        ("<scope>Public", "<scope>Restricted", "restriction：scope 为 Restricted 时必填"),
        ("<value>371526</value>", "", None),
        (
            "<geocode><valueName>GB/T 2260</valueName><value>371526</value></geocode>",
            "<geocode/>",
            "geocode：应含",
        ),
    ],
)
def test_a_wrong_element_is_named(old: str, new: str, problem: str | None) -> None:
    assert old in RAIN
    document = RAIN.replace(old, new, 1).encode()
    if problem is None:
        parse(document)
        return
    with pytest.raises(CAPError, match=problem):
        parse(document)


def test_all_problems_are_listed_once() -> None:
    document = RAIN.replace("<status>Actual", "<status>Real").replace("<sent>2019", "<sent>x2019")
    with pytest.raises(CAPError) as caught:
        parse(document.encode())
    assert [problem.split("：")[0] for problem in caught.value.problems] == ["sent", "status"]


@pytest.mark.parametrize("kind", ["Update", "Cancel", "Ack", "Error"])
def test_a_message_about_another_names_it(kind: str) -> None:
    alert = replace(parse(RAIN.encode()), message_type=kind, references=())
    with pytest.raises(CAPError, match="references"):
        build(alert)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"", "不是完整的 XML"),
        (b"<alert", "不是完整的 XML"),
        (b"<alert/>", "alert：根元素"),
        (b'<alert xmlns="http://www.incident.com/cap/1.0"/>', "cap:1.2"),
        (RAIN.encode()[:-20], "不是完整的 XML"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "DOCTYPE"),
        (b'<!DOCTYPE alert SYSTEM "file:///etc/passwd"><alert/>', "DOCTYPE"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "DOCTYPE"),
        (b"<a>&undefined;</a>", "不是完整的 XML"),
        (RAIN.encode("gb18030"), "可能是 GBK"),
        (RAIN.replace("UTF-8", "ISO-8859-1").encode(), "内容却是 UTF-8"),
        (b'<?xml version="1.0" encoding="martian"?><a/>', "不是完整的 XML"),
        (b'<?xml version="1.0" encoding="gbk"?><a>\xff\xff</a>', "GB 编码"),
        (b"<a>" * 30 + b"</a>" * 30, "嵌套超过"),
        (b" " * 4_000_001, "超过上限"),
    ],
)
def test_a_document_that_is_none_is_refused(document: bytes, problem: str) -> None:
    with pytest.raises(CAPError, match=problem):
        parse(document)


def test_unknown_elements_are_passed_over() -> None:
    extra = '<x:Signature xmlns:x="http://www.w3.org/2000/09/xmldsig#"><x:a/></x:Signature><later/></alert>'
    assert parse(RAIN.replace("</alert>", extra).encode()) == parse(RAIN.encode())


def test_characters_that_xml_cannot_carry_are_named() -> None:
    with pytest.raises(CAPError, match="note：含有 XML 不允许的字符"):
        build(replace(parse(RAIN.encode()), note="bell \x07"))


def test_times_finer_than_a_second_are_named() -> None:
    alert = parse(RAIN.encode())
    with pytest.raises(CAPError, match="sent：时间应精确到秒"):
        build(replace(alert, sent=alert.sent.replace(microsecond=1)))


@given(st.binary(max_size=200))
def test_any_bytes_give_an_error(document: bytes) -> None:
    with pytest.raises(CAPError):
        parse(document)


@given(st.data())
def test_damaged_documents_give_an_alert_or_an_error(data: st.DataObject) -> None:
    document = bytearray(data.draw(st.sampled_from([RAIN, NATIONAL.format(encoding="UTF-8")])).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(32, 126))
    try:
        as_json(parse(bytes(document)))
    except CAPError:
        pass


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=30
).map(lambda text: text.strip() or "x")
OPTIONAL = st.one_of(st.just(""), TEXT)
WORD = st.from_regex(r"[A-Za-z0-9@._-]{1,20}", fullmatch=True)
PHRASE = st.from_regex(r"[A-Za-z0-9]{1,5}( [一-龥]{1,5}){0,2}", fullmatch=True)
TIMES = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
).map(lambda moment: moment.replace(microsecond=0))
POINTS = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
POLYGONS = st.lists(POINTS, min_size=3, max_size=6).map(lambda points: (*points, points[0]))
PAIRS = st.tuples(TEXT, TEXT)


def tuples(strategy: st.SearchStrategy, size: int = 2, least: int = 0) -> st.SearchStrategy:
    return st.lists(strategy, min_size=least, max_size=size).map(tuple)


AREAS = st.builds(
    Area,
    area_desc=TEXT,
    polygons=tuples(POLYGONS),
    circles=tuples(st.builds(Circle, POINTS, st.floats(0, 20_000))),
    geocodes=tuples(PAIRS),
    altitude=st.floats(-1e3, 1e5),
    ceiling=st.one_of(st.none(), st.floats(0, 1e5)),
)
RESOURCES = st.builds(
    Resource,
    resource_desc=TEXT,
    mime_type=TEXT,
    size=st.one_of(st.none(), st.integers(0, 10**12)),
    uri=OPTIONAL,
    deref_uri=OPTIONAL,
    digest=OPTIONAL,
)
INFOS = st.builds(
    Info,
    language=OPTIONAL,
    categories=tuples(st.sampled_from(["Met", "Geo", "Other"]), least=1),
    event=TEXT,
    response_types=tuples(st.sampled_from(["Avoid", "None"])),
    urgency=st.sampled_from(["Immediate", "Unknown"]),
    severity=st.sampled_from(["Extreme", "Minor"]),
    certainty=st.sampled_from(["Observed", "Likely"]),
    event_codes=tuples(PAIRS),
    effective=st.one_of(st.none(), TIMES),
    onset=st.one_of(st.none(), TIMES),
    expires=st.one_of(st.none(), TIMES),
    headline=OPTIONAL,
    description=OPTIONAL,
    parameters=tuples(PAIRS),
    resources=tuples(RESOURCES, 1),
    areas=tuples(AREAS),
)
ALERTS = st.builds(
    Alert,
    identifier=WORD,
    sender=WORD,
    sent=TIMES,
    status=st.sampled_from(["Actual", "Exercise", "Test"]),
    message_type=st.sampled_from(["Alert", "Update", "Cancel"]),
    scope=st.sampled_from(["Public", "Restricted", "Private"]),
    restriction=TEXT,
    addresses=tuples(PHRASE, least=1),
    handling=tuples(TEXT),
    note=OPTIONAL,
    references=tuples(st.builds(Reference, WORD, WORD, TIMES), least=1),
    incidents=tuples(PHRASE),
    infos=tuples(INFOS, 2),
)


@given(ALERTS)
def test_what_is_written_is_read(alert: Alert) -> None:
    assert list(problems(alert)) == []
    assert parse(build(alert)) == alert
    as_json(alert)


def test_the_older_edition_says_the_same() -> None:
    """Elements as in KAR0-0306112239-SW, an example of the standard in google/cap-library, there as CAP 1.1."""
    older = RAIN.replace("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
    assert older != RAIN
    assert parse(older.encode()) == parse(RAIN.encode())
