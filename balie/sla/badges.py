"""A promise in a word, as lists and requests show it: when it is due, that it is paused, or how late it is.

States differ in shape and words, and only what was missed is red.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from balie.platform import clock as time_now
from balie.platform import moments
from balie.sla.deadlines import Goal, State

_SOON: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Badge:
    """`icon` is a shape of `icons.svg`, `mark` a class of the stylesheet; `title` says all of it."""

    goal: str
    icon: str
    mark: str
    words: str
    title: str


def badge(
    goal: str, state: str, *, due_at: datetime | None, is_over: bool = False, is_paused: bool = False,
    teller: moments.Teller | None = None,
) -> Badge:  # fmt: skip
    """Of one clock, in the reader's language and zone; a page that shows many gives the teller of them all."""
    teller = teller or moments.Teller()
    minutes = int((due_at - teller.now).total_seconds() // 60) if due_at else 0
    # The words change with each minute within the hour, and beyond it with each hour, and at midnight.
    step = minutes if -60 <= minutes < 60 else minutes // 60 * 60
    return _badge(goal, state, due_at, is_over, is_paused, step, teller.today, teller.language, teller.zone)


@lru_cache(maxsize=8192)
def _badge(
    goal: str, state: str, due_at: datetime | None, is_over: bool, is_paused: bool,
    _step: int, _today: date, _language: str | None, _zone: tzinfo,
) -> Badge:  # fmt: skip
    # As with moments: a list shows fifty of them, and the next page of the same list the same ones.
    named = goal_name(goal)
    if state == State.CANCELLED:
        return Badge(goal=named, icon="close", mark="", words=_("dropped"), title=_("No longer promised"))
    if state == State.MET:
        return Badge(goal=named, icon="check", mark="kept", words=_("kept"), title=_("Done in the promised time"))
    if due_at is None or (state == State.PAUSED):
        return Badge(goal=named, icon="pause", mark="paused", words=_("paused"), title=_("Time does not count now"))
    exact = formats.date_format(timezone.localtime(due_at), "DATETIME_FORMAT")
    if state == State.BREACHED or due_at < time_now.now():
        words = _("missed") if is_over else moments.behind(due_at)
        title = _("It was due %(moment)s") % {"moment": exact}
        return Badge(goal=named, icon="pause" if is_paused else "alert", mark="late", words=words, title=title)
    mark = "soon" if due_at - time_now.now() < _SOON else ""
    title = _("Due %(moment)s") % {"moment": exact}
    return Badge(goal=named, icon="clock", mark=mark, words=moments.ahead(due_at), title=title)


def goal_name(goal: str) -> str:
    """What is promised."""
    return _("Answer") if goal == Goal.RESPONSE else _("Solution")


@lru_cache(maxsize=8192)
def drawn(one: Badge, icons: str) -> SafeString:
    """For a list. What it is about is said to whoever cannot see the title."""
    return format_html(
        '<span class="due promise {}" title="{}: {}"><svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>'
        '<span class="visually-hidden">{}: </span>{}</span>',
        one.mark, one.goal, one.title, icons, one.icon, one.goal, one.words,
    )  # fmt: skip
