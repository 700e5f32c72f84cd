"""Composes letters from what the desk knows: an answer, and the confirmation that a request is there. See also `news`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext

from balie.channels.email import enclosing, message_ids, reply_address, thread_ids, writing
from balie.channels.email.letters import Automatic, Letter, Party, Quoted, Reader
from balie.channels.email.pages import faces_for, page_of
from balie.channels.email.subjects import without_prefixes
from balie.channels.models import Delivery
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.platform.text import html_from_text, place_images, safe
from balie.tickets.models import Message, Ticket


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A delivery with the rows that its letter is made of, and the request as it is now, wherever it was merged into."""

    delivery: Delivery
    recipient: Person
    ticket: Ticket
    organisation: Organisation
    # See `thread_ids`; None when nobody has asked yet.
    known_ids: list[str] | None = None

    @property
    def reader(self) -> Reader:
        return Reader(
            name=self.recipient.name,
            address=self.delivery.address,
            language=self.recipient.reads(self.organisation),
            zone=self.recipient.zone(self.organisation),
        )

    @property
    def reply_to(self) -> str:
        """The signed address that this person's answers about this request come back to."""
        local_part = reply_address.write(
            team_address=self.ticket.team.address, ticket=self.ticket.pk, person=self.recipient.pk
        )
        return f"{local_part}@{settings.BALIE.mail_domain}"

    def page(self, *, works_on_it: bool) -> str:
        return page_of(self.ticket, reader=self.recipient, works_on_it=works_on_it)


def compose_reply(owed: Owed, message: Message) -> Letter:
    """What somebody said, as a mail from them by way of the team."""
    files = enclosing.of(message)
    works_on_it = owed.ticket.is_worked_on_by(owed.recipient) if owed.recipient.is_expert else False
    shown = place_images(message.html or html_from_text(message.text), files.urls)
    return Letter(
        **_frame(owed),
        sender=Party(name=_signature(message, owed), address=owed.ticket.team.mail_address),
        subject=_answer_to(owed),
        template="reply",
        facts={
            "said_html": safe(shown),
            "said_text": message.text,
            "number": str(owed.ticket.pk),
            "team": owed.ticket.team.name,
            "is_resolved": not owed.ticket.is_open,
            "faces": _faces(owed, message),
        },
        enclosures=files.enclosed,
        left_out=files.left_out,
        page=owed.page(works_on_it=works_on_it),
        quoted=_said_before(message),
    )


def compose_confirmation(owed: Owed, *, opened_by: Person | None) -> Letter:
    """That the request is there: its number, its team, and what happens next."""
    ticket = owed.ticket
    is_for_another = opened_by is not None and opened_by.pk != owed.recipient.pk
    with translation.override(owed.reader.language):
        due_on = formats.date_format(ticket.due_on) if ticket.due_on else ""
    return Letter(
        **_frame(owed),
        sender=Party(name=ticket.team.name, address=ticket.team.mail_address),
        subject=_answer_to(owed),
        template="confirmation",
        facts={
            "name": owed.recipient.name,
            "opened_by": opened_by.name if opened_by and is_for_another else "",
            "number": str(ticket.pk),
            "team": ticket.team.name,
            "due_on": due_on,
        },
        automatic=Automatic.ANSWER,
        page=owed.page(works_on_it=False),
    )


def _faces(owed: Owed, message: Message) -> list[dict[str, str]]:
    with translation.override(owed.reader.language):
        return faces_for(owed.ticket, reader=owed.recipient, event=owed.delivery.event, message=message)


class _Frame(TypedDict):
    message_id: str
    written_at: datetime
    reader: Reader
    organisation: str
    reply_to: str
    thread: tuple[str, ...]


def _frame(owed: Owed) -> _Frame:
    ids = owed.known_ids
    if ids is None:
        ids = thread_ids.known_to(owed.recipient, ticket=owed.ticket, before=owed.delivery)
    return {
        "message_id": owed.delivery.external_id or message_ids.write(owed.delivery.pk),
        "written_at": owed.delivery.created_at,
        "reader": owed.reader,
        "organisation": owed.organisation.name,
        "reply_to": owed.reply_to,
        "thread": writing.thread_of(ids),
    }


def _answer_to(owed: Owed) -> str:
    # Gmail keeps a thread together only while its subject stays the same, so that no number is put into it.
    subject = without_prefixes(owed.ticket.subject)
    if not subject:
        with translation.override(owed.reader.language):
            subject = gettext("Your request")
    return f"Re: {subject}"


def _signature(message: Message, owed: Owed) -> str:
    team = owed.ticket.team.name
    if message.author is None:
        return team
    if message.direction == Message.Direction.OUT:
        return f"{message.author.name} ({team})"
    with translation.override(owed.reader.language):
        return gettext("%(name)s via %(team)s") % {"name": message.author.name, "team": team}


def _said_before(message: Message) -> Quoted | None:
    earlier = (
        Message.objects.filter(
            ticket=message.ticket_id, kind=Message.Kind.REPLY, is_automatic=False,
            created_at__lte=message.created_at, pk__lt=message.pk,
        )
        .select_related("author")
        .order_by("-created_at", "-pk")
        .defer("html", "folded_html")
        .first()
    )  # fmt: skip
    if earlier is None or not earlier.text.strip():
        return None
    return Quoted(
        name=earlier.author.name if earlier.author else message.ticket.team.name,
        said_at=earlier.created_at,
        text=earlier.text,
    )
