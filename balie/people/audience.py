"""Who a page or operation is for. Every view says so, and the gate (`config/gate.py`) lets nobody else reach it.

Which rows they then see is `visible_to`'s matter.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser

from balie.people.models import Person

View = TypeVar("View", bound=Callable[..., Any])


class Audience(Enum):
    """From the widest to the narrowest."""

    ANYBODY = "anybody"
    PEOPLE = "people"
    EXPERTS = "experts"
    ADMINISTRATORS = "administrators"

    def includes(self, person: Person | AnonymousUser) -> bool:
        """Whether this person, or somebody who has not signed in, may enter."""
        if self is Audience.ANYBODY:
            return True
        if not isinstance(person, Person) or not person.is_active:
            return False
        if self is Audience.ADMINISTRATORS:
            return person.is_administrator
        if self is Audience.EXPERTS:
            return person.is_expert
        return True


def for_(audience: Audience) -> Callable[[View], View]:
    """Declare whom a view is for."""

    def declared(view: View) -> View:
        view.audience = audience  # type: ignore[attr-defined]  # an attribute on the function, as csrf_exempt does it
        return view

    return declared
