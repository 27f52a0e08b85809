"""Envelopes: read, written, refused, opened."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import cap, edxl
from anlan.protocols.edxl import EDXLError, de, have

ALERT = f"""<alert xmlns="{cap.NAMESPACE}"><identifier>37152641600000_20190811003000</identifier>
<sender>gaotang@weather.example</sender><sent>2019-08-11T00:30:00+08:00</sent><status>Actual</status>
<msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>暴雨</event>
<urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>
<area><areaDesc>高唐县</areaDesc></area></info></alert>"""
HOSPITALS = """<have:HospitalStatus xmlns:have="urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"
 xmlns:xnl="urn:oasis:names:tc:ciq:xnl:3"><have:Hospital><have:Organization><have:OrganizationInformation>
<xnl:OrganisationName><xnl:NameElement>县人民医院</xnl:NameElement></xnl:OrganisationName>
</have:OrganizationInformation></have:Organization><have:LastUpdateTime>2019-08-11T00:00:00+08:00</have:LastUpdateTime>
</have:Hospital></have:HospitalStatus>"""
DE = f"""<EDXLDistribution xmlns="{de.NAMESPACE}">
  <distributionID>LC-20190811-1</distributionID>
  <senderID>weather@liaocheng.example</senderID>
  <dateTimeSent>2019-08-11T00:31:00+08:00</dateTimeSent>
  <distributionStatus>Actual</distributionStatus>
  <distributionType>Report</distributionType>
  <combinedConfidentiality>unclassified</combinedConfidentiality>
  <language>zh-CN</language>
  <keyword><valueListUrn>urn:example:hazards</valueListUrn><value>暴雨</value><value>台风</value></keyword>
  <explicitAddress><explicitAddressScheme>e-mail</explicitAddressScheme>
    <explicitAddressValue>duty@example</explicitAddressValue></explicitAddress>
  <targetArea><circle>36.86,116.23 20</circle><country>CN</country></targetArea>
  <contentObject>
    <contentDescription>预警</contentDescription>
    <contentKeyword><valueListUrn>urn:example:kinds</valueListUrn><value>CAP</value></contentKeyword>
    <xmlContent><embeddedXMLContent>{ALERT}</embeddedXMLContent></xmlContent>
  </contentObject>
  <contentObject>
    <contentDescription>医院</contentDescription>
    <contentKeyword><valueListUrn>urn:example:kinds</valueListUrn><value>HAVE</value></contentKeyword>
    <nonXMLContent><mimeType>application/xml</mimeType>
      <size>{len(HOSPITALS.encode())}</size>
      <digest>{hashlib.sha1(HOSPITALS.encode()).hexdigest()}</digest>
      <contentData>{base64.b64encode(HOSPITALS.encode()).decode()}</contentData></nonXMLContent>
  </contentObject>
