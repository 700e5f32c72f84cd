"""Composes notices: what happened lately to the requests of one reader, in one mail, request by request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext, ngettext

from balie.channels.email import message_ids, thread_ids, writing
from balie.channels.email.composing import Owed
from balie.channels.email.letters import Automatic, Letter, Party
from balie.channels.email.pages import faces_for
from balie.channels.email.subjects import without_prefixes
from balie.channels.notices import words
from balie.channels.notices.kinds import Kind
from balie.platform.text import html_from_text, safe
from balie.tickets.models import Event

# A notice is read on a telephone; the whole of a long letter is on the page.
_MOST_CHARACTERS = 4000


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing that happened, and what was said with it."""

    line: str
    at: datetime
    is_note: bool = False
    said_text: str = ""
    said_html: str = ""
    files: list[str] = field(default_factory=list)
    faces: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class News:
    """What happened to one request."""

    number: str
    subject: str
    page: str
    reply_to: str
    is_worked_on: bool
    happenings: list[Happening]


def compose_notice(group: Sequence[Owed]) -> Letter:
    """One mail for all of them; they have one recipient and are in the order in which it happened."""
    first = group[0]
    by_ticket: dict[int, list[Owed]] = {}
    for owed in group:
        by_ticket.setdefault(owed.ticket.pk, []).append(owed)
    with translation.override(first.reader.language):
        news = [_news(owed) for owed in by_ticket.values()]
        subject = _subject(news)
    several = len(news) > 1
    ids = [] if several else thread_ids.known_to(first.recipient, ticket=first.ticket, before=first.delivery)
    return Letter(
        message_id=first.delivery.external_id or message_ids.write(first.delivery.pk),
        written_at=first.delivery.created_at,
        sender=Party(name=first.ticket.team.name, address=first.ticket.team.mail_address),
        reader=first.reader,
        subject=subject,
        template="notice",
        facts={
            "news": news,
            "several": several,
            "reads_as_expert": any(one.is_worked_on for one in news),
            "is_resolved": not first.ticket.is_open,
        },
        organisation=first.organisation.name,
        # An answer to a mail about several requests is an answer to none of them: it comes to the team as a new one.
        reply_to="" if several else first.reply_to,
        thread=writing.thread_of(ids),
        automatic=Automatic.NOTICE,
        page="" if several else news[0].page,
    )


def _subject(news: Sequence[News]) -> str:
    if len(news) == 1:
        return f"[#{news[0].number}] {news[0].subject}"
    return ngettext("News of %(count)s request", "News of %(count)s requests", len(news)) % {"count": len(news)}


def _news(group: Sequence[Owed]) -> News:
    first = group[0]
    works_on_it = first.recipient.is_expert and first.ticket.is_worked_on_by(first.recipient)
    return News(
        number=str(first.ticket.pk),
        subject=without_prefixes(first.ticket.subject) or gettext("Your request"),
        page=first.page(works_on_it=works_on_it),
        reply_to=first.reply_to,
        is_worked_on=works_on_it,
        happenings=[_happening(owed) for owed in group],
    )


def _happening(owed: Owed) -> Happening:
    event, message = owed.delivery.event, owed.delivery.message
    at = event.at if event else owed.delivery.created_at
    line = words.line(event, _reason(owed), ticket=owed.ticket, organisation=owed.organisation)
    if message is None:
        faces = faces_for(owed.ticket, reader=owed.recipient, event=event, message=None)
        return Happening(line=line, at=at, faces=faces)
    said = message.text.strip()
    said = said if len(said) <= _MOST_CHARACTERS else f"{said[:_MOST_CHARACTERS].rstrip()} […]"
    names = list(message.attachments.filter(is_inline=False).order_by("pk").values_list("name", flat=True))
    return Happening(
        line=line, at=at, is_note=message.is_note, said_text=said, said_html=safe(html_from_text(said)), files=names
    )


def _reason(owed: Owed) -> str:
    if not owed.delivery.about and owed.delivery.event and owed.delivery.event.kind == Event.Kind.RESOLVED:
        return Kind.SOLVED
    return owed.delivery.about
