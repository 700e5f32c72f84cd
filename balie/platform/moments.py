"""Points in time and days, as people say them: relative when they are near, with the exact time on hover and for machines."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils import formats, timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balie.platform import clock


class Teller:
    """Tells the moments of one page: the time, and the reader's language and zone, are asked once for all of them."""

    def __init__(self) -> None:
        self.zone = timezone.get_current_timezone()
        self.language = translation.get_language()
        self.now = timezone.localtime(clock.now(), self.zone)
        self.today = self.now.date()

    def moment(self, at: datetime | None) -> SafeString:
        """A point in time: relative within a week, the exact time on hover and for machines."""
        if at is None:
            return SafeString("")
        passed = int((self.now - at).total_seconds() // 60)
        # The words of what is older than an hour change with the day, the others with each minute.
        return _moment(at, passed if 0 <= passed < 60 else -1, self.today, self.language, self.zone)

    def due(self, day: date | None, *, is_open: bool = True) -> SafeString:
        """The day by which an answer is expected, marked when it is near or over."""
        return SafeString("") if day is None else _due(day, is_open, self.today, self.language)


def moment(at: datetime | None) -> SafeString:
    """One that stands alone, see `Teller`."""
    return Teller().moment(at)


def due(day: date | None, *, is_open: bool = True) -> SafeString:
    """One that stands alone, see `Teller`."""
    return Teller().due(day, is_open=is_open)


@lru_cache(maxsize=8192)
def _moment(at: datetime, _minutes: int, _today: date, _language: str | None, _zone: tzinfo) -> SafeString:
    # A list shows fifty of them, and the next page of the same list shows the same ones: writing one takes 60 µs.
    local = timezone.localtime(at)
    exact = formats.date_format(local, "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), exact, _spoken(local)
    )


@lru_cache(maxsize=2048)
def _due(day: date, is_open: bool, today: date, _language: str | None) -> SafeString:
    away = (day - today).days
    mark = "" if not is_open else " late" if away < 0 else " soon" if away == 0 else ""
    return format_html(
        '<time class="due{}" datetime="{}" title="{}">{}</time>', mark, day.isoformat(), formats.date_format(day), due_words(day)
    )  # fmt: skip


def due_words(day: date) -> str:
    """How one says the day: today, tomorrow, in 3 days, 2 days late, or its date."""
    away = (day - timezone.localtime(clock.now()).date()).days
    if away == 0:
        return _("due today")
    if away == 1:
        return _("due tomorrow")
    if 1 < away <= 7:
        return ngettext("due in %(days)s day", "due in %(days)s days", away) % {"days": away}
    if -30 <= away < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -away) % {"days": -away}
    is_near = -200 < away < 200
    return _("due %(day)s") % {"day": formats.date_format(day, "MONTH_DAY_FORMAT" if is_near else "SHORT_DATE_FORMAT")}


def ahead(at: datetime) -> str:
    """How one says a moment to come: in 40 min, at 16:40, tomorrow at 9:00, on Friday at 9:00, or its date."""
    now, local = timezone.localtime(clock.now()), timezone.localtime(at)
    minutes = int((local - now).total_seconds() // 60)
    if minutes < 60:
        return ngettext("in %(minutes)s min", "in %(minutes)s min", max(minutes, 0)) % {"minutes": max(minutes, 0)}
    hour = formats.date_format(local, "TIME_FORMAT")
    days = (local.date() - now.date()).days
    if days == 0:
        return _("today %(time)s") % {"time": hour}
    if days == 1:
        return _("tomorrow %(time)s") % {"time": hour}
    if days < 7:
        return _("%(weekday)s %(time)s") % {"weekday": formats.date_format(local, "D"), "time": hour}
    return formats.date_format(local, "MONTH_DAY_FORMAT" if days < 200 else "SHORT_DATE_FORMAT")


def behind(at: datetime) -> str:
    """How long ago something had to be done: 5 min late, 3 h late, 2 days late."""
    passed = clock.now() - at
    minutes, days = int(passed.total_seconds() // 60), passed.days
    if minutes < 60:
        return ngettext("%(minutes)s min late", "%(minutes)s min late", max(minutes, 1)) % {"minutes": max(minutes, 1)}
    if days < 1:
        return ngettext("%(hours)s h late", "%(hours)s h late", minutes // 60) % {"hours": minutes // 60}
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def _spoken(local: datetime) -> str:
    now = timezone.localtime(clock.now())
    passed = now - local
    at = formats.date_format(local, "TIME_FORMAT")
    if timedelta(0) <= passed < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        return ngettext("%(minutes)s min ago", "%(minutes)s min ago", minutes) % {"minutes": minutes}
    days = (now.date() - local.date()).days
    if days == 0:
        return _("today %(time)s") % {"time": at}
    if days == 1:
        return _("yesterday %(time)s") % {"time": at}
    if days == -1:
        return _("tomorrow %(time)s") % {"time": at}
    if 1 < days < 7:
        return _("%(weekday)s %(time)s") % {"weekday": formats.date_format(local, "l"), "time": at}
    return formats.date_format(local, "SHORT_DATE_FORMAT")
