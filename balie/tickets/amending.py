"""Where a channel lets people change or delete what they said, the request shows it; experts read what stood there before."""

from __future__ import annotations

from django.db import transaction

from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Event, FormerWords, Message
from balie.tickets.words import Words


def amend(message: Message, words: Words, *, by: Person | None) -> None:
    """Its author said it otherwise."""
    if words.is_empty:
        retract(message, by=by)
    elif (message.text, message.html) != (words.text, words.html):
        _replace(message, text=words.text, html=words.html, kind=Event.Kind.EDITED, by=by)


def retract(message: Message, *, by: Person | None) -> None:
    """Its author deleted it."""
    if message.text or message.html:
        _replace(message, text="", html="", kind=Event.Kind.RETRACTED, by=by)


def _replace(message: Message, *, text: str, html: str, kind: Event.Kind, by: Person | None) -> None:
    with transaction.atomic():
        ticket = message.ticket.locked()
        row = Message.objects.select_for_update().get(pk=message.pk)
        FormerWords.objects.create(message=row, text=row.text, html=row.html, until=clock.now())
        row.text, row.html = text, html
        row.save(update_fields=["text", "html"])
        Event.record(ticket, kind=kind, by=by, message=row)
    message.refresh_from_db()
