"""How ready the teams are."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.teams.models import Team
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within


@indicator(code="rescue.teams_ready", title=_("救援队伍战备合格率（战备分不低于 75）"), unit="%", drill_down="teams")
def teams_ready(area_code: str, as_of: datetime) -> Measure:
    """Share of teams with a readiness of at least 75."""
    teams = list(Team.objects.filter(within((prefix(area_code),))))
    value = round(100 * sum(team.readiness >= 75 for team in teams) / len(teams), 1) if teams else None
    return Measure(value=value, samples=len(teams), basis="救援队伍台账：备勤状态、演练和装备检查日期")


@indicator(code="professional_team_fields", title=_("建有专业应急救援队伍的领域"), unit=_("个"), drill_down="teams")
def professional_team_fields(area_code: str, as_of: datetime) -> Measure:
    """Fields of work in which there is at least one professional team."""
    kinds = [k for k in Team.Kind if k not in (Team.Kind.SOCIAL, Team.Kind.ENTERPRISE, Team.Kind.GRASSROOTS)]
    teams = Team.objects.filter(within((prefix(area_code),)), kind__in=kinds)
    fields = teams.values("kind").distinct().count()
    return Measure(value=fields if teams else None, samples=teams.count(), basis="救援队伍台账：专业类别")


@indicator(code="enterprise_rescue_teams", title=_("企业专职救援队伍"), unit=_("支"), drill_down="teams")
def enterprise_rescue_teams(area_code: str, as_of: datetime) -> Measure:
    """Full-time teams of enterprises."""
    teams = Team.objects.filter(within((prefix(area_code),)), kind=Team.Kind.ENTERPRISE).count()
    return Measure(value=teams, samples=teams, basis="救援队伍台账：企业专职队伍")
