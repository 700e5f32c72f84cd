"""The bell, on every page: how many requests have something unread."""

from __future__ import annotations

from typing import Any

from django import template

from balie.channels.notices.reading import MOST_COUNTED, unread_requests
from balie.people.models import Person

register = template.Library()


@register.inclusion_tag("notices/bell.html", takes_context=True)
def bell(context: dict[str, Any], place: str = "") -> dict[str, Any]:
    """Asked once for a page, however many bells it has. `place` is where it stands: "bar" has its name below."""
    request = context["request"]
    person = request.user
    if not isinstance(person, Person):
        return {"count": None}
    if not hasattr(request, "unread_requests"):
        request.unread_requests = unread_requests(person)
    return {"count": request.unread_requests, "most": MOST_COUNTED, "place": place}
