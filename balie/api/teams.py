"""Teams: who answers, about what, and when."""

from __future__ import annotations

from datetime import time

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from balie.api import finding, shapes
from balie.api.door import caller_of
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.shapes import PersonShape
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.teams.models import Category, Team, WorkingSpan

router = Router(tags=["teams"])

_BY_ID = Order(name="teams", fields=("pk",))
_MEMBERS = Order(name="members", fields=("pk",))
_CATEGORIES = Order(name="categories", fields=("pk",))


class TeamShape(Schema):
    """`address` is how requests name their team; `mail_address` is where mail to it goes."""

    id: int
    name: str
    type: str
    address: str
    mail_address: str
    is_visible: bool = Field(description="Offered to requesters")
    is_private: bool = Field(description="Its requests exist for its members only")


class CategoryShape(Schema):
    id: int
    name: str


class SpanShape(Schema):
    """From and to on one day of the week; 0 is Monday."""

    weekday: int
    begins: time
    ends: time
    time_zone: str


@router.get("/teams", response=Page[TeamShape], operation_id="list_teams", summary="Teams")
def list_teams(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[TeamShape]:
    """Those that you may ask; for experts all."""
    found, following = _BY_ID.page(finding.teams_known_to(caller_of(request)), cursor=cursor, limit=limit)
    return Page(items=[_shown(team) for team in found], next=following)


@router.get("/teams/{team}", response=TeamShape, operation_id="get_team", summary="One team")
def get_team(request: HttpRequest, team: str) -> TeamShape:
    """By its address or id."""
    return _shown(_team_of(caller_of(request), team))


@router.get(
    "/teams/{team}/members", response=Page[PersonShape], operation_id="list_members", summary="Who works in a team"
)
def list_members(request: HttpRequest, team: str, cursor: Cursor = "", limit: Limit = 50) -> Page[PersonShape]:
    """For experts."""
    caller = caller_of(request)
    if not caller.is_expert:
        raise HttpError(403, "For experts.")
    found, following = _MEMBERS.page(_team_of(caller, team).members.all(), cursor=cursor, limit=limit)
    shown = shapes.people(found)
    return Page(items=[shown[person.pk] for person in found], next=following)


@router.get(
    "/teams/{team}/categories", response=Page[CategoryShape], operation_id="list_categories", summary="What a team is asked about"
)  # fmt: skip
def list_categories(request: HttpRequest, team: str, cursor: Cursor = "", limit: Limit = 50) -> Page[CategoryShape]:
    categories = Category.objects.filter(team=_team_of(caller_of(request), team), archived_at__isnull=True)
    found, following = _CATEGORIES.page(categories, cursor=cursor, limit=limit)
    return Page(items=[CategoryShape(id=one.pk, name=one.name) for one in found], next=following)


@router.get("/teams/{team}/hours", response=Page[SpanShape], operation_id="list_hours", summary="When a team works")
def list_hours(request: HttpRequest, team: str) -> Page[SpanShape]:
    zone = Organisation.current().time_zone
    spans = WorkingSpan.objects.filter(team=_team_of(caller_of(request), team))
    # A week has few spans: they are one page.
    found = spans.order_by("weekday", "begins", "pk")
    return Page(
        items=[SpanShape(weekday=one.weekday, begins=one.begins, ends=one.ends, time_zone=zone) for one in found],
        next=None,
    )


def _team_of(caller: Person, name: str) -> Team:
    team = finding.team_named(name, among=finding.teams_known_to(caller))
    if team is None:
        raise Http404
    return team


def _shown(team: Team) -> TeamShape:
    return TeamShape(
        id=team.pk, name=team.name, type=team.kind, address=team.address, mail_address=team.mail_address,
        is_visible=team.is_visible, is_private=team.is_private,
    )  # fmt: skip
