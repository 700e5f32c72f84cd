"""The requests that a search finds, for a list that is narrowed to them."""

from __future__ import annotations

from balie.people.models import Person
from balie.tickets import searching


def numbers(q: str, *, person: Person) -> list[int]:
    """At most `searching.MOST_FOUND`; the list puts them in its own order, and leaves out what its reader does not work on."""
    return searching.find(q, person=person).numbers
