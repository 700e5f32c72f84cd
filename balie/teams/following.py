"""What follows when a team's hours have changed, as `config/reactions.py` says: ordered functions, run in that transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from balie.teams.models import Team

Reaction = Callable[["Team"], None]


@cache
def _reactions() -> Sequence[Reaction]:
    # By name, because the table stands at the top of the house and this package near its bottom.
    listed: Sequence[Reaction] = import_string(settings.BALIE_HOURS_REACTIONS)
    return listed


def hours_changed(team: Team) -> None:
    """Its week, its zone, its holidays or its special days are others now."""
    for reaction in _reactions():
        reaction(team)
