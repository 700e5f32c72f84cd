"""What a notice says, in the language of whoever reads it: the same in the bell, in a mail and in a browser's notice."""

from __future__ import annotations

from django.utils.translation import gettext

from balie.channels.notices.kinds import Kind
from balie.organisation.models import Organisation
from balie.tickets.models import Event, Ticket


def line(event: Event | None, kind: str, *, ticket: Ticket, organisation: Organisation) -> str:
    """One sentence: who did what. `kind` is the reason why the reader is told, or ""."""
    names = {
        "name": event.by.name if event and event.by else organisation.name,
        "team": ticket.team.called,
        "file": event.details.get("file", "") if event else "",
    }
    return (_of_reason(kind, event) or _of_event(event) or gettext("Something happened to this request")) % names


def _of_reason(kind: str, event: Event | None) -> str:
    """The event alone does not say it, or not to this reader."""
    match kind:
        case Kind.MENTIONED:
            return gettext("%(name)s mentioned you")
        case Kind.TASK:
            return gettext("%(name)s gave you a task")
        case Kind.DUE:
            return gettext("This request is due today")
        case Kind.OVERDUE:
            return gettext("This request has missed its due date")
        case Kind.SLA_WARNED if _is_of_answer(event):
            return gettext("An answer to this request is due soon")
        case Kind.SLA_WARNED:
            return gettext("A solution of this request is due soon")
        case Kind.SLA_MISSED if _is_of_answer(event):
            return gettext("The promised answer to this request is late")
        case Kind.SLA_MISSED:
            return gettext("The promised solution of this request is late")
        case Kind.REFUSED if event is not None and event.kind == Event.Kind.FILE_LEFT:
            return gettext("The file “%(file)s” of your answer was not passed on")
        case Kind.REFUSED:
            return gettext("Your answer could not be delivered")
        case Kind.SOLVED:
            return gettext("%(name)s resolved your request")
    return ""


def _is_of_answer(event: Event | None) -> bool:
    return event is not None and event.details.get("goal") == "response"


def _of_event(event: Event | None) -> str:
    match event.kind if event else "":
        case Event.Kind.OPENED:
            return gettext("New request from %(name)s for %(team)s")
        case Event.Kind.HEARD:
            return gettext("%(name)s wrote")
        case Event.Kind.REPLIED:
            return gettext("%(name)s answered")
        case Event.Kind.NOTED:
            return gettext("%(name)s wrote a note")
        case Event.Kind.ASSIGNED:
            return gettext("%(name)s assigned this request to you")
        case Event.Kind.MOVED:
            return gettext("%(name)s moved this request to %(team)s")
        case Event.Kind.RESOLVED:
            return gettext("%(name)s resolved this request")
        case Event.Kind.REOPENED:
            return gettext("%(name)s reopened this request")
    return ""
