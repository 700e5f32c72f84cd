"""What is on its way, as pages show it to its author."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from balie.channels.web import posting, uploads
from balie.people.models import Person
from balie.platform import text
from balie.workspace.models import Draft

register = template.Library()


@register.simple_tag
def held_letter(draft: Draft) -> SafeString:
    """Its text, with the pictures in their places."""
    pictures = {
        file.content_id: posting.address_of(uploads.ticket_for(file)) for file in draft.kept_files() if file.content_id
    }
    return text.safe(text.place_images(text.clean_html(draft.html), pictures))


@register.inclusion_tag("workspace/leaving_elsewhere.html", takes_context=True)
def leaving_elsewhere(context: Context) -> dict[str, Any]:
    """Replies of the reader to other requests than the one on the page. Asks the database only just after one was sent."""
    request = context.get("request")
    person = getattr(request, "user", None)
    if request is None or not isinstance(person, Person) or "leaving" not in request.COOKIES:
        return {"leaving": []}
    here = getattr(context.get("ticket"), "pk", None)
    leaving = Draft.objects.leaving().filter(person=person).exclude(ticket=here).select_related("ticket__requester")
    return {"leaving": list(leaving[:3]), "csrf_token": context.get("csrf_token")}
