"""What follows when somebody reads another language, as `config/reactions.py` says: ordered functions, in that transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from balie.people.models import Person

Reaction = Callable[["Person"], None]


@cache
def _reactions() -> Sequence[Reaction]:
    # By name, because the table stands at the top of the house and this package near its bottom.
    listed: Sequence[Reaction] = import_string(settings.BALIE_LANGUAGE_REACTIONS)
    return listed


def language_changed(person: Person) -> None:
    """They are addressed in another language than before."""
    for reaction in _reactions():
        reaction(person)
