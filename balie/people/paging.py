"""Lists of people a page at a time, in the order in which the reader's language looks names up."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q

from balie.people.models import Person
from balie.people.models.person import PersonQuerySet
from balie.platform import cursors
from balie.platform.alphabet import placed

A_PAGE: Final = 50


def page_of(found: PersonQuerySet, cursor: str) -> tuple[list[Person], str]:
    """The people after a cursor, and the cursor of those who follow, "" for none; raises `cursors.BadCursor`."""
    rows: list[Any] = list(_after(found.annotate(place=placed()), cursor).order_by("place", "pk")[: A_PAGE + 1])
    if len(rows) <= A_PAGE:
        return rows, ""
    last = rows[A_PAGE - 1]
    return rows[:A_PAGE], cursors.encode("people", last.place, last.pk)


def _after(found: Any, cursor: str) -> Any:
    """`place` is no field of a person, so that types know nothing of it."""
    if not cursor:
        return found
    name, pk = _last(cursor)
    return found.filter(Q(place__gt=name) | Q(place=name, pk__gt=pk))


def _last(cursor: str) -> tuple[str, int]:
    try:
        of, name, pk = cursors.decode(cursor)
    except ValueError:
        raise cursors.BadCursor from None
    if of != "people" or not isinstance(name, str) or not isinstance(pk, int):
        raise cursors.BadCursor
    return name, pk
