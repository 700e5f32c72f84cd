"""Setting a team's rules: by its members, and checked against its working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction

from balie.people.models import Person
from balie.platform import clock as time_now
from balie.platform.alphabet import placed
from balie.sla import recomputing, refusals
from balie.sla.models import Rule, RuleCategory
from balie.sla.models.rule import USUAL_SHARE
from balie.teams.models import Category, Team
from balie.teams.working_hours import working_time
from balie.teams.working_time import NeverOpen
from balie.tickets.models import Status
from balie.tickets.models.status import Group

LONGEST: Final = timedelta(hours=9999, minutes=59)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a rule is to say. Without categories it is the team's general one."""

    categories: tuple[Category, ...] = ()
    response: timedelta | None = None
    resolution: timedelta | None = None
    pauses_in: tuple[Status, ...] = ()
    on_reopening: str = Rule.Reopening.CONTINUE.value
    warns_at: int | None = USUAL_SHARE

    @property
    def is_general(self) -> bool:
        return not self.categories


def may_set(team: Team, person: Person) -> bool:
    """Only members of a team set its rules; an administrator who is none does not (product, SLAs)."""
    return person.is_expert and team.has_member(person)


def add(team: Team, wanted: Wanted, *, by: Person) -> Rule:
    """A new rule; raises `TeamRefused`."""
    return _set(Rule(team=team), wanted, by=by)


def change(rule: Rule, wanted: Wanted, *, by: Person) -> Rule:
    """Raises `TeamRefused`."""
    return _set(rule, wanted, by=by)


def remove(rule: Rule, *, by: Person) -> None:
    """What it promised ends, unless it was kept already."""
    _refuse_unless_member(rule.team, by)
    with transaction.atomic():
        rule.delete()
        recomputing.begin(rule.team)


def _set(rule: Rule, wanted: Wanted, *, by: Person) -> Rule:
    team = rule.team
    _refuse_unless_member(team, by)
    _refuse_unless_possible(team, wanted)
    rule.is_general, rule.response, rule.resolution = wanted.is_general, wanted.response, wanted.resolution
    rule.on_reopening, rule.warns_at = wanted.on_reopening, wanted.warns_at
    with transaction.atomic():
        _refuse_if_another_has(team, rule, wanted)
        try:
            with transaction.atomic():
                rule.save()
                RuleCategory.objects.filter(rule=rule).exclude(category__in=wanted.categories).delete()
                RuleCategory.objects.bulk_create(
                    RuleCategory(rule=rule, category=one)
                    for one in wanted.categories
                    if not RuleCategory.objects.filter(rule=rule, category=one).exists()
                )
        except IntegrityError:
            # Two members at once: the other one was there first.
            _refuse_if_another_has(team, rule, wanted)
            raise
        # In the groups Waiting and Resolved no clock runs anyway.
        rule.pauses_in.set([one for one in wanted.pauses_in if one.group not in (Group.WAITING, Group.RESOLVED)])
        recomputing.begin(team)
    return rule


def _refuse_unless_member(team: Team, person: Person) -> None:
    if not may_set(team, person):
        raise refusals.NotAMember


def _refuse_unless_possible(team: Team, wanted: Wanted) -> None:
    goals = [goal for goal in (wanted.response, wanted.resolution) if goal is not None]
    if wanted.is_general and not goals:
        raise refusals.NothingPromised
    if any(goal <= timedelta(0) for goal in goals):
        raise refusals.NothingPromised
    if any(goal > LONGEST for goal in goals):
        raise refusals.TooLong
    if any(one.team_id != team.pk for one in wanted.categories):
        raise refusals.NoSuchCategories
    hours = working_time(team)
    try:
        for goal in goals:
            hours.add_working_time(time_now.now(), goal)
    except NeverOpen:
        raise refusals.NeverWorks from None


def _refuse_if_another_has(team: Team, rule: Rule, wanted: Wanted) -> None:
    others = Rule.objects.filter(team=team).exclude(pk=rule.pk)
    if wanted.is_general and others.filter(is_general=True).exists():
        raise refusals.GeneralRuleThere(team.name)
    taken = RuleCategory.objects.filter(category__in=wanted.categories).exclude(rule=rule.pk).select_related("category")
    first = taken.order_by(placed("category__name"), "category").first()
    if first is not None:
        raise refusals.CategoryTaken(first.category.name)
