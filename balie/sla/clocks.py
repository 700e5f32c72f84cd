"""The clocks of requests, made from their events: what a ticket's team promises for it, and where each promise stands.

What was kept, or kept too late, stays as it is, whatever changes later. Nothing is promised afterwards: a goal that had been
reached before there was a rule for it gets no clock. Whoever calls holds the requests locked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Min, OuterRef

from balie.platform import clock as time_now
from balie.platform.gathering import remembered
from balie.sla import history, keeping
from balie.sla.deadlines import Fact, Goal, Happened, Promise, Standing, State, standings, warned_at
from balie.sla.history import Told
from balie.sla.models import Clock, Rule
from balie.sla.terms import Terms, hours_of, terms_for, terms_of
from balie.teams.models import Team
from balie.teams.working_time import NeverOpen, WorkingTime
from balie.tickets.models import Event, Status, Ticket

_KEPT = (State.MET, State.BREACHED)


def begin(tickets: Sequence[Ticket]) -> None:
    """The clocks of requests that were asked just now: as many statements for one as for all."""
    rules = terms_of([ticket.team_id for ticket in tickets])
    met = [(ticket, terms) for ticket in tickets if (terms := terms_for(ticket, rules[ticket.team_id]))]
    hours = hours_of(_teams_of([ticket for ticket, _terms in met])) if met else {}
    now = time_now.now()
    found: dict[int, list[Clock]] = defaultdict(list)
    for ticket, terms in met:
        facts = [(ticket.created_at, Happened.BEGUN)]
        found[ticket.pk] = _clocks(ticket, terms, facts, {}, hours[ticket.team_id], now=now, announces=True)
    keeping.keep(tickets, found)


def recompute(tickets: Sequence[Ticket], *, announces: bool = True) -> None:
    """From all their events. `announces` when people are to hear of what is missed by it already."""
    numbers = [ticket.pk for ticket in tickets]
    rules = terms_of([ticket.team_id for ticket in tickets])
    known = _known(numbers)
    met = {ticket.pk: terms for ticket in tickets if (terms := terms_for(ticket, rules[ticket.team_id]))}
    concerned = [ticket for ticket in tickets if ticket.pk in met]
    events = _events_of([ticket.pk for ticket in concerned])
    begun = _first_asked(concerned, events)
    hours = hours_of(_teams_of(concerned)) if concerned else {}
    groups = _groups()
    now = time_now.now()
    found: dict[int, list[Clock]] = {}
    for ticket in tickets:
        clocks = known[ticket.pk]
        terms = met.get(ticket.pk)
        if terms is not None:
            begun_at = begun.get(ticket.pk, ticket.created_at)
            facts = history.facts_of(ticket, events[ticket.pk], terms, groups, begun_at=begun_at, now=now)
            of_terms = _clocks(ticket, terms, facts, clocks, hours[ticket.team_id], now=now, announces=announces)
        else:
            of_terms = []
        kept = {_key(one) for one in of_terms}
        found[ticket.pk] = [*of_terms, *(_let_go(one, now) for key, one in clocks.items() if key not in kept)]
    keeping.keep(tickets, found)


def follow(tickets: Sequence[Ticket]) -> None:
    """After an answer or a new status: what ends by it is ended without a look at the events; anything else is recomputed."""
    paused = Rule.pauses_in.through._default_manager.filter(rule=OuterRef("rule"))
    rows = Clock.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
    by_ticket: dict[int, list[Clock]] = defaultdict(list)
    for one in rows.annotate(pausing=ArraySubquery(paused.order_by().values("status_id"))):
        by_ticket[one.ticket_id].append(one)
    now = time_now.now()
    simple = {ticket.pk: by_ticket[ticket.pk] for ticket in tickets if _is_simple(ticket, by_ticket[ticket.pk])}
    for ticket in tickets:
        for one in simple.get(ticket.pk, ()):
            _end(one, ticket, now)
    keeping.keep([ticket for ticket in tickets if ticket.pk in simple], simple)
    others = [ticket for ticket in tickets if ticket.pk not in simple]
    if others:
        recompute(others)


def summarise(tickets: Sequence[Ticket]) -> None:
    """Their due dates have changed, and no promise has."""
    known = _known([ticket.pk for ticket in tickets if ticket.promises])
    keeping.keep(tickets, {ticket.pk: list(known[ticket.pk].values()) for ticket in tickets}, only_tickets=True)


def _clocks(
    ticket: Ticket, terms: Terms, facts: list[Fact], known: Mapping[tuple[str, int], Clock], hours: WorkingTime, *,
    now: datetime, announces: bool,
) -> list[Clock]:  # fmt: skip
    found = []
    for promise in terms.promises:
        try:
            stand = standings(facts, promise, hours, now=now)
        except NeverOpen:
            # Its hours were taken away after the rule was made: there is no moment that could be promised.
            continue
        for place, standing in enumerate(stand):
            old = known.get((promise.goal.value, place))
            if old is not None and old.is_over and old.state in _KEPT and standing.state in _KEPT and standing.ended_at:
                found.append(old)
            elif old is not None or standing.ended_at is None:
                one = old or Clock(ticket=ticket, goal=promise.goal.value, round=place)
                _take(one, standing, promise, terms, hours, now=now, announces=announces)
                found.append(one)
    return found


def _take(
    one: Clock, standing: Standing, promise: Promise, terms: Terms, hours: WorkingTime, *, now: datetime, announces: bool
) -> None:  # fmt: skip
    one.rule_id, one.target = terms.rule, promise.target
    one.state, one.started_at, one.due_at = standing.state.value, standing.started_at, standing.due_at
    one.paused_at, one.elapsed, one.ended_at = standing.paused_at, standing.elapsed, standing.ended_at
    one.met_at, one.breached_at = standing.met_at, standing.breached_at
    one.warn_at = warned_at(standing, promise, hours, percent=terms.warns_at)
    if one.breached_at is None:
        one.event, one.told_at = None, None
    elif not announces and one.event_id is None:
        one.told_at = one.told_at or now
    if not announces and one.warn_at is not None and one.warn_at <= now:
        one.warned_at = one.warned_at or now
    one.look_at = next_look(one, now)


def next_look(one: Clock, now: datetime) -> datetime | None:
    """When somebody has to be told something of it."""
    if one.breached_at is not None:
        return now if one.told_at is None else None
    if one.state != State.RUNNING:
        return None
    return one.warn_at if one.warn_at is not None and one.warned_at is None else one.due_at


def _let_go(one: Clock, now: datetime) -> Clock:
    """Nothing is promised any more. What was missed by then stays so."""
    if not one.is_over:
        one.ended_at, one.paused_at = now, None
        one.state = (State.BREACHED if one.breached_at else State.CANCELLED).value
        one.look_at = next_look(one, now)
    return one


def _is_simple(ticket: Ticket, clocks: Iterable[Clock]) -> bool:
    """Whether each of these goes on as it is, or ends."""
    for one in clocks:
        is_response = one.goal == Goal.RESPONSE
        if one.is_over:
            if ticket.is_open and (one.state == State.CANCELLED or not is_response):
                return False
        elif ticket.is_open and not (is_response and ticket.first_response_at):
            pausing: list[int] = one.pausing  # type: ignore[attr-defined]  # see `follow`
            if (ticket.is_waiting or ticket.status_id in pausing) != (one.paused_at is not None):
                return False
    return True


def _end(one: Clock, ticket: Ticket, now: datetime) -> None:
    is_done = ticket.first_response_at is not None if one.goal == Goal.RESPONSE else not ticket.is_open
    if one.is_over or (ticket.is_open and not is_done):
        return
    ended_at = (ticket.first_response_at if one.goal == Goal.RESPONSE else ticket.resolved_at) or now
    if one.breached_at is None and one.paused_at is None and one.due_at is not None and one.due_at < ended_at:
        one.breached_at = one.due_at
    one.ended_at, one.paused_at = ended_at, None
    state = State.BREACHED if one.breached_at else State.MET if is_done else State.CANCELLED
    one.state, one.met_at = state.value, ended_at if is_done else None
    one.look_at = next_look(one, now)


def _key(one: Clock) -> tuple[str, int]:
    return one.goal, one.round


def _known(numbers: Sequence[int]) -> dict[int, dict[tuple[str, int], Clock]]:
    found: dict[int, dict[tuple[str, int], Clock]] = defaultdict(dict)
    if numbers:
        for one in Clock.objects.filter(ticket__in=numbers):
            found[one.ticket_id][_key(one)] = one
    return found


def _events_of(numbers: Sequence[int]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = defaultdict(list)
    if numbers:
        rows = Event.objects.filter(ticket__in=numbers, kind__in=[*history.TELLING, Event.Kind.ABSORBED]).order_by("pk")
        for number, *told in rows.values_list("ticket_id", "pk", "kind", "details", "at"):
            found[number].append(Told(*told))
    return found


def _first_asked(tickets: Iterable[Ticket], events: Mapping[int, Sequence[Told]]) -> dict[int, datetime]:
    """Who was merged into another request has waited since they asked: the earliest promise stays."""
    absorbing = {
        ticket.pk: ticket.created_at
        for ticket in tickets
        if any(one.kind == Event.Kind.ABSORBED for one in events[ticket.pk])
    }
    if not absorbing:
        return {}
    rows = (
        Ticket.objects.filter(merged_into__in=absorbing).order_by().values("merged_into").annotate(at=Min("created_at"))
    )
    found = rows.values_list("merged_into", "at")
    return {number: min(at, absorbing[number]) for number, at in found if number is not None}


def _groups() -> Mapping[int, str]:
    return remembered((_groups,), lambda: dict(Status.objects.order_by().values_list("pk", "group")))


def _teams_of(tickets: Iterable[Ticket]) -> list[Team]:
    """Each once, without a question for those that came with their requests."""
    known: dict[int, Team | None] = {}
    for ticket in tickets:
        if known.get(ticket.team_id) is None:
            known[ticket.team_id] = ticket.team if "team" in ticket._state.fields_cache else None
    missing = [pk for pk, team in known.items() if team is None]
    found = Team.objects.in_bulk(missing) if missing else {}
    return [team or found[pk] for pk, team in known.items()]
