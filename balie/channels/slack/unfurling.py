"""Links to requests that somebody posts in Slack: of what they may see, and to a channel by number and status only."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from balie.channels.slack import at_once, kit
from balie.channels.slack.heard import LinksShared
from balie.channels.slack.models import Workspace
from balie.people.models import Person
from balie.tickets.models import Ticket

_PAGE: Final = re.compile(r"/(?:my/)?requests/(\d{1,18})/?")


def unfurl(workspace: Workspace, heard: LinksShared, *, person: Person) -> None:
    """What whoever posted it may not see, and what is private, is shown to nobody."""
    with translation.override(person.reads()):
        unfurls = {}
        for link in heard.links:
            ticket = _ticket(link, person)
            if ticket is not None and (heard.in_person or not ticket.is_private):
                unfurls[link] = _preview(ticket, in_person=heard.in_person)
        if unfurls:
            at_once.unfurl(workspace, unfurls, at=dict(heard.unfurl))


def _ticket(link: str, person: Person) -> Ticket | None:
    parts, ours = urlsplit(link), urlsplit(settings.BALIE.url)
    found = _PAGE.fullmatch(parts.path.removeprefix(ours.path))
    if parts.netloc != ours.netloc or found is None:
        return None
    return Ticket.objects.visible_to(person).select_related("team", "status").filter(pk=int(found[1])).first()


def _preview(ticket: Ticket, *, in_person: bool) -> dict[str, Any]:
    words = _("Request #%(number)s") % {"number": ticket.pk} + f" · {ticket.status.name_for_requester}"
    if in_person:
        words += f"\n{kit.escaped(ticket.subject)}"
    return {"blocks": [kit.section(words)]}
