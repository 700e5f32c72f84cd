"""What stands beside the conversation: the request's facts, its requester, its tasks. One side of it at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest

from balie.people.disclosure import shown_to_experts
from balie.people.models import Person
from balie.people.rights import Rights
from balie.sla.badges import Badge, badge
from balie.tickets.models import Rating, Status, Ticket
from balie.workspace.task_forms import TaskForm

TABS = ("info", "requester", "tasks")
MOST_OF_THE_REQUESTER = 20


@dataclass(frozen=True, kw_only=True)
class Step:
    """One task as the checklist shows it."""

    pk: int
    title: str
    assignee: str
    due_on: date | None
    is_done: bool

    @property
    def is_open(self) -> bool:
        return not self.is_done


@dataclass(frozen=True, kw_only=True)
class Linked:
    """Another request that belongs to this one."""

    number: int
    subject: str
    status: str
    look: str
    mark: str


def tab_of(request: HttpRequest) -> str:
    """Which side the page shows; its forms say it as well, so that it stays."""
    asked = request.GET.get("tab") or request.POST.get("tab") or ""
    return asked if asked in TABS else TABS[0]


def panel_of(ticket: Ticket, *, reader: Person, tab: str) -> dict[str, Any]:
    """What the side asks for and nothing else."""
    steps = steps_of(ticket)
    shown: dict[str, Any] = {"tab": tab, "steps": steps, "steps_done": sum(step.is_done for step in steps)}
    if tab == "tasks":
        shown["task_form"] = TaskForm(ticket=ticket, by=reader, auto_id="new_task_%s")
    elif tab == "requester":
        others = _of_requester(ticket, reader=reader)
        shown["attributes"] = shown_to_experts(ticket.requester, narrowed_to=ticket.team.attributes_shown())
        shown["has_profile"] = Rights.of(reader).people().filter(pk=ticket.requester_id).exists()
        shown |= {"others": others[:MOST_OF_THE_REQUESTER], "has_more_others": len(others) > MOST_OF_THE_REQUESTER}
    else:
        shown |= {"links": linked_of(ticket), "promises": promises_of(ticket), "rating": rating_of(ticket)}
    return shown


def steps_of(ticket: Ticket) -> list[Step]:
    """From what `opened` brought along."""
    written: list[dict[str, Any]] = ticket.checklist  # type: ignore[attr-defined]
    return [
        Step(
            pk=one["id"], title=one["title"], assignee=one["assignee"] or "", is_done=one["done_at"] is not None,
            due_on=date.fromisoformat(one["due_on"]) if one["due_on"] else None,
        )
        for one in written
    ]  # fmt: skip


def linked_of(ticket: Ticket) -> list[Linked]:
    """From what `opened` brought along: only what the reader works on."""
    written: list[dict[str, Any]] = ticket.linked  # type: ignore[attr-defined]
    return [_linked(one) for one in written]


def _linked(one: dict[str, Any]) -> Linked:
    status = Status(key=one["key"], group=one["group"], names=one["names"], shade=one["shade"])
    return Linked(
        number=one["number"], subject=one["subject"], status=status.name, look=status.look, mark=status.mark
    )  # fmt: skip


def rating_of(ticket: Ticket) -> Rating | None:
    """From what `opened` brought along: what was said last of the answer."""
    written: dict[str, Any] | None = ticket.rated  # type: ignore[attr-defined]
    if written is None:
        return None
    moment = datetime.fromisoformat(written["changed_at"])
    return Rating(ticket=ticket, score=written["score"], comment=written["comment"], changed_at=moment)


def promises_of(ticket: Ticket) -> list[Badge]:
    """From what `opened` brought along: of each goal the clock that was started last."""
    written: list[dict[str, Any]] = ticket.promised  # type: ignore[attr-defined]
    newest = {one["goal"]: one for one in written}
    return [
        badge(
            one["goal"], one["state"], due_at=datetime.fromisoformat(one["due_at"]) if one["due_at"] else None,
            is_over=one["is_over"], is_paused=one["is_paused"],
        )
        for one in newest.values()
    ]  # fmt: skip


def _of_requester(ticket: Ticket, *, reader: Person) -> list[Ticket]:
    """Their other requests that the reader works on, newest first."""
    worked_on = Ticket.objects.worked_on_by(reader).filter(requester=ticket.requester_id).exclude(pk=ticket.pk)
    found = worked_on.listed().select_related("status", "team").order_by("-number")
    return list(found[: MOST_OF_THE_REQUESTER + 1])
