"""What people are told of, and how, unless they choose otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person


class Kind(models.TextChoices):
    """Why somebody is told of an event. Of several reasons the first one that fits in `telling.py` counts."""

    NEW_REQUEST = "new_request", _("A new request in my team")
    ASSIGNED = "assigned", _("A request is assigned to me")
    TASK = "task", _("A task is given to me")
    MESSAGE = "message", _("A new message on what I own or follow")
    MENTIONED = "mentioned", _("Somebody mentions me")
    NOTE = "note", _("A note on what I own or follow")
    STATUS = "status", _("What I own or follow is resolved or reopened")
    DUE = "due", _("What I own or follow is due today")
    OVERDUE = "overdue", _("What I own or follow has missed its due date")
    SLA_WARNED = "sla_warned", _("A promised time on what I own is nearly over")
    SLA_MISSED = "sla_missed", _("A promised time on what I own was missed")
    REFUSED = "refused", _("My reply could not be delivered")
    ANSWER = "answer", _("An answer to my request, or one that I follow")
    SOLVED = "solved", _("My request is resolved")


class Way(models.TextChoices):
    """How a notice is sent to somebody who has no page open. There is one for each kind, so that nothing comes twice."""

    NONE = "none", _("Not sent")
    PUSH = "push", _("Browser")
    EMAIL = "email", _("Email")


@dataclass(frozen=True, kw_only=True)
class Told:
    """Whether the bell lists it, and how it is sent."""

    listed: bool = True
    way: str = Way.EMAIL

    @property
    def at_all(self) -> bool:
        return self.listed or self.way != Way.NONE


# What everybody hears as a requester; these may also be told to those who take part in a request and do not work on it.
OF_REQUESTERS: Final = (Kind.ANSWER, Kind.SOLVED)
# What stands in the inbox anyway, and needs nobody at once.
_NOT_SENT: Final = frozenset({Kind.STATUS, Kind.DUE})


def offered_to(person: Person) -> list[Kind]:
    """What this person can be told of, by their role."""
    return list(Kind) if person.is_expert else list(OF_REQUESTERS)


def usual(kind: str) -> Told:
    """How one is told who has chosen nothing."""
    return Told(way=Way.NONE if kind in _NOT_SENT else Way.EMAIL)
