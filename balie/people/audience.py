"""Who a page or operation is for. Every view says so, and the gate (`config/gate.py`) lets nobody else reach it.

Which rows they then see is `visible_to`'s matter; which profiles, that of `people/rights.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar

from django.contrib.auth.models import AnonymousUser

from balie.people.models import Area, Person
from balie.people.rights import Rights

View = TypeVar("View", bound=Callable[..., Any])

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Audience(Enum):
    """From the widest to the narrowest."""

    ANYBODY = "anybody"
    PEOPLE = "people"
    # Whoever may open any part of the settings; experts among them.
    SETTINGS = "settings"
    EXPERTS = "experts"
    ADMINISTRATORS = "administrators"

    def includes(self, person: Person | AnonymousUser, *, method: str = "GET") -> bool:
        """Whether this person, or somebody who has not signed in, may enter."""
        if self is Audience.ANYBODY:
            return True
        if not isinstance(person, Person) or not person.is_active:
            return False
        if self is Audience.ADMINISTRATORS:
            return person.is_administrator
        if self is Audience.EXPERTS:
            return person.is_expert
        if self is Audience.SETTINGS:
            return person.may_open_settings
        return True


@dataclass(frozen=True)
class AreaAudience:
    """Those with the right to an area of the settings, and `beside` them another audience.

    To look is enough for reading a page; sending something needs the right to edit, and so does reading where `edit` is set.
    """

    area: Area
    edit: bool = False
    beside: Audience | None = None

    def includes(self, person: Person | AnonymousUser, *, method: str = "GET") -> bool:
        if not isinstance(person, Person):
            return False
        if self.beside is not None and self.beside.includes(person):
            return True
        return Rights.of(person).may_open(self.area, edit=self.edit or method not in _READING)


def for_(audience: Audience) -> Callable[[View], View]:
    """Declare whom a view is for."""
    return _declared(audience)


def for_area(area: Area, *, edit: bool = False, beside: Audience | None = None) -> Callable[[View], View]:
    """Declare that a view belongs to an area of the settings: viewing it opens GET, editing it the rest."""
    return _declared(AreaAudience(area, edit, beside))


def _declared(audience: Audience | AreaAudience) -> Callable[[View], View]:
    def declared(view: View) -> View:
        view.audience = audience  # type: ignore[attr-defined]  # an attribute on the function, as csrf_exempt does it
        return view

    return declared
