"""What follows from an event, as `config/reactions.py` says: ordered functions, run in the event's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from balie.tickets.models.event import Event

Reaction = Callable[["Event"], None]


@cache
def _reactions() -> Mapping[str, Sequence[Reaction]]:
    # By name, because the table stands at the top of the house and this package near its bottom.
    table: Mapping[str, Sequence[Reaction]] = import_string(settings.BALIE_REACTIONS)
    return table


def react(event: Event) -> None:
    """Run what follows from this event."""
    for reaction in _reactions().get(event.kind, ()):
        reaction(event)
