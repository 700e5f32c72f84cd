"""What teams promise: read by those who work there, set by their members."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema
from ninja import Status as Answer
from pydantic import Field

from balie.api import finding
from balie.api.door import caller_of
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.reading import Body, Line, Reference, read, schema_of
from balie.people.models import Person
from balie.sla import ruling
from balie.sla.models import Rule
from balie.sla.models.rule import USUAL_SHARE
from balie.sla.ruling import Wanted
from balie.teams.models import Category, Team

router = Router(tags=["sla rules"])

_BY_ID = Order(name="sla-rules", fields=("pk",))
Reopening = Literal["continue", "renew"]
Minutes = Annotated[int, Field(ge=1, le=int(ruling.LONGEST.total_seconds() // 60))]
Share = Annotated[int, Field(ge=1, le=99)]
Keys = Annotated[list[Line], Field(max_length=100)]
Names = Annotated[list[Reference], Field(max_length=200)]


class RuleShape(Schema):
    """Goals are minutes of the team's working time; null promises nothing. Without categories the rule is the general one."""

    id: int
    team: str = Field(description="Address of the team")
    categories: list[str] = Field(
        description="Names; a category's rule goes before the general one, which is then no fallback"
    )
    response_minutes: int | None
    resolution_minutes: int | None
    pauses_in: list[str] = Field(
        description="Keys of statuses in which time does not count, beside those of the group waiting"
    )
    on_reopening: Reopening
    warns_at: int | None = Field(description="Percent of the time after which people are warned")


class NewRule(Body):
    """A promise of one's own team."""

    team: Reference = Field(description="Address or id of the team")
    categories: Names = []
    response_minutes: Minutes | None = None
    resolution_minutes: Minutes | None = None
    pauses_in: Keys = []
    on_reopening: Reopening = "continue"
    warns_at: Share | None = USUAL_SHARE


class RuleChanges(Body):
    """What is not given stays."""

    categories: Names = []
    response_minutes: Minutes | None = None
    resolution_minutes: Minutes | None = None
    pauses_in: Keys = []
    on_reopening: Reopening = "continue"
    warns_at: Share | None = None


@router.get("/sla-rules", response=Page[RuleShape], operation_id="list_sla_rules", summary="What teams promise")
def list_sla_rules(
    request: HttpRequest, team: str | None = None, cursor: Cursor = "", limit: Limit = 50
) -> Page[RuleShape]:  # fmt: skip
    """Of the teams that you work in."""
    caller = caller_of(request)
    teams = Team.objects.worked_in_by(caller)
    if team is not None:
        found = finding.team_named(team, among=teams)
        teams = teams.filter(pk=found.pk if found else 0)
    rules = Rule.objects.filter(team__in=teams.order_by().values("pk")).select_related("team")
    rows, following = _BY_ID.page(rules.prefetch_related("categories", "pauses_in"), cursor=cursor, limit=limit)
    return Page(items=[_shown(rule) for rule in rows], next=following)


@router.post(
    "/sla-rules", response={201: RuleShape}, operation_id="add_sla_rule", summary="Promise something",
    openapi_extra=schema_of(NewRule),
)  # fmt: skip
def add_sla_rule(request: HttpRequest, response: HttpResponse) -> Answer[RuleShape]:
    """By a member of the team."""
    caller, asked = caller_of(request), read(request, NewRule)
    team = finding.team_meant("team", asked.team, among=Team.objects.worked_in_by(caller))
    rule = ruling.add(team, _wanted(team, asked), by=caller)
    response.headers["Location"] = reverse("api:get_sla_rule", args=[rule.pk])
    return Answer(201, _shown(rule))


@router.get("/sla-rules/{int:rule}", response=RuleShape, operation_id="get_sla_rule", summary="One promise")
def get_sla_rule(request: HttpRequest, rule: int) -> RuleShape:
    """Of a team that you work in."""
    return _shown(_rule_of(caller_of(request), rule))


@router.patch(
    "/sla-rules/{int:rule}", response=RuleShape, operation_id="change_sla_rule", summary="Change a promise",
    openapi_extra=schema_of(RuleChanges),
)  # fmt: skip
def change_sla_rule(request: HttpRequest, rule: int) -> RuleShape:
    """By a member of the team. Open requests are counted anew in the background."""
    caller, found = caller_of(request), _rule_of(caller_of(request), rule)
    changes = read(request, RuleChanges)
    told = {
        "categories": [one.pk for one in found.categories.all()], "response_minutes": _minutes(found.response),
        "resolution_minutes": _minutes(found.resolution), "pauses_in": [one.key for one in found.pauses_in.all()],
        "on_reopening": found.on_reopening, "warns_at": found.warns_at,
    } | {name: getattr(changes, name) for name in changes.model_fields_set}  # fmt: skip
    return _shown(ruling.change(found, _wanted(found.team, RuleChanges.model_validate(told)), by=caller))


@router.delete(
    "/sla-rules/{int:rule}", response={204: None}, operation_id="remove_sla_rule", summary="Promise it no more"
)
def remove_sla_rule(request: HttpRequest, rule: int) -> Answer[None]:
    """By a member of the team. What was kept stays kept."""
    ruling.remove(_rule_of(caller_of(request), rule), by=caller_of(request))
    return Answer(204, None)


def _wanted(team: Team, asked: NewRule | RuleChanges) -> Wanted:
    return Wanted(
        categories=tuple(_category(team, name) for name in asked.categories),
        response=_time(asked.response_minutes), resolution=_time(asked.resolution_minutes),
        pauses_in=tuple(finding.status_meant("pauses_in", key) for key in asked.pauses_in),
        on_reopening=asked.on_reopening, warns_at=asked.warns_at,
    )  # fmt: skip


def _category(team: Team, name: int | str) -> Category:
    return finding.category_meant("categories", name, team=team)


def _time(minutes: int | None) -> timedelta | None:
    return None if minutes is None else timedelta(minutes=minutes)


def _minutes(time: timedelta | None) -> int | None:
    return None if time is None else int(time.total_seconds() // 60)


def _rule_of(caller: Person, pk: int) -> Rule:
    if pk > finding.LARGEST_ID:
        raise Http404
    mine = Rule.objects.filter(team__in=Team.objects.worked_in_by(caller).order_by().values("pk"))
    found = mine.select_related("team").prefetch_related("categories", "pauses_in").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown(rule: Rule) -> RuleShape:
    return RuleShape(
        id=rule.pk, team=rule.team.address, categories=sorted(one.name for one in rule.categories.all()),
        response_minutes=_minutes(rule.response), resolution_minutes=_minutes(rule.resolution),
        pauses_in=sorted(one.key for one in rule.pauses_in.all()), on_reopening=rule.on_reopening,  # type: ignore[arg-type]  # its choices
        warns_at=rule.warns_at,
    )  # fmt: skip
