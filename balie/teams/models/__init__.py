"""Who answers."""

from balie.teams.models.category import Category
from balie.teams.models.membership import Membership
from balie.teams.models.team import Team
from balie.teams.models.team_address import TeamAddress
from balie.teams.models.working_hours import SpecialDay, WorkingSpan

__all__ = ["Category", "Membership", "SpecialDay", "Team", "TeamAddress", "WorkingSpan"]
