"""Draws the rows of a list: fifty of them take a template half of the page's time, and this a tenth.

Like `platform.text`, it may say that what it made is safe: each text that is not written in this file goes through `escape`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from balie.platform import moments
from balie.platform.escaping import escape
from balie.sla.badges import drawn
from balie.workspace.lines import Line

_COLUMNS = ("status", "priority", "team", "assignee", "age", "due")


def rows(lines: Iterable[Line], *, columns: Collection[str]) -> SafeString:
    """Each line as an item of the list, with these of the columns that can be chosen."""
    pen = _Pen(columns)
    return SafeString("".join(pen.row(line) for line in lines))


class _Words(NamedTuple):
    """What rows say of themselves, as HTML."""

    select: str
    new: str
    note: str
    draft: str
    asleep: str
    icons: str


@lru_cache(maxsize=16)
def _words(_language: str | None) -> _Words:
    # Said apart from the lines that hold them: gettext does not look into these.
    new, note, draft, asleep = _("new for you"), _("Note"), _("Draft"), _("asleep")
    return _Words(
        select=escape(_("Select")),
        new=f'<span class="visually-hidden">{escape(new)}</span>',
        note=f"<b>{escape(note)}:</b> ",
        draft=f'<b class="has-draft">{escape(draft)}</b> ',
        asleep=f" · {escape(asleep)}",
        icons=escape(static("balie/icons.svg")),
    )


class _Pen:
    """What all rows of a page have in common."""

    def __init__(self, columns: Collection[str]) -> None:
        self._columns = [getattr(self, f"_{name}") for name in _COLUMNS if name in columns]
        self._told = moments.Teller()
        self._words = _words(self._told.language)

    def row(self, line: Line) -> str:
        number = line.number
        section = f'<li class="section" aria-hidden="true">{escape(line.section)}</li>' if line.section else ""
        return (
            f'{section}<li class="line{" unread" if line.is_new else ""}" id="request-{number}" data-status="{line.status_id}">'
            f'<span class="dot">{self._words.new if line.is_new else ""}</span>'
            f'<input class="pick" type="checkbox" name="number" value="{number}" form="chosen"'
            f' aria-label="{self._words.select} #{number}">'
            f'<span class="avatar hue-{line.hue}" aria-hidden="true">{escape(line.initials)}</span>'
            f'<span class="line-who" dir="auto">{escape(line.requester)}</span>'
            f'<a class="line-subject" href="{line.address}#latest" dir="auto">{escape(line.subject)}</a>'
            f'<span class="line-words" dir="auto">{self._words.draft if line.has_draft else ""}'
            f"{self._words.note if line.is_note else ''}{escape(line.words)}</span>"
            f"{''.join([column(line) for column in self._columns])}</li>\n"
        )

    def _status(self, line: Line) -> str:
        return (
            f'<span class="line-status status {line.look}"><svg class="icon" aria-hidden="true"><use href="{self._words.icons}'
            f'#{line.mark}"></use></svg><span>{escape(line.status)}{self._words.asleep if line.is_asleep else ""}</span></span>'
        )

    def _priority(self, line: Line) -> str:
        return f'<b class="line-urgency">{escape(line.urgency)}</b>'

    def _team(self, line: Line) -> str:
        category = f" · {escape(line.category)}" if line.category else ""
        return f'<span class="line-team" dir="auto">{escape(line.team)}{category}</span>'

    def _assignee(self, line: Line) -> str:
        if not line.assignee:
            return '<span class="line-assignee"></span>'
        return (
            f'<span class="line-assignee"><span class="avatar small hue-{line.assignee_hue}" aria-hidden="true">'
            f'{escape(line.assignee_initials)}</span><span dir="auto">{escape(line.assignee)}</span></span>'
        )

    def _age(self, line: Line) -> str:
        return f'<span class="line-age">{self._told.moment(datetime.fromisoformat(line.began))}</span>'

    def _due(self, line: Line) -> str:
        if line.promise is not None:
            return f'<span class="line-when">{drawn(line.promise, self._words.icons)}</span>'
        when = self._told.due(line.due_on, is_open=line.is_open) if line.due_on else self._told.moment(line.at)
        return f'<span class="line-when">{when}</span>'
