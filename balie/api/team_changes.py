"""What a program changes about teams: the same as their pages, by the same verbs.

On the router of `teams.py`, since an address that reads and an address that writes are one.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Status
from pydantic import Field

from balie.api import finding, shapes
from balie.api.door import caller_of
from balie.api.problems import Unfit
from balie.api.reading import Body, Line, Reference, read, schema_of
from balie.api.shapes import PersonShape
from balie.api.teams import CategoryShape, HoursShape, TeamShape, list_hours, router, shown, shown_category
from balie.people.models import Person
from balie.platform.characters import clean_name
from balie.teams import refusals, shaping, working_hours
from balie.teams.models import Category, Team
from balie.teams.models.team import LOCAL_PART
from balie.teams.shaping import Description, Outline
from balie.tickets import archiving, dismissing, recategorising

Kind = Literal["hr", "it", "finance", "facilities", "legal", "office", "other"]
Name = Annotated[Line, Field(min_length=1, max_length=120)]
LocalPart = Annotated[str, Field(max_length=40, pattern=LOCAL_PART.regex.pattern)]


class NewTeam(Body):
    name: Name
    type: Kind = "other"
    address: LocalPart | None = Field(None, description="The part before the @; made from the name when left out")
    is_visible: bool = True
    is_private: bool | None = Field(None, description="Left out, HR and Legal are private")


class TeamChanges(Body):
    """What is left out stays as it is."""

    name: Name = "-"
    type: Kind = "other"
    address: LocalPart = "-"
    is_visible: bool = True
    is_private: bool = False
    lead: Reference | None = Field(None, description="Id or address of a member, or null")
    assigning: Literal["off", "in_turn", "least_open"] = Field("off", description="Who gets new requests by themselves")


class NewMember(Body):
    person: Reference = Field(description="Id or address of an expert")


class Archiving(Body):
    """What becomes of the open requests, and of what is written to the team from then on."""

    requests: Literal["move", "resolve"] | None = Field(None, description="Needed when requests are open")
    move_to: Reference | None = None
    successor: Reference | None = Field(None, description="Who gets its mail; without one it comes back to its sender")


class NewCategory(Body):
    name: Name


class CategoryChanges(Body):
    """What is left out stays as it is."""

    name: Name = "-"
    description: Annotated[Line, Field(max_length=200)] = ""
    is_archived: bool = False
    merged_into: int = Field(0, description="Id of another category of the team, which its requests get")


class NewSpan(Body):
    weekday: Annotated[int, Field(ge=0, le=6)]
    begins: time
    ends: time


class NewHours(Body):
    """The whole week; without spans the team works around the clock."""

    items: Annotated[list[NewSpan], Field(max_length=7 * working_hours.MOST_SPANS)]
    time_zone: Annotated[Line, Field(max_length=64)] = ""
    holiday_country: Annotated[Line, Field(max_length=2)] = ""
    holiday_region: Annotated[Line, Field(max_length=40)] = ""


@router.post(
    "/teams", response={201: TeamShape}, operation_id="create_team", summary="A new team", openapi_extra=schema_of(NewTeam)
)  # fmt: skip
def create_team(request: HttpRequest, response: HttpResponse) -> Status[TeamShape]:
    """You are its first member. It begins with categories that suit its type."""
    asked = read(request, NewTeam)
    outline = Outline(
        name=clean_name(asked.name), kind=Team.Kind(asked.type), address=asked.address or "", is_visible=asked.is_visible,
        is_private=asked.is_private,
    )  # fmt: skip
    team = shaping.found(outline, by=caller_of(request))
    response.headers["Location"] = reverse("api:get_team", args=[team.pk])
    return Status(201, shown(team))


@router.patch(
    "/teams/{team}", response=TeamShape, operation_id="change_team", summary="Change a team",
    openapi_extra=schema_of(TeamChanges),
)  # fmt: skip
def change_team(request: HttpRequest, team: str) -> TeamShape:
    """All of the changes or none. What is written to a former address still arrives."""
    caller, found = caller_of(request), _own(request, team)
    changes = read(request, TeamChanges)
    given = changes.model_fields_set
    lead = found.lead
    if "lead" in given:
        lead = None if changes.lead is None else finding.person_meant("lead", changes.lead, caller=caller)
    outline = Outline(
        name=clean_name(changes.name) if "name" in given else found.name,
        kind=Team.Kind(changes.type if "type" in given else found.kind),
        address=changes.address if "address" in given else "",
        is_visible=changes.is_visible if "is_visible" in given else found.is_visible,
        is_private=changes.is_private if "is_private" in given else None,
        strangers=Team.Strangers(found.strangers), lead=lead,
    )  # fmt: skip
    shaping.reshape(found, outline, by=caller)
    if "assigning" in given:
        shaping.let_requests_go_to(found, Team.Assigning(changes.assigning), by=caller)
    return shown(found)


@router.post(
    "/teams/{team}/archive", response=TeamShape, operation_id="archive_team", summary="Archive a team",
    openapi_extra=schema_of(Archiving),
)  # fmt: skip
def archive_team(request: HttpRequest, team: str) -> TeamShape:
    """Together with its open requests, or not at all."""
    asked, found = read(request, Archiving), _own(request, team)
    others = Team.objects.active()
    archiving.archive(
        found, by=caller_of(request), resolving=asked.requests == "resolve",
        move_to=finding.team_meant("move_to", asked.move_to or "", among=others) if asked.requests == "move" else None,
        successor=None if asked.successor is None else finding.team_meant("successor", asked.successor, among=others),
    )  # fmt: skip
    return shown(found)


@router.post(
    "/teams/{team}/unarchive", response=TeamShape, operation_id="unarchive_team", summary="Bring a team back"
)  # fmt: skip
def unarchive_team(request: HttpRequest, team: str) -> TeamShape:
    found = _own(request, team)
    shaping.unarchive(found, by=caller_of(request))
    return shown(found)


@router.post(
    "/teams/{team}/members", response={201: PersonShape}, operation_id="add_member", summary="Take somebody into a team",
    openapi_extra=schema_of(NewMember),
)  # fmt: skip
def add_member(request: HttpRequest, team: str) -> Status[PersonShape]:
    caller, found = caller_of(request), _own(request, team)
    person = finding.person_meant("person", read(request, NewMember).person, caller=caller)
    shaping.take_in(person, team=found, by=caller)
    return Status(201, shapes.people([person])[person.pk])


@router.delete(
    "/teams/{team}/members/{int:id}", response={204: None}, operation_id="remove_member", summary="Let somebody go from a team"
)  # fmt: skip
def remove_member(request: HttpRequest, team: str, id: int, heir: int | None = None) -> Status[None]:
    """Their open requests in the team go to the `heir`, the id of another member, or become unassigned."""
    found = _own(request, team)
    person = found.members.filter(pk=_possible(id)).first()
    if person is None:
        raise Http404
    heirs = {one.pk: one for one in dismissing.heirs_of(person, team=found)}
    if heir is not None and heir not in heirs:
        raise Unfit("heir", _("Only somebody who works in the team can be assigned."))
    dismissing.let_go(person, team=found, by=caller_of(request), heir=heirs[heir] if heir is not None else None)
    return Status(204, None)


@router.post(
    "/teams/{team}/categories", response={201: CategoryShape}, operation_id="add_category", summary="A new category",
    openapi_extra=schema_of(NewCategory),
)  # fmt: skip
def add_category(request: HttpRequest, team: str) -> Status[CategoryShape]:
    """The last one; an archived one of this name comes back."""
    name = clean_name(read(request, NewCategory).name)
    return Status(201, shown_category(shaping.add_category(_own(request, team), name, by=caller_of(request))))


@router.patch(
    "/teams/{team}/categories/{int:id}", response=CategoryShape, operation_id="change_category", summary="Change a category",
    openapi_extra=schema_of(CategoryChanges),
)  # fmt: skip
def change_category(request: HttpRequest, team: str, id: int) -> CategoryShape:
    """Its requests follow a merge at once when they are few, else within minutes."""
    caller, found = caller_of(request), _own(request, team)
    changes = read(request, CategoryChanges)
    given = changes.model_fields_set
    category = Category.objects.select_related("team").filter(team=found, pk=_possible(id)).first()
    if category is None:
        raise Http404
    if given & {"name", "description"}:
        described = Description(
            name=clean_name(changes.name) if "name" in given else "", names=category.names, words=category.words,
            description=changes.description if "description" in given else category.description,
        )  # fmt: skip
        shaping.describe(category, described, by=caller)
    if "is_archived" in given and changes.is_archived:
        shaping.archive_category(category, by=caller)
    elif "is_archived" in given and category.archived_at is not None:
        shaping.add_category(found, category.name, by=caller)
    if "merged_into" in given:
        into = Category.objects.filter(team=found, pk=_possible(changes.merged_into)).first()
        if into is None:
            raise Unfit("merged_into", _("The team has no such category."))
        recategorising.merge(category, into=into, by=caller)
    category.refresh_from_db()
    return shown_category(category)


@router.put(
    "/teams/{team}/hours", response=HoursShape, operation_id="set_hours", summary="Set when a team works",
    openapi_extra=schema_of(NewHours),
)  # fmt: skip
def set_hours(request: HttpRequest, team: str) -> HoursShape:
    asked = read(request, NewHours)
    hours = working_hours.Hours(
        spans=[(one.weekday, one.begins.replace(tzinfo=None), one.ends.replace(tzinfo=None)) for one in asked.items],
        time_zone=asked.time_zone, country=asked.holiday_country, region=asked.holiday_region,
    )  # fmt: skip
    working_hours.set_hours(_own(request, team), hours, by=caller_of(request))
    return list_hours(request, team)


def _own(request: HttpRequest, name: str) -> Team:
    """A team that the caller may change: 404 for what they do not know of, 403 for what is not theirs."""
    caller: Person = caller_of(request)
    known = finding.teams_known_to(caller) if not caller.is_expert else Team.objects.all()
    team = finding.team_named(name, among=known)
    if team is None:
        raise Http404
    if not shaping.shaped_by(team, caller):
        raise refusals.NotYourTeam
    return team


def _possible(number: int) -> int:
    return number if 0 < number <= finding.LARGEST_ID else 0
