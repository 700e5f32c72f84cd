"""What follows when a team's hours have changed, as `config/reactions.py` says: ordered functions, run in that transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from balie.platform.reactions import reactions

if TYPE_CHECKING:
    from balie.teams.models import Team

Reaction = Callable[["Team"], None]


def hours_changed(team: Team) -> None:
    """Its week, its zone, its holidays or its special days are others now."""
    listed: Sequence[Reaction] = reactions("BALIE_HOURS_REACTIONS")
    for reaction in listed:
        reaction(team)
