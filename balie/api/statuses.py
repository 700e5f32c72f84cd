"""The statuses that a request can have; administrators make and change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja import Status as Answer
from pydantic import Field

from balie.api import finding
from balie.api.door import caller_of
from balie.api.lists import Page
from balie.api.problems import Unfit
from balie.api.reading import Body, Line, Reference, read, schema_of
from balie.api.shapes import GroupName
from balie.people.models import Area, Person
from balie.people.rights import Rights
from balie.platform.characters import clean_name
from balie.teams.models import Team
from balie.tickets import defining, refusals
from balie.tickets.defining import Definition
from balie.tickets.models import FirstStatus, Status
from balie.tickets.models.status import Group, Shade

router = Router(tags=["statuses"])

Colour = Literal["", "sea", "sky", "plum", "rose", "rust", "moss", "slate"]
Names = dict[Literal["en", "de", "nl", "fr", "es", "it"], Annotated[Line, Field(max_length=60)]]


class StatusShape(Schema):
    """`name` is in the caller's language; requests name their status by `key`."""

    key: str
    name: str
    name_for_requester: str = Field(description="What whoever asked reads instead")
    group: GroupName
    colour: str
    is_preset: bool
    is_default: bool = Field(description="New requests begin with it, unless their team says otherwise")
    teams: list[int] = Field(description="Whose requests can have it; those of every team when there are none")


class NewStatus(Body):
    """`names` by code of language; that of the organisation's language is needed, and read by whoever has no other."""

    names: Names
    names_for_requester: Names = {}
    group: GroupName
    colour: Colour = ""
    teams: Annotated[list[Reference], Field(max_length=500)] = []


class StatusChanges(Body):
    """What is left out stays as it is. Another group makes the requests that have it belong to that group."""

    names: Names = {}
    names_for_requester: Names = {}
    group: GroupName = "todo"
    colour: Colour = ""
    teams: Annotated[list[Reference], Field(max_length=500)] = []


class Replacing(Body):
    replacement: Line = Field(description="Key of a status of the same group, which its requests get")


@router.get("/statuses", response=Page[StatusShape], operation_id="list_statuses", summary="Statuses, in their order")
def list_statuses(request: HttpRequest, team: str = "") -> Page[StatusShape]:
    """With `team` those that its requests can have. Teams that you do not know of are not named."""
    caller = caller_of(request)
    known = finding.teams_known_to(caller)
    statuses = Status.objects.active()
    if team:
        found = finding.team_named(team, among=known)
        statuses = statuses.used_in(found) if found is not None else statuses.none()
    numbers = set(known.values_list("pk", flat=True))
    statuses = statuses.filter(Q(teams__isnull=True) | Q(teams__in=numbers)).distinct()
    first = _first()
    return Page(items=[_shown(one, first, numbers) for one in statuses.prefetch_related("teams")], next=None)


@router.post(
    "/statuses", response={201: StatusShape}, operation_id="create_status", summary="A new status",
    openapi_extra=schema_of(NewStatus),
)  # fmt: skip
def create_status(request: HttpRequest) -> Answer[StatusShape]:
    caller = caller_of(request)
    _refuse_unless_theirs(caller)
    asked = read(request, NewStatus)
    made = defining.make(
        Definition(
            names=_clean(asked.names), requester_names=_clean(asked.names_for_requester), group=Group(asked.group),
            shade=Shade(asked.colour), teams=_teams(asked.teams),
        ),
        by=caller,
    )  # fmt: skip
    return Answer(201, _shown(made, _first()))


@router.patch(
    "/statuses/{key}", response=StatusShape, operation_id="change_status", summary="Change a status",
    openapi_extra=schema_of(StatusChanges),
)  # fmt: skip
def change_status(request: HttpRequest, key: str) -> StatusShape:
    """Few requests follow at once, many within minutes."""
    caller, status = caller_of(request), _named(request, key)
    changes = read(request, StatusChanges)
    given = changes.model_fields_set
    definition = Definition(
        names=_clean(changes.names) if "names" in given else status.names,
        requester_names=_clean(changes.names_for_requester) if "names_for_requester" in given else status.requester_names,
        group=Group(changes.group if "group" in given else status.group),
        shade=Shade(changes.colour if "colour" in given else status.shade),
        teams=_teams(changes.teams) if "teams" in given else list(status.teams.all()),
    )  # fmt: skip
    defining.redefine(status, definition, by=caller)
    return _shown(status, _first())


@router.post(
    "/statuses/{key}/archive", response={204: None}, operation_id="archive_status", summary="Archive a status",
    openapi_extra=schema_of(Replacing),
)  # fmt: skip
def archive_status(request: HttpRequest, key: str) -> Answer[None]:
    status = _named(request, key)
    replacement = finding.status_meant("replacement", read(request, Replacing).replacement)
    defining.archive(status, replacement=replacement, by=caller_of(request))
    return Answer(204, None)


def _named(request: HttpRequest, key: str) -> Status:
    _refuse_unless_theirs(caller_of(request))
    status = Status.objects.active().filter(key=key[:40]).first()
    if status is None:
        raise Http404
    return status


def _refuse_unless_theirs(caller: Person) -> None:
    """Before anything of what they sent is read: whoever may not change statuses learns nothing from it."""
    if not Rights.of(caller).may_open(Area.STATUSES, edit=True):
        raise refusals.NoRightToStatuses


def _teams(names: list[int | str]) -> list[Team]:
    found = [finding.team_named(name, among=Team.objects.active()) for name in names]
    if None in found:
        raise Unfit("teams")
    return [team for team in found if team is not None]


def _clean(names: Mapping[Any, str]) -> dict[str, str]:
    return {code: clean_name(name) for code, name in names.items()}


def _first() -> int | None:
    return FirstStatus.objects.filter(team=None).values_list("status", flat=True).first()


def _shown(status: Status, first: int | None, known: set[int] | None = None) -> StatusShape:
    teams = [team.pk for team in status.teams.all() if known is None or team.pk in known]
    return StatusShape(
        key=status.key, name=status.name, name_for_requester=status.name_for_requester,
        group=status.group,  # type: ignore[arg-type]  # its choices
        colour=status.shade, is_preset=status.is_preset, teams=teams,
        is_default=status.pk == first if first is not None else status.key == Group.TODO.value,
    )  # fmt: skip
