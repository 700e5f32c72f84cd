"""The browsers of whoever reads, for the account's page."""

from __future__ import annotations

from typing import Any

from django import template

from balie.channels.push.models import Browser
from balie.people.models import Person

register = template.Library()


@register.inclusion_tag("push/browsers.html", takes_context=True)
def browsers(context: dict[str, Any]) -> dict[str, Any]:
    """Those in which they are signed in; in the others nothing is shown."""
    request = context["request"]
    person = request.user
    found = (
        list(Browser.objects.filter(person=person).listening().order_by("-added_at"))
        if isinstance(person, Person)
        else []
    )
    return {
        "browsers": found,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "here": request.session.session_key,
    }
