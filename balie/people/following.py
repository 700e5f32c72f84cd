"""What follows when people read another language, as `config/reactions.py` says: ordered functions, in that transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from balie.platform.reactions import reactions

if TYPE_CHECKING:
    from balie.people.models import Person

Reaction = Callable[[Sequence["Person"]], None]


def language_changed(*people: Person) -> None:
    """They are addressed in another language than before."""
    listed: Sequence[Reaction] = reactions("BALIE_LANGUAGE_REACTIONS")
    for reaction in listed:
        reaction(people)
