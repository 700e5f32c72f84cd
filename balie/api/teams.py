"""Teams: who answers, about what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from balie.api import finding, shapes
from balie.api.door import caller_of
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.shapes import PersonShape
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.platform import clock
from balie.teams import public_holidays
from balie.teams.models import Category, SpecialDay, Team, WorkingSpan
from balie.teams.working_hours import working_time
from balie.teams.working_time import NeverOpen, WorkingTime

router = Router(tags=["teams"])

_BY_ID = Order(name="teams", fields=("pk",))
_MEMBERS = Order(name="members", fields=("pk",))
_CATEGORIES = Order(name="categories", fields=("position", "pk"))


class TeamShape(Schema):
    """`address` is how requests name their team; `mail_address` is where mail to it goes."""

    id: int
    name: str
    type: str
    address: str
    mail_address: str
    is_visible: bool = Field(description="Offered to requesters")
    is_private: bool = Field(description="Its requests exist for its members only")
    is_archived: bool = Field(description="Asked no more")
    assigning: str = Field(description="Who gets new requests by themselves: `off`, `in_turn`, `least_open`")
    lead: int | None = Field(description="Id of the member who leads it; for experts")


class CategoryShape(Schema):
    """In the order that those who ask see; `called` is in the caller's language."""

    id: int
    name: str
    called: str
    description: str


class SpanShape(Schema):
    """From and to on one day of the week; 0 is Monday. What ends at 00:00 ends with its day."""

    weekday: int
    begins: time
    ends: time
    time_zone: str


class DayShape(Schema):
    """Days that are not worked as the week says: closed without `begins`; several of one day are several spans of it."""

    first: date
    last: date
    name: str
    begins: time | None
    ends: time | None


class HolidayShape(Schema):
    day: date
    name: str


class HoursShape(Page[SpanShape]):
    """The spans of a week; without any, the team works around the clock."""

    time_zone: str
    holiday_country: str = Field(description='ISO 3166-1, "" when no public holidays are free')
    holiday_region: str
    holidays: list[HolidayShape] = Field(description="Of this year and the next")
    special_days: list[DayShape] = Field(description="Those that are not over")
    is_open: bool = Field(description="Whether the team works now")
    next_opening: datetime | None
    usual_answer: float | None = Field(description="Four in five are answered within so many hours of working time")


@router.get("/teams", response=Page[TeamShape], operation_id="list_teams", summary="Teams")
def list_teams(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[TeamShape]:
    """Those that you may ask; for experts all."""
    found, following = _BY_ID.page(finding.teams_known_to(caller_of(request)), cursor=cursor, limit=limit)
    return Page(items=[shown(team, to=caller_of(request)) for team in found], next=following)


@router.get("/teams/{team}", response=TeamShape, operation_id="get_team", summary="One team")
def get_team(request: HttpRequest, team: str) -> TeamShape:
    """By its address or id."""
    return shown(_team_of(caller_of(request), team), to=caller_of(request))


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
    return Page(items=[shown_category(one) for one in found], next=following)


@router.get("/teams/{team}/hours", response=HoursShape, operation_id="list_hours", summary="When a team works")
def list_hours(request: HttpRequest, team: str) -> HoursShape:
    """The week, its exceptions, and how long answers take."""
    found = _team_of(caller_of(request), team)
    zone = found.time_zone or Organisation.current().time_zone
    now = clock.now()
    today = now.astimezone(ZoneInfo(zone)).date()
    time_worked = working_time(found)
    return HoursShape(
        # A week has few spans: they are one page.
        items=[
            SpanShape(weekday=one.weekday, begins=one.begins, ends=one.ends, time_zone=zone)
            for one in WorkingSpan.objects.filter(team=found).order_by("weekday", "begins", "pk")
        ],
        next=None,
        time_zone=zone,
        holiday_country=found.holiday_country,
        holiday_region=found.holiday_region,
        holidays=[
            HolidayShape(day=day, name=name)
            for year in (today.year, today.year + 1)
            for day, name in _holidays(found, year).items()
        ],
        special_days=[
            DayShape(first=one.first, last=one.last, name=one.name, begins=one.begins, ends=one.ends)
            for one in SpecialDay.objects.filter(team=found, last__gte=today)
        ],
        is_open=time_worked.is_open(now),
        next_opening=_next_opening(time_worked, now),
        usual_answer=found.usual_answer.total_seconds() / 3600 if found.usual_answer is not None else None,
    )


def _holidays(team: Team, year: int) -> Mapping[date, str]:
    return public_holidays.holidays_in(team.holiday_country, team.holiday_region, year, get_language() or "")


def _next_opening(worked: WorkingTime, now: datetime) -> datetime | None:
    try:
        return worked.next_opening(now)
    except NeverOpen:
        return None


def _team_of(caller: Person, name: str) -> Team:
    team = finding.team_named(name, among=finding.teams_known_to(caller))
    if team is None:
        raise Http404
    return team


def shown(team: Team, *, to: Person | None = None) -> TeamShape:
    """`lead` is for experts; without `to` for whoever may change the team."""
    return TeamShape(
        id=team.pk, name=team.name, type=team.kind, address=team.address, mail_address=team.mail_address,
        is_visible=team.is_visible, is_private=team.is_private, is_archived=team.archived_at is not None,
        assigning=team.assigning, lead=team.lead_id if to is None or to.is_expert else None,
    )  # fmt: skip


def shown_category(category: Category) -> CategoryShape:
    return CategoryShape(
        id=category.pk, name=category.name, called=category.called, description=category.description
    )  # fmt: skip
