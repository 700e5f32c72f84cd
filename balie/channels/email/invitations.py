"""Calendar invitations (iTIP, RFC 5546): what a person would want to read of them, in words."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Calendar

from balie.platform.characters import clean_name, clean_text

LARGEST = 1_000_000
MOST_EVENTS = 5
_LONGEST_DESCRIPTION = 2_000


def summary(content: bytes) -> str:
    """What is planned, when, where and by whom, a line each; "" when it cannot be read."""
    if len(content) > LARGEST:
        return ""
    try:
        calendar = Calendar.from_ical(content)
        method = str(calendar.get("method", "")).upper()
        events = [_event(event, method) for event in calendar.walk("VEVENT")[:MOST_EVENTS]]
    except Exception:  # hostile calendars make the library raise nearly anything
        return ""
    return "\n\n".join(event for event in events if event)


def _event(event: Any, method: str) -> str:
    title = clean_name(str(event.get("summary", "")))
    cancelled = method == "CANCEL" or str(event.get("status", "")).upper() == "CANCELLED"
    heading = _("Cancelled: %(title)s") if cancelled else _("Invitation: %(title)s")
    if method == "REPLY":
        heading = _("Answer to an invitation: %(title)s")
    lines = [heading % {"title": title or _("no title")}]
    if when := _span(event):
        lines.append(_("When: %(when)s") % {"when": when})
    if where := clean_name(str(event.get("location", ""))):
        lines.append(_("Where: %(where)s") % {"where": where})
    if organiser := clean_name(str(event.get("organizer", "")).lower().removeprefix("mailto:")):
        lines.append(_("Organiser: %(organiser)s") % {"organiser": organiser})
    description = clean_text(str(event.get("description", "")))[:_LONGEST_DESCRIPTION].strip()
    return "\n".join([*lines, *(["", description] if description else [])])


def _span(event: Any) -> str:
    starts, ends = _moment(event.get("dtstart")), _moment(event.get("dtend"))
    if starts is None:
        return ""
    text = _written(starts)
    if ends is None or ends == starts:
        return text
    is_same_day = isinstance(starts, datetime) and isinstance(ends, datetime) and starts.date() == ends.date()
    return f"{text} – {ends:%H:%M}" if is_same_day else f"{text} – {_written(ends)}"


def _moment(value: Any) -> date | None:
    moment = getattr(value, "dt", None)
    return moment if isinstance(moment, date) else None


def _written(moment: date) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    zone = getattr(moment.tzinfo, "key", None) or (moment.tzname() if moment.tzinfo else "")
    return f"{moment:%Y-%m-%d %H:%M}{f' ({zone})' if zone else ''}"
