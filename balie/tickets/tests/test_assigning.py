"""Requests that go to somebody by themselves: in turn or to the least busy, when they are there and the team works."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, time

import pytest
import time_machine
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balie.config.reactions import REACTIONS
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.teams import shaping
from balie.teams.models import Membership, Team, WorkingSpan
from balie.tickets import assigning, moving
from balie.tickets.models import Event, Ticket
from balie.tickets.opening import Opening, open_all
from balie.tickets.words import Words

_WORDS = Words.from_text("Hi")


def asked(cast: Cast, team: Team | None = None, by: Person | None = None) -> Ticket:
    return Ticket.open(team=team or cast.it, requester=by or cast.ada, subject="Mouse", words=_WORDS, channel="web")


def in_turn(cast: Cast, way: Team.Assigning = Team.Assigning.IN_TURN) -> None:
    """Ben, Dov and Hanna work in IT, which assigns by itself."""
    for person in (cast.dov, cast.hanna):
        shaping.take_in(person, team=cast.it, by=cast.ben)
    shaping.let_requests_go_to(cast.it, way, by=cast.ben)


def test_the_members_have_their_turns(cast: Cast) -> None:
    in_turn(cast)
    assert [asked(cast).assignee for _ in range(4)] == [cast.ben, cast.dov, cast.hanna, cast.ben]
    event = Ticket.objects.latest("pk").events.get(kind="assigned")
    assert (event.by, event.details) == (None, {"before": None, "after": cast.ben.pk})


def test_whoever_has_the_fewest_open_requests_gets_the_next(cast: Cast) -> None:
    in_turn(cast, Team.Assigning.LEAST_OPEN)
    first, second, third = asked(cast), asked(cast), asked(cast)
    assert {one.assignee for one in (first, second, third)} == {cast.ben, cast.dov, cast.hanna}
    second.resolve(by=cast.dov)
    assert asked(cast).assignee == second.assignee


def test_nobody_answers_their_own_request_or_is_asked_while_away(cast: Cast) -> None:
    in_turn(cast)
    Person.objects.filter(pk=cast.dov.pk).update(status=Person.Status.LEAVE)
    Person.objects.filter(pk=cast.hanna.pk).update(status=Person.Status.INACTIVE)
    assert asked(cast).assignee == cast.ben
    assert asked(cast, by=cast.ben).assignee is None


def test_what_comes_at_night_waits_until_the_team_opens(cast: Cast) -> None:
    in_turn(cast)
    WorkingSpan.objects.create(team=cast.it, weekday=0, begins=time(9), ends=time(17))
    Team.objects.filter(pk=cast.it.pk).update(assigns_since=datetime(2026, 1, 1, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 11, 22, 23, tzinfo=UTC), tick=False):
        ticket, taken, decided = asked(cast), asked(cast), asked(cast)
        taken.assign(cast.ben, by=cast.ben)
        decided.assign(cast.ben, by=cast.ben)
        decided.assign(None, by=cast.ben)
        assert assigning.assign_those_waiting() == 0
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        assert assigning.assign_those_waiting() == 1
        assert assigning.assign_those_waiting() == 0
    for one in (ticket, taken, decided):
        one.refresh_from_db()
    assert ticket.assignee == cast.ben
    assert decided.assignee is None


def test_what_was_there_before_it_was_switched_on_is_left_alone(cast: Cast) -> None:
    before = asked(cast)
    in_turn(cast)
    assert assigning.assign_those_waiting() == 0
    before.refresh_from_db()
    assert before.assignee is None


def test_a_request_that_is_moved_there_is_assigned_too(cast: Cast) -> None:
    in_turn(cast)
    ticket = asked(cast, cast.facilities)
    moving.move(ticket, to=cast.it, by=cast.dov)
    assert ticket.assignee == cast.ben


def test_many_opened_together_are_assigned_together(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    in_turn(cast)
    # Whoever is assigned is told, which is asked for each of them.
    monkeypatch.setitem(REACTIONS, Event.Kind.ASSIGNED, ())  # type: ignore[arg-type]  # the table is read only, not frozen
    opening = Opening(team=cast.it, requester=cast.ada, subject="Mouse", words=_WORDS, channel="web")
    costs: dict[tuple[str, int], int] = {}
    for way in (Team.Assigning.IN_TURN, Team.Assigning.OFF):
        shaping.let_requests_go_to(cast.it, way, by=cast.ben)
        for size in (3, 12):
            with CaptureQueriesContext(connection) as queries:
                tickets = open_all([opening] * size)
            costs[way, size] = len(queries)
            if way == Team.Assigning.IN_TURN:
                shares = dict.fromkeys((cast.ben, cast.dov, cast.hanna), size // 3)
                assert Counter(one.assignee for one in tickets) == shares
            assert all(Ticket.objects.get(pk=one.pk).assignee == one.assignee for one in tickets)
    for_few, for_many = (costs[Team.Assigning.IN_TURN, size] - costs[Team.Assigning.OFF, size] for size in (3, 12))
    assert for_few == for_many, costs


@pytest.mark.django_db(transaction=True)
def test_two_commits_at_once_never_give_one_turn_twice(committed_cast: Cast) -> None:
    in_turn(committed_cast)
    faults: list[Exception] = []

    def open_some() -> None:
        try:
            for _ in range(6):
                asked(committed_cast)
        except Exception as fault:
            faults.append(fault)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=open_some) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assigned = Counter(Ticket.objects.values_list("assignee", flat=True))
    assert assigned == dict.fromkeys((committed_cast.ben.pk, committed_cast.dov.pk, committed_cast.hanna.pk), 6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    turns=st.lists(st.integers(0, 50), min_size=1, max_size=8),
    counts=st.lists(st.integers(0, 9), min_size=8, max_size=8),
    requests=st.lists(st.integers(0, 9), max_size=40),
    way=st.sampled_from([Team.Assigning.IN_TURN, Team.Assigning.LEAST_OPEN]),
)
def test_turns_go_round_and_nobody_is_given_their_own(
    turns: list[int], counts: list[int], requests: list[int], way: str
) -> None:
    members = [Membership(pk=pk, person_id=pk, turn=turn) for pk, turn in enumerate(turns, 1)]
    known = dict(enumerate(counts, 1))
    got: Counter[int] = Counter()
    for requester in requests:
        chosen = assigning.choose(members, way=way, counts=known, but_not=requester)
        if chosen is None:
            assert [one.person_id for one in members] == [requester]
            continue
        assert chosen.person_id != requester
        others = [one for one in members if one.person_id != requester]
        if way == Team.Assigning.LEAST_OPEN:
            assert known[chosen.person_id] == min(known[one.person_id] for one in others)
        else:
            assert chosen.turn == min(one.turn for one in others)
        chosen.turn = max(one.turn for one in members) + 1
        known[chosen.person_id] += 1
        got[chosen.person_id] += 1
    if way == Team.Assigning.IN_TURN and not set(requests) & {one.person_id for one in members}:
        shares = [got[one.person_id] for one in members]
        assert max(shares) - min(shares) <= 1
