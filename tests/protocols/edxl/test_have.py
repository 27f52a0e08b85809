"""Hospital availability: read, written, refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import edxl
from anlan.protocols.edxl import EDXLError, have
from anlan.protocols.edxl.parts import OrganisationDetails, organisation, telephone
from anlan.protocols.edxl.places import Geometry

REPORT = f"""<HospitalStatus xmlns="{have.NAMESPACE}" xmlns:gml="http://www.opengis.net/gml"
  xmlns:xnl="urn:oasis:names:tc:ciq:xnl:3" xmlns:xpil="urn:oasis:names:tc:ciq:xpil:3">
<Hospital>
  <Organization>
    <OrganizationInformation>
      <xnl:OrganisationName xnl:ID="LC-H-01"><xnl:NameElement>高唐县人民医院</xnl:NameElement></xnl:OrganisationName>
      <xpil:ContactNumbers><xpil:ContactNumber xpil:CommunicationMediaType="Telephone">
        <xpil:ContactNumberElement>0635-3951120</xpil:ContactNumberElement></xpil:ContactNumber></xpil:ContactNumbers>
      <xpil:OrganisationInfo xpil:Type="Hospital"/>
    </OrganizationInformation>
    <OrganizationGeoLocation><gml:Point><gml:pos>36.866 116.231</gml:pos></gml:Point></OrganizationGeoLocation>
  </Organization>
  <EmergencyDepartmentStatus>
    <EMSTraffic><EMSTrafficStatus>Advisory</EMSTrafficStatus><EMSTrafficReason>道路积水</EMSTrafficReason></EMSTraffic>
    <EMSCapacity><TriageCode><TriageCodeValue>Red</TriageCodeValue><TriageCountQuantity>4</TriageCountQuantity>
      </TriageCode></EMSCapacity>
    <EMSAmbulanceStatus><EMSOffloadStatus>Delayed</EMSOffloadStatus><EMSOffloadMinutes>25</EMSOffloadMinutes>
      </EMSAmbulanceStatus>
  </EmergencyDepartmentStatus>
  <HospitalBedCapacityStatus>
    <BedCapacity><BedType>AdultICU</BedType><Capacity><CapacityStatus>Vacant/Available</CapacityStatus>
      <AvailableCount>3</AvailableCount><BaselineCount>20</BaselineCount></Capacity></BedCapacity>
    <BedCapacity><BedType>MedicalSurgical</BedType><Capacity><CapacityStatus>Vacant/Available</CapacityStatus>
      <AvailableCount>40</AvailableCount></Capacity></BedCapacity>
    <BedCapacity><BedType>Burn</BedType><Capacity><CapacityStatus>NotAvailable</CapacityStatus></Capacity></BedCapacity>
  </HospitalBedCapacityStatus>
  <ServiceCoverageStatus><Burn>false</Burn><CardiologyIndicator><Cardiology>true</Cardiology></CardiologyIndicator>
    <InfectiousDisease>1</InfectiousDisease></ServiceCoverageStatus>
  <HospitalFacilityStatus><ClinicalStatus>Normal</ClinicalStatus><FacilityStatus>Compromised</FacilityStatus>
    <Activity24Hr><Admissions>12</Admissions><Deaths>0</Deaths></Activity24Hr></HospitalFacilityStatus>
  <HospitalResourcesStatus><Staffing>Insufficient</Staffing></HospitalResourcesStatus>
  <LastUpdateTime>2019-08-11T06:00:00.390+08:00</LastUpdateTime>
