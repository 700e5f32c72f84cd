"""Writes what a browser shows: a title, a sentence, where a click leads; in its reader's language, as discreet as they wish."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import get_language_bidi, gettext, ngettext

from balie.channels.push.sealing import LARGEST

_TITLE, _SENTENCE, _SAID = 120, 160, 140


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing to tell. `said` are the first words of a message, or ""; an undisclosed one says only that there is something."""

    number: int
    subject: str
    sentence: str
    said: str
    page: str
    may_be_told: bool


def write(happenings: Sequence[Happening], *, language: str, all_notices: str, unread: Sequence[int]) -> bytes:
    """One message for all of them, oldest first. `unread` are the requests of which the browser may go on showing notices."""
    numbers = list(dict.fromkeys(one.number for one in happenings))
    with translation.override(language):
        newest = happenings[-1]
        if not all(one.may_be_told for one in happenings):
            title, body = "Balie", gettext("There is something new for you.")
        elif len(numbers) == 1:
            title = f"#{newest.number} {newest.subject}"
            body = " ".join(part for part in (_cut(newest.sentence, _SENTENCE), _said(newest)) if part)
        else:
            title = ngettext("News of %(count)s request", "News of %(count)s requests", len(numbers)) % {
                "count": len(numbers)
            }
            body = _cut(" · ".join(f"#{one.number} {one.subject}" for one in happenings[-3:]), _SENTENCE)
        message = {
            "title": _cut(title, _TITLE),
            "body": body,
            "tag": f"request-{newest.number}" if len(numbers) == 1 else "requests",
            "tickets": numbers[:50],
            "page": newest.page if len(numbers) == 1 else all_notices,
            "lang": language,
            "dir": "rtl" if get_language_bidi() else "ltr",
            "unread": list(unread)[:100],
        }
    written = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    if len(written) > LARGEST:
        message["unread"], message["body"] = [], _cut(str(message["body"]), 100)
        written = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return written


def _said(one: Happening) -> str:
    return f"“{_cut(' '.join(one.said.split()), _SAID)}”" if one.said.strip() else ""


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"