</EDXLDistribution>"""


def test_an_envelope_says_who_what_where_and_holds_its_messages():
    envelope = de.parse(DE.encode())
    assert (envelope.identifier, envelope.status, envelope.kind) == ("LC-20190811-1", "Actual", "Report")
    assert envelope.keywords[0].values == ("暴雨", "台风")
    assert envelope.target_areas[0].circles == ("36.86,116.23 20",)
    assert [item.keywords[0].values for item in envelope.contents] == [("CAP",), ("HAVE",)]
    alert, hospitals = edxl.contents(envelope)
    assert alert.message == cap.parse(ALERT.encode())
    assert hospitals.message == have.parse(HOSPITALS.encode())
    assert hospitals.document == HOSPITALS.encode()
    assert hospitals.item.description == "医院"


def test_what_was_written_is_read_again():
    envelope = de.parse(DE.encode())
    assert de.parse(de.build(envelope)) == envelope


def test_elements_stand_in_the_order_and_namespace_of_the_schema():
    document = de.build(de.parse(DE.encode())).decode()
    names = ["distributionID", "senderID", "dateTimeSent", "distributionStatus", "distributionType",
             "combinedConfidentiality", "language", "keyword", "explicitAddress", "targetArea", "contentObject"]  # fmt: skip
    places = [document.index(f"<de:{name}>") for name in names]
    assert places == sorted(places)
    assert f'xmlns:de="{de.NAMESPACE}"' in document


def test_an_envelope_within_an_envelope_is_opened():
    inner = de.parse(DE.encode())
    outer = replace(inner, identifier="outer", contents=(de.embed(de.build(inner), description="封装"),))
    assert [type(content.message) for content in edxl.contents(outer)] == [cap.Alert, have.HospitalStatus]


def test_version_2_is_read_into_the_same_values():
    document = f"""<edxlDistribution xmlns="{de.NAMESPACE_2}" xmlns:ct="urn:oasis:names:tc:emergency:edxl:ct:1.0">
    <distributionID>D2</distributionID><senderID>a@b</senderID><dateTimeSent>2019-08-11T00:31:00+08:00</dateTimeSent>
    <dateTimeExpires>2019-08-12T00:31:00+08:00</dateTimeExpires>
    <distributionStatus><statusKindDefault><ct:valueListURI>urn:x</ct:valueListURI><ct:value>Exercise</ct:value>
    </statusKindDefault></distributionStatus>
    <distributionKind><distributionKindDefault><ct:valueListURI>urn:x</ct:valueListURI><ct:value>Update</ct:value>
    </distributionKindDefault></distributionKind>
    <distributionReference>D1,a@b,2019-08-10T00:31:00+08:00</distributionReference>
    <descriptor><language>zh-CN</language><keyword><ct:valueListURI>urn:k</ct:valueListURI><ct:value>雨</ct:value>
    </keyword></descriptor>
    <content><contentObject><contentDescriptor><contentDescription>预警</contentDescription></contentDescriptor>
    <contentXML><embeddedXMLContent>{ALERT}</embeddedXMLContent></contentXML></contentObject></content>
    </edxlDistribution>"""
    envelope = de.parse(document.encode())
    assert (envelope.status, envelope.kind, envelope.language) == ("Exercise", "Update", "zh-CN")
    assert envelope.keywords[0].values == ("雨",)
    assert envelope.contents[0].description == "预警"
    assert [content.message for content in edxl.contents(envelope)] == [cap.parse(ALERT.encode())]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<senderID>weather@liaocheng.example</senderID>", "", "senderID：缺少，必填"),
        ("<distributionStatus>Actual", "<distributionStatus>Real", "distributionStatus：'Real' 不在可用值中"),
        ("2019-08-11T00:31:00+08:00", "2019-08-11T00:31:00", "dateTimeSent：'2019-08-11T00:31:00' 不是带时区的时间"),
        ("<distributionType>Report", "<distributionType>Cancel", "distributionReference：distributionType 为 Cancel"),
        ("36.86,116.23 20", "36.86 116.23", "targetArea.circle："),
        ("<size>", "<size>9", "contentObject[2].nonXMLContent.size："),
        ("<language>zh-CN</language>", "<language>zh</language><language>en</language>", "language：只能出现一次"),
        ("<valueListUrn>urn:example:kinds</valueListUrn>", "", "contentObject[1].contentKeyword.valueListUrn：缺少"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_element(old, new, problem):
    assert old in DE
    with pytest.raises(EDXLError) as raised:
        de.parse(DE.replace(old, new).encode())
    assert any(each.startswith(problem) for each in raised.value.problems), raised.value.problems


def test_content_that_is_no_message_comes_with_the_reason():
    broken = DE.replace("<sender>gaotang@weather.example</sender>", "")
    alert, hospitals = edxl.contents(de.parse(broken.encode()))
    assert alert.message is None
    assert alert.problems == ("sender：缺少，必填",)
    assert hospitals.message is not None


def test_bombs_and_declarations_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + DE.encode()
    with pytest.raises(EDXLError, match="DOCTYPE"):
        edxl.parse(bomb)
    with pytest.raises(EDXLError, match="嵌套"):
        edxl.parse(b"<a>" * 100 + b"</a>" * 100)
    with pytest.raises(EDXLError, match="上限"):
        edxl.parse(DE.encode(), limit=100)


@given(st.binary(max_size=300))
def test_any_bytes_raise_only_the_protocol_s_own_error(raw):
    with pytest.raises(EDXLError):
        edxl.parse(raw)


@given(st.integers(0, len(DE.encode()) - 1), st.binary(max_size=3))
def test_a_damaged_envelope_is_read_or_refused(place, noise):
    raw = DE.encode()
    try:
        message = edxl.parse(raw[:place] + noise + raw[place + len(noise) :])
    except EDXLError:
        return
    list(edxl.contents(message))


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=12).map(
    str.strip
).filter(lambda text: text and not any(character in "\ufffe\uffff" for character in text))  # fmt: skip


@given(
    identifier=words,
    sender=words,
    keyword=st.tuples(words, st.lists(words, min_size=1, max_size=3).map(tuple)),
    at=st.datetimes(timezones=st.just(UTC)),
    status=st.sampled_from(de.STATUSES),
)
def test_any_envelope_survives_writing_and_reading(identifier, sender, keyword, at, status):
    envelope = de.Distribution(
        identifier=identifier, sender=sender, sent=at, status=status, kind="Report", confidentiality="内部",
        keywords=(de.ValueList(urn=keyword[0], values=keyword[1]),), contents=(de.embed(ALERT.encode()),),
    )  # fmt: skip
    assert de.parse(de.build(envelope)) == envelope


def test_json_shows_the_messages_inside():
    said = edxl.as_json(de.parse(DE.encode()))
    assert said["standard"] == "EDXL-DE"
    assert said["distributionID"] == "LC-20190811-1"
    assert [message["standard"] for message in said["messages"]] == ["CAP", "EDXL-HAVE"]
