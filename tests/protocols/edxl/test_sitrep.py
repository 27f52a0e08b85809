"""Situation reports: five kinds, read, written, refused."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import edxl
from anlan.protocols.edxl import EDXLError, de, sitrep
from anlan.protocols.edxl.places import Geometry

SHANGHAI = timezone(timedelta(hours=8))
AT = datetime(2019, 8, 11, 8, tzinfo=SHANGHAI)
HERE = sitrep.Location(geometry=Geometry("Point", ((116.23, 36.86),)))
OBSERVED = f"""<sitrep:sitRep xmlns:sitrep="{sitrep.NAMESPACE}" xmlns:ct="urn:oasis:names:tc:emergency:edxl:ct:1.0"
 xmlns:n="urn:oasis:names:tc:emergency:edxl:ciq:1.0:xnl" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<sitrep:messageID>S-1</sitrep:messageID>
<sitrep:preparedBy><ct:personDetails><n:personName><n:nameElement>王建国</n:nameElement></n:personName></ct:personDetails>
<ct:timeValue>2019-08-11T08:00:00+08:00</ct:timeValue></sitrep:preparedBy>
<sitrep:authorizedBy><ct:personDetails><n:personName><n:nameElement>李红</n:nameElement></n:personName></ct:personDetails>
<ct:timeValue>2019-08-11T08:05:00+08:00</ct:timeValue></sitrep:authorizedBy>
<sitrep:reportPurpose>险情续报</sitrep:reportPurpose><sitrep:reportNumber>2</sitrep:reportNumber>
<sitrep:reportVersion>Update</sitrep:reportVersion>
<sitrep:forTimePeriod><ct:fromDateTime>2019-08-11T06:00:00+08:00</ct:fromDateTime>
<ct:toDateTime>2019-08-11T08:00:00+08:00</ct:toDateTime></sitrep:forTimePeriod>
<sitrep:incidentID>371526-20190811-001</sitrep:incidentID>
<sitrep:reportConfidence>HighlyConfident</sitrep:reportConfidence><sitrep:severity>Severe</sitrep:severity>
<sitrep:report xsi:type="sitrep:FieldObservationType">
<sitrep:observationLocation><ct:EDXLGeoLocation><gml:point gml:Id="p" SrsName="urn:ogc:def:crs:EPSG::4326">
<gml:pos>36.86 116.23</gml:pos></gml:point></ct:EDXLGeoLocation></sitrep:observationLocation>
<sitrep:immediateNeeds>排涝泵车 2 台</sitrep:immediateNeeds>
<sitrep:immediateNeedsCategory>EmergencyMedicalServices</sitrep:immediateNeedsCategory>
<sitrep:observationText>南关积水 0.8 米</sitrep:observationText>
</sitrep:report></sitrep:sitRep>"""


def test_an_observation_says_who_saw_what_where():
    report = sitrep.parse(OBSERVED.encode())
    assert (str(report.prepared_by), str(report.authorized_by)) == ("王建国", "李红")
    assert report.report_type == "FieldObservationType"
    assert report.report.text == "南关积水 0.8 米"
    assert report.report.location == HERE
    assert edxl.as_json(report)["reportType"] == "FieldObservationType"


def whole(report) -> sitrep.SituationReport:
    return sitrep.SituationReport(
        identifier="1", prepared_by=sitrep.signed("值班员", AT), authorized_by=sitrep.signed("指挥长", AT),
        purpose="续报", number=1, version="Initial", period=sitrep.Period(start=AT, end=AT), incident_ids=("1",),
        confidence="HighlyConfident", severity="Severe", report=report,
    )  # fmt: skip


REPORTS = [
    sitrep.FieldObservation(location=HERE, text="积水"),
    sitrep.SituationInformation(primary=sitrep.IncidentInformation(names=("徒骇河险情",), started=AT, location=HERE)),
    sitrep.ResponseResourcesTotals(on_hand=sitrep.Totals(personnel=120, resources=8)),
    sitrep.CasualtyAndIllnessSummary(
        to_date=3, counts=sitrep.CasualtyCounts(categories=sitrep.CasualtyCategories(fatalities=0, evacuated=1200))
    ),
    sitrep.ManagementReportingSummary(remarks="平稳", decision_support=sitrep.DecisionSupport(weather="仍有降雨")),
]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: type(report).__name__)
def test_each_of_the_five_is_written_and_read(report):
    message = whole(report)
    document = sitrep.build(message)
    assert sitrep.parse(document) == message
    assert f'xsi:type="sitrep:{message.report_type}"'.encode() in document


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: type(report).__name__)
def test_each_of_the_five_survives_an_envelope(report):
    message = whole(report)
    envelope = de.Distribution(identifier="1", sender="a@b", sent=AT, status="Actual", kind="Report",
                               confidentiality="内部", contents=(de.embed(sitrep.build(message)),))  # fmt: skip
    assert [content.message for content in edxl.contents(de.parse(de.build(envelope)))] == [message]


def test_elements_stand_in_the_order_of_the_schema():
    document = sitrep.build(whole(REPORTS[0])).decode()
    names = ["messageID", "preparedBy", "authorizedBy", "reportPurpose", "reportNumber", "reportVersion",
             "forTimePeriod", "incidentID", "reportConfidence", "severity", "report "]  # fmt: skip
    places = [document.index(f"<sitrep:{name}") for name in names]
    assert places == sorted(places)
    assert '<gml32:point gml32:Id="g1" SrsName="urn:ogc:def:crs:EPSG::4326">' in document


def test_a_draft_with_capitals_is_read():
    capitals = OBSERVED
    for name in ("sitRep", "messageID", "preparedBy", "reportPurpose", "report", "observationText"):
        for mark in ("<sitrep:", "</sitrep:"):
            capitals = capitals.replace(f"{mark}{name}>", f"{mark}{name[0].upper()}{name[1:]}>")
            capitals = capitals.replace(f"{mark}{name} ", f"{mark}{name[0].upper()}{name[1:]} ")
    assert "<sitrep:SitRep " in capitals
    assert sitrep.parse(capitals.encode()) == sitrep.parse(OBSERVED.encode())


def test_elements_that_are_not_declared_are_kept():
    message = sitrep.parse(
        OBSERVED.replace("</sitrep:report>", "<sitrep:extra><a>1</a></sitrep:extra></sitrep:report>").encode()
    )
    assert message.report.others[0].find("a") == "1"
    assert sitrep.parse(sitrep.build(message)) == message


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("FieldObservationType", "OtherType", "report：xsi:type 应为 FieldObservationType、"),
        ("<sitrep:severity>Severe</sitrep:severity>", "", "severity：缺少，必填"),
        (">Update<", ">Second<", "reportVersion：'Second' 不在可用值中"),
        ("<ct:toDateTime>2019-08-11T08", "<ct:toDateTime>2019-08-10T08", "forTimePeriod：toDateTime 不能早于"),
        ("<sitrep:observationText>南关积水 0.8 米</sitrep:observationText>", "", "report.observationText：缺少"),
        (">2<", ">two<", "reportNumber：'two' 不是非负整数"),
    ],
)
def test_what_is_wrong_is_named_by_its_element(old, new, problem):
    with pytest.raises(EDXLError) as raised:
        sitrep.parse(OBSERVED.replace(old, new).encode())
    assert any(each.startswith(problem) for each in raised.value.problems), raised.value.problems


@given(st.builds(sitrep.CasualtyCategories, **{name: st.none() | st.integers(0, 10**6) for name in
       ("fatalities", "hospitalized", "injured", "trapped", "missing", "evacuated", "sheltering")}))  # fmt: skip
def test_any_figures_survive_writing_and_reading(categories):
    message = whole(sitrep.CasualtyAndIllnessSummary(counts=sitrep.CasualtyCounts(categories=categories)))
    assert sitrep.parse(sitrep.build(replace(message))) == message
