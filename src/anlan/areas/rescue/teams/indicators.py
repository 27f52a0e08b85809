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
