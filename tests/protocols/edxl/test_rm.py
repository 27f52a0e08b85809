"""Resource messages: all sixteen types, read, written, and what each needs."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.edxl import EDXLError, rm
from anlan.protocols.edxl.places import Geometry

SHANGHAI = timezone(timedelta(hours=8))
SENT = datetime(2019, 8, 11, 8, tzinfo=SHANGHAI)
REQUEST = f"""<RequestResource xmlns="{rm.NAMESPACE}" xmlns:rm="{rm.COMMON}" xmlns:gml="http://www.opengis.net/gml"
  xmlns:xpil="urn:oasis:names:tc:ciq:xpil:3" xmlns:xnl="urn:oasis:names:tc:ciq:xnl:3">
<MessageID>urn:gaotang:12332</MessageID>
<SentDateTime>2019-08-11T08:00:00+08:00</SentDateTime>
<MessageContentType>RequestResource</MessageContentType>
<OriginatingMessageID>urn:gaotang:12332</OriginatingMessageID>
<IncidentInformation><rm:IncidentID>371526-20190811-001</rm:IncidentID>
  <rm:IncidentDescription>徒骇河险情</rm:IncidentDescription></IncidentInformation>
<Funding><rm:FundCode>HD-1</rm:FundCode></Funding>
<ContactInformation><rm:ContactRole>Requester</rm:ContactRole>
  <rm:Radio><rm:RadioType>PDT</rm:RadioType><rm:RadioChannel>3</rm:RadioChannel></rm:Radio>
  <rm:AdditionalContactInformation><xpil:PartyName><xnl:PersonName><xnl:NameElement xnl:ElementType="FirstName">建国
    </xnl:NameElement></xnl:PersonName></xpil:PartyName></rm:AdditionalContactInformation></ContactInformation>
<ResourceInformation>
  <ResourceInfoElementID>001</ResourceInfoElementID>
  <Resource>
    <TypeStructure><rm:ValueListURN>urn:x-hazard:vocab:resourceTypes</rm:ValueListURN><rm:Value>排涝泵车</rm:Value>
      </TypeStructure>
    <TypeInfo><Flow unit="m3/h">3000</Flow></TypeInfo>
    <Description>大流量排涝</Description>
  </Resource>
  <AssignmentInformation>
    <Quantity><rm:MeasuredQuantity><rm:Amount>2</rm:Amount></rm:MeasuredQuantity></Quantity>
    <AnticipatedFunction>城区排涝</AnticipatedFunction>
    <AssignmentInstructions><rm:ModeOfTransportation>公路</rm:ModeOfTransportation></AssignmentInstructions>
  </AssignmentInformation>
  <ScheduleInformation>
    <ScheduleType>RequestedArrival</ScheduleType><DateTime>2019-08-11T12:00:00+08:00</DateTime>
    <Location><rm:LocationDescription>南关泵站</rm:LocationDescription>
      <rm:TargetArea><gml:Point><gml:pos>36.85 116.23</gml:pos></gml:Point></rm:TargetArea></Location>
  </ScheduleInformation>
