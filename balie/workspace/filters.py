"""What a list is of: a view, and what narrows it. An address, a saved view and a form say it in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from balie.sla.deadlines import State
from balie.tickets.models import Ticket
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import OPEN_GROUPS

LONGEST_QUERY = 400
_ALL_GROUPS = tuple(group.value for group in Group)
_OPEN_GROUPS = tuple(group.value for group in OPEN_GROUPS)
_PRIORITIES = frozenset(Ticket.Priority.values)
# Which promises a request may be asked for by.
SLA_STATES = (State.RUNNING.value, State.PAUSED.value, State.BREACHED.value, State.MET.value)


class View(StrEnum):
    """Whose requests."""

    ALL = "all"
    UNASSIGNED = "unassigned"
    MINE = "mine"
    FOLLOWED = "followed"
    SNOOZED = "snoozed"


class Due(StrEnum):
    """When an answer is expected."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    NEVER = "never"


class Order(StrEnum):
    """What stands first."""

    WORD = "word"
    DUE = "due"
    AGE = "age"
    PRIORITY = "priority"


_VIEWS, _DUES, _ORDERS = frozenset(View), frozenset(Due), frozenset(Order)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`group` is one of the four; without it, whatever is open, or for a search all. Numbers are primary keys."""

    view: View = View.ALL
    team: int | None = None
    group: str = ""
    status: int | None = None
    category: int | None = None
    priority: int | None = None
    requester: int | None = None
    due: str = ""
    sla: str = ""
    q: str = ""
    # Of a column of the board: the group that its status belonged to until now, while its requests still follow it.
    former_group: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> Self:
        """From an address or a saved view; what makes no sense is left out."""
        priority = _number(asked.get("priority"))
        return cls(
            view=View(asked["view"]) if asked.get("view") in _VIEWS else View.ALL,
            team=_number(asked.get("team")),
            group=str(asked["group"]) if asked.get("group") in _ALL_GROUPS else "",
            status=_number(asked.get("status")),
            category=_number(asked.get("category")),
            priority=priority if priority in _PRIORITIES else None,
            requester=_number(asked.get("requester")),
            due=str(asked["due"]) if asked.get("due") in _DUES else "",
            sla=str(asked["sla"]) if asked.get("sla") in SLA_STATES else "",
            q=" ".join(str(asked.get("q") or "").split())[:LONGEST_QUERY],
        )

    def written(self) -> dict[str, Any]:
        """What is not as it is without any filter: for an address, or a saved view."""
        plain = type(self)()
        told = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: str(value) if name == "view" else value for name, value in told if value != getattr(plain, name)}

    def without(self, name: str) -> Self:
        return replace(self, **{name: getattr(type(self)(), name)})

    @property
    def groups(self) -> tuple[str, ...]:
        """What is due, or asleep, is open. A search looks everywhere."""
        is_open = bool(self.due) or self.view == View.SNOOZED
        if self.group and not (is_open and self.group == Group.RESOLVED):
            return (self.group, self.former_group) if self.former_group else (self.group,)
        return _ALL_GROUPS if self.q and not is_open else _OPEN_GROUPS

    @property
    def is_of_open_ones(self) -> bool:
        return Group.RESOLVED not in self.groups

    @property
    def narrowing(self) -> tuple[str, ...]:
        """The names of the filters that are set, beside the view, the team and the group."""
        return tuple(
            name for name in ("status", "category", "priority", "requester", "due", "sla", "q") if getattr(self, name)
        )


def order_of(name: str, filters: Filters) -> Order:
    """What is resolved is due no more: it stands by its last word."""
    return Order(name) if name in _ORDERS and filters.is_of_open_ones else Order.WORD


def _number(asked: Any) -> int | None:
    written = str(asked or "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else None
