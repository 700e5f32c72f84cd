"""Small things that every page shows: icons, people, moments, sizes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balie.people.models import Person
from balie.platform import avatars, clock

register = template.Library()


@register.simple_tag
def icon(name: str, kind: str = "icon") -> SafeString:
    """One of the shapes of `icons.svg`; it only repeats what is written beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', kind, static("balie/icons.svg"), name
    )  # fmt: skip


@register.simple_tag
def avatar(person: Person | None, size: str = "") -> SafeString:
    """The initials of a person on their colour; the name stands beside it."""
    name = person.name if person else ""
    return format_html(
        '<span class="avatar hue-{}{}" aria-hidden="true">{}</span>',
        avatars.hue(name), f" {size}" if size else "", avatars.initials(name),
    )  # fmt: skip


@register.simple_tag
def moment(at: datetime | None) -> SafeString:
    """A point in time: relative within a week, the exact time on hover and for machines."""
    if at is None:
        return SafeString("")
    local = timezone.localtime(at)
    exact = formats.date_format(local, "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), exact, _spoken(local)
    )


@register.simple_tag
def due(day: date | None, *, is_open: bool = True) -> SafeString:
    """The day by which an answer is expected, marked when it is near or over."""
    if day is None:
        return SafeString("")
    away = (day - timezone.localtime(clock.now()).date()).days
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


@register.filter
def size(count: int) -> str:
    """Bytes, as people say them."""
    if count < 1000:
        return _("%(count)s bytes") % {"count": count}
    if count < 1_000_000:
        return _("%(count)s kB") % {"count": formats.number_format(count / 1000, 0)}
    return _("%(count)s MB") % {"count": formats.number_format(count / 1_000_000, 1)}


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
