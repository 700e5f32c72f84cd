"""By when an answer usually comes, in words; and when a team works, where nothing can be said about that."""

from __future__ import annotations

from datetime import datetime, time

from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from balie.platform import clock
from balie.teams.working_time import ALWAYS, Week
from balie.tickets.expecting import Expectation

_A_WEEK = 7
_A_DAY = 24 * 60


def in_words(expectation: Expectation) -> str:
    """By when; else when the team works, if it has said so."""
    if expectation.by is None:
        return week_in_words(expectation.hours.week)
    return _("usually answered by %(when)s") % {"when": when(expectation.by)}


def when(moment: datetime) -> str:
    """A moment to come, in the reader's zone: today, tomorrow, a weekday, or its date."""
    local = timezone.localtime(moment)
    days = (local.date() - timezone.localtime(clock.now()).date()).days
    at = formats.date_format(local, "TIME_FORMAT")
    if days == 0:
        return _("today %(time)s") % {"time": at}
    if days == 1:
        return _("tomorrow %(time)s") % {"time": at}
    if 1 < days < _A_WEEK:
        return _("%(weekday)s %(time)s") % {"weekday": formats.date_format(local, "l"), "time": at}
    return formats.date_format(local, "MONTH_DAY_FORMAT")


def week_in_words(week: Week) -> str:
    """When a team works, as "Mon–Fri 8:30–17:00": days that are alike are said once. Nothing of one that works at all times."""
    if week == ALWAYS:
        return ""
    parts = []
    for spans in dict.fromkeys(spans for spans in week if spans):
        runs: list[list[int]] = []
        for day in (day for day in range(_A_WEEK) if week[day] == spans):
            if runs and day == runs[-1][-1] + 1:
                runs[-1].append(day)
            else:
                runs.append([day])
        parts.append(
            f"{', '.join(_run(run) for run in runs)} {', '.join(f'{_at(one)}–{_at(two)}' for one, two in spans)}"
        )
    return "; ".join(parts)


def _run(days: list[int]) -> str:
    first, last = str(WEEKDAYS_ABBR[days[0]]), str(WEEKDAYS_ABBR[days[-1]])
    return first if len(days) == 1 else f"{first}–{last}"


def _at(minutes: int) -> str:
    return formats.time_format(time(*divmod(minutes, 60)), "TIME_FORMAT") if minutes < _A_DAY else "24:00"
