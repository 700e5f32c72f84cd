"""What follows from an event, as `config/reactions.py` says: ordered functions, run in the event's transaction.

And what follows when a status goes to another group, which is no event of its requests: nobody did anything to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from balie.organisation.models import Organisation
from balie.organisation.plan import Feature, feature_of
from balie.platform.reactions import reactions

if TYPE_CHECKING:
    from balie.tickets.models.changeover import Changeover
    from balie.tickets.models.event import Event

Reaction = Callable[["Event"], None]
# The status with its group before and now, and the numbers of a batch of requests whose group has just become that one.
GroupReaction = Callable[["Changeover", Sequence[int]], None]


def react(event: Event) -> None:
    """Run what follows from this event, except what belongs to a feature that the plan lacks."""
    table: Mapping[str, Sequence[Reaction]] = reactions("BALIE_REACTIONS")
    for reaction in table.get(event.kind, ()):
        feature = feature_of(reaction)
        # Without Conversations as a whole there are no events, so that only what is narrower is asked about.
        if feature in (None, Feature.CONVERSATIONS) or Organisation.current().plan.includes(feature):
            reaction(event)


def let_follow_from_group(changeover: Changeover, numbers: Sequence[int]) -> None:
    """Run what follows for these requests, in the transaction of their batch."""
    listed: Sequence[GroupReaction] = reactions("BALIE_GROUP_REACTIONS")
    for reaction in listed:
        reaction(changeover, numbers)