</ResourceInformation>
</RequestResource>"""


def test_a_request_says_what_how_much_when_and_where():
    message = rm.parse(REQUEST.encode())
    (item,) = message.resources
    assert (message.kind, message.incidents[0].identifier) == ("RequestResource", "371526-20190811-001")
    assert str(item.resource) == "排涝泵车"
    assert item.assignment.quantity.amount == 2
    arrival = item.schedule("RequestedArrival")
    assert arrival.at == datetime(2019, 8, 11, 12, tzinfo=SHANGHAI)
    assert arrival.location.area.centre == (116.23, 36.85)
    assert str(message.contacts[0].party.name) == "建国"
    assert list(rm.problems(message)) == []


def test_what_was_written_is_read_again_with_both_namespaces():
    message = rm.parse(REQUEST.encode())
    document = rm.build(message)
    assert rm.parse(document) == message
    text = document.decode()
    for name in ("rmsg:RequestResource", "rmsg:Resource>", "rm:ValueListURN", "rmsg:Quantity", "rm:MeasuredQuantity",
                 "rm:ModeOfTransportation", "rmsg:ScheduleType", "rm:LocationDescription", "rm:ContactRole"):  # fmt: skip
        assert f"<{name}" in text, name


def full(kind: str) -> rm.ResourceMessage:
    """A message of a type with everything that the type needs."""
    is_opening = kind in ("RequestResource", "OfferUnsolicitedResource")
    is_answer = kind in ("CommitResource", "ReportResourceDeploymentStatus") or kind.startswith("ResponseTo")
    quantity = rm.Quantity(measured=rm.Measured(amount=2.0))
    item = rm.ResourceInformation(
        identifier="1",
        answer=rm.Answer(preceding_element="1", kind="Accept") if is_answer else None,
        resource=rm.Resource(name="冲锋舟"),
        assignment=rm.Assignment(quantity=quantity, price_quote=quantity if kind == "ResponseToRequestQuote" else None),
        schedules=(rm.Schedule(kind="Committed", at=SENT),),
    )
    return rm.ResourceMessage(
        identifier="2", sent=SENT, kind=kind, originating_id="2" if is_opening else "1",
        preceding_id="" if is_opening else "1", contacts=(rm.Contact(role="Sender"),), resources=(item,),
    )  # fmt: skip


@pytest.mark.parametrize("kind", rm.MESSAGE_TYPES)
def test_every_type_is_written_and_read(kind):
    message = full(kind)
    assert rm.parse(rm.build(message)) == message


@pytest.mark.parametrize("kind", rm.MESSAGE_TYPES)
def test_every_type_names_what_it_lacks(kind):
    message = full(kind)
    bare = replace(message, preceding_id="", contacts=(), resources=(rm.ResourceInformation(identifier="1"),))
    found = "；".join(rm.problems(bare))
    assert "ContactInformation：缺少，必填" in found
    assert ("PrecedingMessageID" in found) == (kind.startswith("ResponseTo") or kind == "CommitResource")
    must_answer = kind in ("CommitResource", "ResponseToRequestResource", "ResponseToRequestReturn",
                           "ResponseToRequestQuote", "ResponseToRequestExtendedDeploymentDuration")  # fmt: skip
    assert ("ResponseInformation" in found) == must_answer
    must_name = kind.startswith("Request") and kind != "RequestInformation"
    assert (".Resource：" in found) == (must_name or kind in ("OfferUnsolicitedResource", "RequisitionResource", "ReleaseResource"))  # fmt: skip  # noqa: E501
    assert (".Quantity" in found) == (kind in ("RequisitionResource", "ReleaseResource"))


@pytest.mark.parametrize(
    ("kind", "change", "problem"),
    [
        ("RequestResource", {"preceding_id": "0"}, "PrecedingMessageID：RequestResource 不适用"),
        ("RequestResource", {"originating_id": "0"}, "OriginatingMessageID：RequestResource 开启一轮消息"),
        ("OfferUnsolicitedResource", {"funding": (rm.Funding(code="1"),)}, "Funding：OfferUnsolicitedResource 不适用"),
        ("ReleaseResource", {"resources": ()}, "ResourceInformation：ReleaseResource 必填"),
        ("ReleaseResource", {"contacts": (rm.Contact(),)}, "ContactInformation[1]：ContactDescription 和 ContactRole"),
        ("ReleaseResource", {"incidents": (rm.Incident(),)}, "IncidentInformation[1]："),
    ],
)
def test_what_a_type_bars_is_named(kind, change, problem):
    with pytest.raises(EDXLError, match=problem.replace("[", r"\[")):
        rm.build(replace(full(kind), **change))


def test_a_refusal_needs_its_reason():
    message = full("ResponseToRequestResource")
    item = replace(message.resources[0], answer=rm.Answer(preceding_element="1", kind="Decline"), assignment=None)
    assert list(rm.problems(replace(message, resources=(item,)))) == [
        "ResourceInformation[1].ResponseInformation：ResponseType 为 Decline 时 ReasonCode 和 ResponseReason 至少填一项"
    ]


def test_what_follows_the_schema_only_is_read_and_its_lack_told():
    message = rm.parse(REQUEST.replace("<OriginatingMessageID>urn:gaotang:12332", "<OriginatingMessageID>1").encode())
    assert list(rm.problems(message)) == ["OriginatingMessageID：RequestResource 开启一轮消息，应与 MessageID 相同"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<MessageContentType>RequestResource", "<MessageContentType>CommitResource", "MessageContentType：CommitResource 与根元素"),
        ("<rm:Amount>2<", "<rm:Amount>two<", "ResourceInformation.AssignmentInformation.Quantity.MeasuredQuantity.Amount：'two' 不是数"),
        ("<ScheduleType>RequestedArrival", "<ScheduleType>Soon", "ResourceInformation.ScheduleInformation.ScheduleType：'Soon'"),
        ("2019-08-11T08:00:00+08:00", "2019-08-11", "SentDateTime：'2019-08-11' 不是带时区的时间"),
    ],
)  # fmt: skip  # noqa: E501
def test_what_is_wrong_is_named_by_its_element(old, new, problem):
    with pytest.raises(EDXLError) as raised:
        rm.parse(REQUEST.replace(old, new).encode())
    assert any(each.startswith(problem) for each in raised.value.problems), raised.value.problems


points = st.tuples(st.floats(-179, 179), st.floats(-89, 89))


@given(
    st.one_of(
        st.builds(Geometry, st.just("LineString"), st.lists(points, min_size=2, max_size=5).map(tuple)),
        st.lists(points, min_size=3, max_size=5).map(lambda ring: Geometry("Polygon", (*ring, ring[0]))),
        st.builds(Geometry, st.just("Circle"), st.tuples(points), st.floats(0, 50_000)),
    )
)
def test_any_area_survives_writing_and_reading(area):
    message = full("RequestResource")
    schedule = rm.Schedule(kind="ReportTo", location=rm.Location(area=area))
    message = replace(message, resources=(replace(message.resources[0], schedules=(schedule,)),))
    assert rm.parse(rm.build(message)) == message
