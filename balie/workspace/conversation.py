"""Draws a conversation: thirty letters take a template half of the page's time, and this a tenth.

Like `drawing.py`, it says that what it made is safe: each text that is not written in this file goes through `escape`, a letter's
HTML has been cleaned (`channels/web/letters.py`), and what only some letters have is drawn by templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balie.channels.web.letters import Letter
from balie.platform import moments
from balie.platform.addresses import address
from balie.platform.escaping import escape
from balie.tickets.models import Ticket
from balie.workspace.happenings import Happening
from balie.workspace.timeline import Entry


def drawn(request: HttpRequest, ticket: Ticket, entries: Iterable[Entry], *, unfolded: bool = False) -> SafeString:
    """Each entry as an item of a list; on paper (`unfolded`) nothing is hidden, and nothing can be clicked."""
    pen = _Pen(request, ticket, unfolded=unfolded)
    return SafeString("".join([pen.entry(entry) for entry in entries]))


class _Words(NamedTuple):
    """What letters say of themselves, as HTML."""

    history: str
    unread: str
    original: str
    lock: str


@lru_cache(maxsize=16)
def _words(_language: str | None) -> _Words:
    # Said apart from the lines that hold them: gettext does not look into these.
    unread, original = _("New since you were here"), _("Save the original mail")
    icons = escape(static("balie/icons.svg"))
    return _Words(
        history=escape(_("Earlier messages and signature")),
        unread=f'<p class="unread-mark" id="unread"><span>{escape(unread)}</span></p>',
        original=escape(original),
        lock=f'<svg class="icon" aria-hidden="true"><use href="{icons}#lock"></use></svg>',
    )


class _Pen:
    """What all entries of a page have in common."""

    def __init__(self, request: HttpRequest, ticket: Ticket, *, unfolded: bool) -> None:
        self._request, self._ticket, self._unfolded = request, ticket, unfolded
        self._address = address("workspace:request", ticket.pk)
        self._told = moments.Teller()
        self._words = _words(self._told.language)
        self._open = " open" if unfolded else ""

    def entry(self, entry: Entry) -> str:
        if entry.letter is not None:
            return self._letter(entry, entry.letter)
        changes = "".join([self._change(one) for one in entry.happened])
        if not entry.is_folded:
            return f"<li>{changes}</li>\n"
        number = len(entry.happened)
        said = ngettext("%(number)s change", "%(number)s changes", number) % {"number": number}
        return (
            f'<li><details class="happened-many" id="happened-{entry.happened[0].pk}"{self._open}>'
            f"<summary>{escape(said)}</summary>{changes}</details></li>\n"
        )

    def _change(self, one: Happening) -> str:
        by = f'<b dir="auto">{escape(one.by)}</b> ' if one.by else ""
        return f'<p class="happened" id="event-{one.pk}">{by}<bdi>{escape(one.words)}</bdi> · {self._when(one.at)}</p>'

    def _letter(self, entry: Entry, letter: Letter) -> str:
        author = escape(entry.author)
        unread = self._words.unread if entry.is_first_unread else ""
        latest = '<span id="latest"></span>' if entry.is_last else ""
        retracted = self._part("letter_retracted") if letter.is_retracted else ""
        note, kind, lock = (" note", "only", self._words.lock) if entry.is_note else ("", "to", "")
        return (
            f"<li>{unread}{latest}"
            f'<article class="letter{note}" id="message-{entry.pk}" aria-label="{author}"><header>'
            f'<span class="avatar large hue-{entry.hue}" aria-hidden="true">{escape(entry.initials)}</span>'
            f'<div><span class="author" dir="auto">{author}</span>'
            f'<span class="{kind}" dir="auto">{lock}{escape(entry.way)}</span></div>'
            f"{self._when(letter.message.created_at)}</header>"
            f"{self._part('letter_marks', entry, letter) if letter.has_marks else ''}"
            f'<div class="said" dir="auto">{retracted}{letter.html}</div>'
            f"{self._part('letter_formerly', entry, letter) if letter.formerly else ''}"
            f"{self._folded(entry, letter)}"
            f"{self._part('letter_files', entry, letter) if letter.files else ''}"
            f"{self._deliveries(entry)}"
            f"{self._saving(entry, letter)}"
            "</article></li>\n"
        )

    def _when(self, at: datetime) -> str:
        """On paper nobody knows what day it is."""
        if self._unfolded:
            return f"<time>{escape(formats.date_format(timezone.localtime(at), 'SHORT_DATETIME_FORMAT'))}</time>"
        return self._told.moment(at)

    def _folded(self, entry: Entry, letter: Letter) -> str:
        if not letter.folded:
            return ""
        return (
            f'<details id="history-{entry.pk}"{self._open}><summary aria-label="{self._words.history}">…</summary>'
            f'<div class="said history" dir="auto">{letter.folded}</div></details>'
        )

    def _saving(self, entry: Entry, letter: Letter) -> str:
        has_original: bool = letter.message.has_original  # type: ignore[attr-defined]  # see timeline._with_all
        if not has_original or self._unfolded:
            return ""
        original = f"{self._address}/messages/{entry.pk}/original"
        return f'<p class="delivery"><a href="{original}" download>{self._words.original}</a></p>'

    def _deliveries(self, entry: Entry) -> str:
        if not entry.states:
            return ""
        return self._part("deliveries", states=entry.states, message_id=int(entry.pk), is_part=False)

    def _part(self, name: str, entry: Entry | None = None, letter: Letter | None = None, **also: Any) -> str:
        """What only some letters have."""
        context = {"entry": entry, "letter": letter, "ticket": self._ticket, "unfolded": self._unfolded, **also}
        return render_to_string(f"workspace/{name}.html", context, self._request)
