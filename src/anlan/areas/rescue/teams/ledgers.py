"""The registers of teams, their people, papers, equipment, training and agreements, and of chemical parks."""

from anlan.areas.rescue.teams.models import Agreement, Certificate, ChemicalPark, Equipment, Member, Team, Training
from anlan.foundation.ledger.registry import Ledger, register


@register
class TeamLedger(Ledger):
    """Teams that can be called out."""

    model = Team
    name = "teams"
    group = "rescue"
    icon = "users-group"
    columns = ("code", "name", "kind", "level", "area", "people", "standby", "readiness", "accepted_on")
    filters = ("kind", "level", "forest_role", "standby", "area")
    search = ("code", "name")
    location = "point"
    deployable = "team"
    detail_url = "teams:team"


class _PartLedger(Ledger):
    """What belongs to a team lies in the team's area and is its unit's own."""

    group = "rescue"
    area_path = "team__area_id"
    owner_path = "team__department_id"


@register
class MemberLedger(_PartLedger):
    """People of teams, their jobs, skills and insurance."""

    model = Member
    name = "teammembers"
    icon = "users"
    columns = ("code", "name", "team", "job", "skills", "insured_until", "is_active")
    filters = ("team", "job", "is_active")
    search = ("code", "name", "skills", "team__name")


@register
class CertificateLedger(_PartLedger):
    """What people of teams are qualified for, and until when."""

    model = Certificate
    name = "teamcertificates"
    icon = "certificate"
    columns = ("number", "name", "member", "issued_on", "expires_on")
    search = ("number", "name", "member__name")
    key = "number"
    area_path = "member__team__area_id"
    owner_path = "member__team__department_id"


@register
class EquipmentLedger(_PartLedger):
    """Vehicles and equipment of teams."""

    model = Equipment
    name = "teamequipment"
    icon = "truck"
    columns = ("code", "name", "team", "kind", "count", "state", "inspected_until")
    filters = ("team", "kind", "state")
    search = ("code", "name", "team__name")


@register
class TrainingLedger(_PartLedger):
    """Drills, training and inspections that teams held."""

    model = Training
    name = "teamtrainings"
    icon = "target-arrow"
    columns = ("held_on", "team", "kind", "title", "people", "hours", "result")
    filters = ("team", "kind")
    search = ("title", "team__name")
    key = "id"


@register
class AgreementLedger(_PartLedger):
    """Mutual aid, cover of parks, and services to enterprises, with their end."""

    model = Agreement
    name = "teamagreements"
    icon = "signature"
    columns = ("code", "kind", "team", "partner", "park", "party", "signed_on", "expires_on")
    filters = ("kind", "team", "park")
    search = ("code", "party", "enterprise_code", "team__name")


@register
class ChemicalParkLedger(Ledger):
    """Chemical parks; each needs a rescue team up to standard."""

    model = ChemicalPark
    name = "chemicalparks"
    group = "rescue"
    icon = "building-factory-2"
    columns = ("code", "name", "area", "recognised_on", "department")
    filters = ("area",)
    search = ("code", "name")
    location = "point"
