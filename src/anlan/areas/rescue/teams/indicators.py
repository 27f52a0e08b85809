"""How ready teams are, and what the plan wants of professional, enterprise and park teams."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.teams import queries
from anlan.areas.rescue.teams.models import ChemicalPark, Team
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.rules.queries import rule


@indicator(code="rescue.teams_ready", title=_("救援队伍战备合格率（战备分不低于 75）"), unit="%", drill_down="teams")
def teams_ready(area_code: str, as_of: datetime) -> Measure:
    """Share of the teams with a score that reach the rule's mark; teams without a score are not counted."""
    scores = list(queries.teams_in(prefix(area_code)).exclude(readiness=None).values_list("readiness", flat=True))
    least = rule("rescue.readiness").params["ready"]
    value = round(100 * sum(one >= least for one in scores) / len(scores), 1) if scores else None
    basis = _("每夜按规则 rescue.readiness 计算的战备分；没有记录的项不得分")
    return Measure(value=value, samples=len(scores), basis=basis)


@indicator(code="professional_team_fields", title=_("建有市级专业应急救援队伍的领域"), unit=_("个"), drill_down="teams")
def professional_team_fields(area_code: str, as_of: datetime) -> Measure:
    """In how many of the plan's six fields there is at least one professional team of the city."""
    teams = list(queries.teams_in(prefix(area_code)))
    fields = [found for _title, found in queries.plan_fields(teams) if found]
    return Measure(
        value=len(fields) if teams else None,
        samples=sum(len(found) for found in fields),
        basis=_("救援队伍台账：层级登记为市级的队伍，按文件列举的六个领域"),
    )


@indicator(code="enterprise_rescue_teams", title=_("达标的企业专职救援队伍"), unit=_("支"), drill_down="teams")
def enterprise_rescue_teams(area_code: str, as_of: datetime) -> Measure:
    """Full-time teams of enterprises that were accepted as up to standard."""
    teams = queries.teams_in(prefix(area_code)).filter(kind=Team.Kind.ENTERPRISE)
    accepted = teams.filter(accepted_on__lte=timezone.localdate(as_of)).count()
    total = teams.count()
    return Measure(
        value=accepted if total else None, samples=total, basis=_("救援队伍台账：登记了达标验收日期的企业专职队伍")
    )


@indicator(
    code="rescue.enterprise_duty_met", title=_("依法应建救援力量的企业落实率"), unit="%", drill_down="enterprises"
)
def enterprise_duty_met(area_code: str, as_of: datetime) -> Measure:
    """Share of enterprises with a duty to keep a team or an agreement that have it; what they only claim is not counted."""
    enterprises = queries.enterprises_in(prefix(area_code))
    lines = [] if enterprises is None else queries.duties_of(enterprises, timezone.localdate(as_of))
    met = sum(line.is_met for line in lines)
    return Measure(
        value=round(100 * met / len(lines), 1) if lines else None,
        samples=len(lines),
        basis=_("企业档案与队伍、协议台账；义务按规则 rescue.enterprise_duty（待核对）"),
    )


@indicator(
    code="chemical_park_rescue_teams",
    title=_("建立规范应急救援队伍的化工园区"),
    unit=_("个"),
    drill_down="chemicalparks",
)
def chemical_park_rescue_teams(area_code: str, as_of: datetime) -> Measure:
    """Parks that a team covers by a valid agreement and that was accepted as up to standard."""
    parks = counted(ChemicalPark.objects.filter(within((prefix(area_code),))), "is_demo")
    lines = queries.parks_with_teams(parks, timezone.localdate(as_of))
    return Measure(
        value=sum(line.is_covered for line in lines) if lines else None,
        samples=len(lines),
        basis=_("化工园区台账：有效的园区覆盖协议，且队伍已达标验收"),
    )


@indicator(
    code="rescue.forest_roles", title=_("森林消防队伍编成（专职、兼职、后备）"), unit=_("种"), drill_down="teams"
)
def forest_roles(area_code: str, as_of: datetime) -> Measure:
    """How many of the three forms of forest teams exist."""
    teams = queries.teams_in(prefix(area_code)).filter(kind=Team.Kind.FOREST)
    roles = teams.exclude(forest_role="").values("forest_role").distinct().count()
    total = teams.count()
    return Measure(value=roles if total else None, samples=total, basis=_("救援队伍台账：森林消防队伍登记的编成"))
