"""Warnings and misses: once each, inside working hours, to those who work on the request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from balie.channels.models import Delivery
from balie.channels.notices.models import Notice
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.sla import ruling, watching
from balie.sla.models import Clock, Rule
from balie.sla.ruling import Wanted
from balie.sla.tests.test_clocks import HOUR, MONDAY, ask, at, clocks_of
from balie.teams import shaping
from balie.teams.models import WorkingSpan
from balie.tickets.models import Event, Ticket
from balie.tickets.words import Words

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(MONDAY, tick=False) as moment:
        yield moment


@pytest.fixture
def it(cast: Cast, now: time_machine.Coordinates) -> Cast:
    from datetime import time

    WorkingSpan.objects.bulk_create(
        WorkingSpan(team=cast.it, weekday=day, begins=time(9), ends=time(17)) for day in range(5)
    )
    ruling.add(cast.it, Wanted(response=4 * HOUR), by=cast.ben)
    return cast


def told(ticket: Ticket) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(ticket=ticket, kind__startswith="sla").order_by("pk")
    return list(rows.values_list("kind", "person__name"))


def said(ticket: Ticket) -> list[str]:
    return list(ticket.events.filter(kind__startswith="sla").order_by("pk").values_list("kind", flat=True))


def test_the_team_is_warned_once_and_told_once(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    now.move_to(at(23, 13) - MINUTE)
    assert watching.watch() == 0
    now.move_to(at(23, 13) + MINUTE)
    for _again in range(2):
        watching.watch()
    assert (said(ticket), told(ticket)) == (["sla_warned"], [("sla_warned", "Ben Jansen")])
    now.move_to(at(23, 14) + MINUTE)
    for _again in range(2):
        watching.watch()
    assert said(ticket) == ["sla_warned", "sla_missed"]
    assert told(ticket) == [("sla_warned", "Ben Jansen"), ("sla_missed", "Ben Jansen")]
    ticket.refresh_from_db()
    assert ticket.promises == ["breached"]
    assert Delivery.objects.filter(ticket=ticket, about="sla_missed").count() == 1


def test_the_assignee_hears_of_it_instead_of_the_team(it: Cast, now: time_machine.Coordinates) -> None:
    grace: Person = Person.objects.create_employee(name="Grace", email="grace@balie.example", role=Person.Role.EXPERT)
    shaping.take_in(grace, team=it.it, by=it.ben)
    ticket = ask(it)
    ticket.assign(grace, by=it.ben)
    now.move_to(at(23, 13) + MINUTE)
    watching.watch()
    assert told(ticket) == [("sla_warned", "Grace")]


@pytest.mark.parametrize(
    ("asked", "missed", "opens"),
    [(at(23, 13), at(23, 17) + MINUTE, at(24, 9) + MINUTE), (at(27, 13), at(27, 17) + MINUTE, at(30, 9) + MINUTE)],
)
def test_what_is_missed_at_closing_time_is_marked_then_and_told_when_the_team_works_again(
    it: Cast, now: time_machine.Coordinates, asked: datetime, missed: datetime, opens: datetime
) -> None:
    now.move_to(asked)
    ticket = ask(it)
    Clock.objects.update(warned_at=asked)
    now.move_to(missed)
    watching.watch()
    ticket.refresh_from_db()
    assert (ticket.promises, said(ticket), told(ticket)) == (["breached"], ["sla_missed"], [])
    now.move_to(opens)
    for _again in range(2):
        watching.watch()
    assert (said(ticket), told(ticket)) == (["sla_missed"], [("sla_missed", "Ben Jansen")])


def test_whoever_answers_or_waits_is_not_warned(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    ticket.reply(by=it.ben, words=Words.from_text("Soon."))
    now.move_to(at(23, 16))
    assert watching.watch() == 0
    assert said(ticket) == []


def test_an_answer_a_moment_too_late_is_still_said_to_be_late(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    now.move_to(at(23, 14) + timedelta(seconds=5))
    ticket.reply(by=it.ben, words=Words.from_text("Here."))
    assert clocks_of(ticket)["response"].state == "breached"
    now.shift(MINUTE)
    watching.watch()
    assert said(ticket) == ["sla_missed"]


def test_a_rule_without_a_share_warns_nobody(it: Cast, now: time_machine.Coordinates) -> None:
    ruling.change(Rule.objects.get(), Wanted(response=4 * HOUR, warns_at=None), by=it.ben)
    ticket = ask(it)
    now.move_to(at(23, 13, 30))
    watching.watch()
    assert said(ticket) == []


def test_a_deleted_request_is_told_of_no_more(it: Cast, now: time_machine.Coordinates) -> None:
    from balie.tickets import deleting

    ticket = ask(it)
    deleting.delete(ticket, by=it.ben)
    now.move_to(at(23, 15))
    assert watching.watch() == 0


def test_events_say_what_was_promised(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    now.move_to(at(23, 13) + MINUTE)
    watching.watch()
    event = Event.objects.get(ticket=ticket, kind="sla_warned")
    assert event.details == {"goal": "response", "due_at": at(23, 14).isoformat(), "round": 0}
