"""What PATCH changes of a request: each field is a verb of the request, and all of them happen or none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import Field

from balie.api import finding
from balie.api.reading import Body, Line, Moment, Reference
from balie.api.shapes import PRIORITIES, GroupName, PriorityName
from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets import moving, refusals
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group

# The team last of all but what depends on it: after a move the request may not be the caller's any more.
_IN_ORDER = (
    "subject", "priority", "due_on", "followers", "snoozed_until", "status", "group", "requester", "team", "category",
    "assignee",
)  # fmt: skip
_OPEN_TO_REQUESTERS = frozenset({"group", "status"})


class RequestChanges(Body):
    """What is left out stays as it is."""

    subject: Annotated[Line, Field(max_length=255)] = ""
    team: Reference = Field("", description="Address or id of the team")
    category: Reference | None = Field(None, description="Name or id of a category of the team")
    status: Line = Field("", description="Key of the status")
    group: GroupName = Field("todo", description="The preset status of this group; `resolved` resolves")
    priority: PriorityName = "normal"
    assignee: Reference | None = Field(None, description="Id or address of a person, `me`, or null")
    requester: Reference = Field("", description="Id or address of a person")
    followers: Annotated[list[Reference], Field(max_length=200)] = Field(
        [], description="All of them: ids or addresses"
    )
    due_on: date | None = None
    snoozed_until: Moment | None = None

    def apply(self, ticket: Ticket, *, by: Person) -> None:
        """Raises refusals of the verbs, and `Unfit`."""
        given = self.model_fields_set
        # Before anybody is looked up by their address: only who works on the request may ask for that.
        if given - _OPEN_TO_REQUESTERS and not ticket.is_worked_on_by(by):
            raise refusals.OwnRequest if ticket.requester_id == by.pk else refusals.NotYours
        for field in _IN_ORDER:
            if field in given:
                _VERBS[field](self, ticket, by)


def _rename(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    ticket.rename(changes.subject, by=by)


def _prioritise(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    ticket.prioritise(PRIORITIES[changes.priority], by=by)


def _expect(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    ticket.expect_by(changes.due_on, by=by)


def _snooze(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    if changes.snoozed_until is None:
        ticket.wake(by=by)
    else:
        ticket.snooze(changes.snoozed_until, by=by)


def _take_status(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    _go_to(finding.status_meant("status", changes.status), ticket, by)


def _take_group(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    if ticket.group != changes.group:
        _go_to(Status.preset(Group(changes.group)), ticket, by)


def _go_to(status: Status, ticket: Ticket, by: Person) -> None:
    # Whoever asked may close and reopen; every other status is the team's to choose.
    is_preset = status.key == status.group
    if is_preset and status.group == Group.RESOLVED and ticket.is_open:
        ticket.resolve(by=by)
    elif is_preset and status.group == Group.IN_PROGRESS and not ticket.is_open:
        ticket.reopen(by=by)
    else:
        ticket.take_status(status, by=by)


def _hand_over(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    moving.hand_to_requester(ticket, requester=finding.person_meant("requester", changes.requester, caller=by), by=by)


def _move(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    moving.move(ticket, to=finding.team_meant("team", changes.team, among=Team.objects.active()), by=by)


def _categorise(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    name = changes.category
    ticket.categorise(None if name is None else finding.category_meant("category", name, team=ticket.team), by=by)


def _assign(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    name = changes.assignee
    is_nobody = name is None or name in ("", "none")
    ticket.assign(None if is_nobody else finding.person_meant("assignee", name or "", caller=by), by=by)


def _let_follow(changes: RequestChanges, ticket: Ticket, by: Person) -> None:
    wanted = {person.pk: person for name in changes.followers for person in [_follower(name, by)]}
    following = {person.pk: person for person in ticket.followers.all()}
    for pk in following.keys() - wanted.keys():
        ticket.unfollow(following[pk], by=by)
    for pk in wanted.keys() - following.keys():
        ticket.follow(wanted[pk], by=by)


def _follower(name: int | str, by: Person) -> Person:
    return finding.person_meant("followers", name, caller=by)


_VERBS: dict[str, Callable[[RequestChanges, Ticket, Person], None]] = {
    "subject": _rename, "priority": _prioritise, "due_on": _expect, "followers": _let_follow, "snoozed_until": _snooze,
    "status": _take_status, "group": _take_group, "requester": _hand_over, "team": _move, "category": _categorise,
    "assignee": _assign,
}  # fmt: skip
