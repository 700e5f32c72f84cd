"""What follows from an event, as `config/reactions.py` says: ordered functions, run in the event's transaction.

And what follows when a status goes to another group, which is no event of its requests: nobody did anything to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from balie.organisation.models import Organisation
from balie.organisation.plan import Feature, feature_of

if TYPE_CHECKING:
    from balie.tickets.models.changeover import Changeover
    from balie.tickets.models.event import Event

Reaction = Callable[["Event"], None]
# The status with its group before and now, and the numbers of a batch of requests whose group has just become that one.
GroupReaction = Callable[["Changeover", Sequence[int]], None]


@cache
def _reactions() -> Mapping[str, Sequence[Reaction]]:
    # By name, because the table stands at the top of the house and this package near its bottom.
    table: Mapping[str, Sequence[Reaction]] = import_string(settings.BALIE_REACTIONS)
    return table


def react(event: Event) -> None:
    """Run what follows from this event, except what belongs to a feature that the plan lacks."""
    for reaction in _reactions().get(event.kind, ()):
        feature = feature_of(reaction)
        # Without Conversations as a whole there are no events, so that only what is narrower is asked about.
        if feature in (None, Feature.CONVERSATIONS) or Organisation.current().plan.includes(feature):
            reaction(event)


def let_follow_from_group(changeover: Changeover, numbers: Sequence[int]) -> None:
    """Run what follows for these requests, in the transaction of their batch."""
    module = settings.BALIE_REACTIONS.rpartition(".")[0]
    reactions: Sequence[GroupReaction] = import_string(f"{module}.STATUS_GROUP_CHANGED")
    for reaction in reactions:
        reaction(changeover, numbers)