</Hospital>
</HospitalStatus>"""


def test_a_report_says_beds_services_and_state():
    (hospital,) = have.parse(REPORT.encode()).hospitals
    assert (hospital.name, hospital.identifier) == ("高唐县人民医院", "LC-H-01")
    assert hospital.organization.location.centre == (116.231, 36.866)
    assert hospital.organization.information.numbers.numbers[0].parts == ("0635-3951120",)
    assert hospital.available() == 43
    assert (hospital.available("AdultICU"), hospital.available("Burn"), hospital.available("Pediatrics")) == (
        3,
        0,
        None,
    )
    assert hospital.emergency.ambulances.minutes == 25
    assert hospital.services.infectious_disease is True
    assert hospital.services.burn is False
    assert hospital.services.cardiology.find("cardiology") == "true"
    assert hospital.facility.activity_24h.deaths == 0
    assert hospital.resources.staffing == "Insufficient"


def test_what_was_written_is_read_again_and_in_order():
    status = have.parse(REPORT.encode())
    document = have.build(status)
    assert have.parse(document) == status
    names = ["Organization>", "EmergencyDepartmentStatus", "HospitalBedCapacityStatus", "ServiceCoverageStatus",
             "HospitalFacilityStatus", "HospitalResourcesStatus", "LastUpdateTime"]  # fmt: skip
    places = [document.decode().index(f"<have:{name}") for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("AdultICU", "ICU", "Hospital.HospitalBedCapacityStatus.BedCapacity[1].BedType：'ICU' 不在可用值中"),
        (">3<", ">-3<", "Hospital.HospitalBedCapacityStatus.BedCapacity[1].Capacity.AvailableCount：'-3' 不是非负整数"),
        ("<LastUpdateTime>2019-08-11T06:00:00.390+08:00</LastUpdateTime>", "", "Hospital.LastUpdateTime：缺少"),
        ("36.866 116.231", "136.866 116.231", "Hospital.Organization.OrganizationGeoLocation：纬度 136.866"),
        ("36.866 116.231", "36.866", "Hospital.Organization.OrganizationGeoLocation：位置应为成对的 纬度 经度"),
        ("<Burn>false", "<Burn>no", "Hospital.ServiceCoverageStatus.Burn：'no' 应为 true 或 false"),
        ("OrganisationName", "Name", "Hospital.Organization.OrganizationInformation.OrganisationName：缺少"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_element(old, new, problem):
    with pytest.raises(EDXLError) as raised:
        have.parse(REPORT.replace(old, new).encode())
    assert any(each.startswith(problem) for each in raised.value.problems), raised.value.problems


def test_what_the_standard_does_not_declare_is_kept_and_written_again():
    # The elements that Sahana Eden's export writes: a position as GML 2 has it, counts beside the bed's kind.
    document = REPORT.replace("<gml:pos>36.866 116.231</gml:pos>", "<gml:coordinates>36.866, 116.231</gml:coordinates>")
    document = document.replace(
        "<BedType>AdultICU</BedType>", "<BedType>AdultICU</BedType><AvailableCount>7</AvailableCount>"
    )
    document = document.replace(
        "<LastUpdateTime>",
        "<HospitalResourceStatus><Staffing>Adequate</Staffing></HospitalResourceStatus><LastUpdateTime>",
    )
    status = have.parse(document.encode())
    (hospital,) = status.hospitals
    assert hospital.organization.location == Geometry("Point", ((116.231, 36.866),))
    assert edxl.as_json(status)["Hospital"][0]["others"] == [
        {"name": "HospitalResourceStatus", "children": [{"name": "Staffing", "text": "Adequate"}]}
    ]
    assert hospital.beds.capacities[0].others[0].text == "7"
    assert have.parse(have.build(status)) == status


def test_version_2_is_said_not_to_be_read():
    with pytest.raises(EDXLError, match=r"HAVE 2\.0 尚不能读取"):
        edxl.parse(b'<HAVE xmlns="urn:oasis:names:tc:emergency:edxl:have:2.0"/>')


@given(
    beds=st.dictionaries(st.sampled_from(sorted(have.BED_TYPES)), st.integers(0, 5000), min_size=1),
    point=st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
)
def test_any_report_survives_writing_and_reading(beds, point):
    capacities = tuple(
        have.BedCapacity(bed_types=(kind,), capacities=(have.Capacity(status=have.AVAILABLE, available=count),))
        for kind, count in beds.items()
    )
    hospital = have.Hospital(
        organization=have.Organization(
            information=OrganisationDetails(names=(organisation("医院", "1"),), numbers=telephone("120")),
            location=Geometry("Point", (point,)),
        ),
        beds=have.Beds(capacities=capacities),
        updated=datetime(2019, 8, 11, tzinfo=UTC),
    )
    status = have.HospitalStatus(hospitals=(hospital,))
    assert have.parse(have.build(status)) == status
    assert hospital.available() == sum(beds.values())
