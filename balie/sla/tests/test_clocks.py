"""What happens to the promises of a request while people work on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balie.config.tests.cast import Cast
from balie.sla import recomputing, refusals, ruling
from balie.sla.models import Clock, Recomputation, Rule
from balie.sla.ruling import Wanted
from balie.teams import working_hours
from balie.teams.models import Category, WorkingSpan
from balie.teams.working_hours import Hours
from balie.tickets import deleting, merging, moving, recategorising
from balie.tickets import refusals as ticket_refusals
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.opening import Opening, open_all
from balie.tickets.words import Words
from balie.workspace import bulk

HOUR = timedelta(hours=1)
# Monday, ten o'clock in Amsterdam.
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def now() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(MONDAY, tick=False) as moment:
        yield moment


@pytest.fixture
def it(cast: Cast, now: time_machine.Coordinates) -> Cast:
    """IT works from nine to five, answers within four hours and resolves within sixteen."""
    for team in (cast.it, cast.facilities):
        WorkingSpan.objects.bulk_create(
            WorkingSpan(team=team, weekday=day, begins=time(9), ends=time(17)) for day in range(5)
        )
    ruling.add(cast.it, Wanted(response=4 * HOUR, resolution=16 * HOUR), by=cast.ben)
    return cast


def ask(cast: Cast, **more: Any) -> Ticket:
    return Ticket.open(
        team=more.pop("team", cast.it), requester=more.pop("requester", cast.ada), subject="Printer", channel="web",
        words=Words.from_text("It is out of toner."), **more,
    )  # fmt: skip


def clocks_of(ticket: Ticket) -> dict[str, Clock]:
    return {one.goal: one for one in Clock.objects.filter(ticket=ticket).order_by("round")}


def states(ticket: Ticket) -> dict[str, str]:
    return {goal: one.state for goal, one in clocks_of(ticket).items()}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November, on the clock of Amsterdam."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def test_asking_starts_a_clock_for_each_goal(it: Cast) -> None:
    ticket = ask(it)
    found = clocks_of(ticket)
    assert {goal: one.due_at for goal, one in found.items()} == {"response": at(23, 14), "resolution": at(25, 10)}
    ticket.refresh_from_db()
    assert (ticket.promises, ticket.next_due_at) == (["running"], at(23, 14))
    assert found["response"].look_at == found["response"].warn_at == at(23, 13)


def test_the_first_answer_keeps_the_promise_and_no_other_word_does(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    ticket.hear(by=it.ada, words=Words.from_text("Hello?"), channel="web")
    ticket.note(by=it.ben, words=Words.from_text("Let me see."))
    assert states(ticket) == {"response": "running", "resolution": "running"}
    now.shift(HOUR)
    ticket.reply(by=it.ben, words=Words.from_text("I bring some."))
    found = clocks_of(ticket)
    assert (found["response"].state, found["response"].met_at) == ("met", MONDAY + HOUR)
    assert (ticket.promises, ticket.next_due_at) == (["running", "met"], at(25, 10))


def test_neither_an_automatic_message_nor_the_requesters_own_answers(it: Cast) -> None:
    ticket = ask(it, requester=it.ben)
    with pytest.raises(ticket_refusals.OwnRequest):
        ticket.reply(by=it.ben, words=Words.from_text("I found it myself."))
    ticket.hear(by=it.ben, words=replace(Words.from_text("Out of office"), is_automatic=True), channel="email")
    assert states(ticket)["response"] == "running"
    other = ask(it)
    other.reply(by=it.ben, words=replace(Words.from_text("I am away."), is_automatic=True))
    assert states(other)["response"] == "running"


def test_waiting_pauses_and_the_requesters_word_takes_it_up_again(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    now.shift(HOUR)
    ticket.take_status(Status.preset(Group.WAITING), by=it.ben)
    assert states(ticket) == {"response": "paused", "resolution": "paused"}
    assert clocks_of(ticket)["response"].elapsed == HOUR
    assert ticket.next_due_at is None
    now.move_to(at(24, 9))
    ticket.hear(by=it.ada, words=Words.from_text("Room 4."), channel="web")
    assert {goal: one.due_at for goal, one in clocks_of(ticket).items()} == {
        "response": at(24, 12), "resolution": at(25, 16),
    }  # fmt: skip


def test_a_rule_may_pause_in_other_statuses_too(it: Cast, now: time_machine.Coordinates) -> None:
    supplier = Status.objects.create(key="supplier", group=Group.IN_PROGRESS, names={"en": "With the supplier"})
    rule = Rule.objects.get(team=it.it)
    ruling.change(rule, Wanted(response=4 * HOUR, resolution=16 * HOUR, pauses_in=(supplier,)), by=it.ben)
    ticket = ask(it)
    now.shift(HOUR)
    ticket.take_status(supplier, by=it.ben)
    assert states(ticket)["resolution"] == "paused"
    ticket.take_status(Status.preset(Group.IN_PROGRESS), by=it.ben)
    assert states(ticket)["resolution"] == "running"


def test_resolving_in_time_and_too_late(it: Cast, now: time_machine.Coordinates) -> None:
    early, late = ask(it), ask(it)
    early.resolve(by=it.ben)
    assert states(early) == {"response": "cancelled", "resolution": "met"}
    now.move_to(at(26, 10))
    late.resolve(by=it.ben)
    found = clocks_of(late)
    assert (found["resolution"].state, found["resolution"].breached_at) == ("breached", at(25, 10))
    assert late.promises == ["breached"]


@pytest.mark.parametrize(
    ("how", "rounds"),
    [("continue", [("running", at(25, 12))]), ("renew", [("met", at(25, 10)), ("running", at(25, 12))])],
)
def test_reopening_goes_on_or_starts_anew(it: Cast, now: time_machine.Coordinates, how: str, rounds: list[Any]) -> None:
    ruling.change(Rule.objects.get(team=it.it), Wanted(resolution=16 * HOUR, on_reopening=how), by=it.ben)
    ticket = ask(it)
    if how == "renew":
        ticket.resolve(by=it.ben)
        now.move_to(at(23, 12))
    else:
        now.shift(HOUR)
        ticket.resolve(by=it.ben)
        now.move_to(at(23, 13))
    ticket.reopen(by=it.ben)
    rows = Clock.objects.filter(ticket=ticket, goal="resolution").order_by("round")
    assert [(one.state, one.due_at) for one in rows] == rounds


def test_another_team_promises_something_else_and_what_was_kept_stays(it: Cast, now: time_machine.Coordinates) -> None:
    ruling.add(it.facilities, Wanted(response=2 * HOUR, resolution=8 * HOUR), by=it.dov)
    ticket = ask(it)
    now.shift(HOUR)
    ticket.reply(by=it.ben, words=Words.from_text("Others know better."))
    moving.move(ticket, to=it.facilities, by=it.ben)
    found = clocks_of(ticket)
    assert (found["response"].state, found["response"].target) == ("met", 4 * HOUR)
    assert (found["resolution"].due_at, found["resolution"].target) == (at(24, 10), 8 * HOUR)
    moving.move(ticket, to=it.people, by=it.eva)
    assert states(ticket) == {"response": "met", "resolution": "cancelled"}


def test_a_categorys_rule_goes_first_and_the_general_one_is_no_fallback(it: Cast) -> None:
    ruling.add(it.it, Wanted(categories=(it.hardware,), resolution=2 * HOUR), by=it.ben)
    ticket = ask(it)
    assert set(clocks_of(ticket)) == {"response", "resolution"}
    ticket.categorise(it.hardware, by=it.ben)
    assert states(ticket) == {"response": "cancelled", "resolution": "running"}
    assert clocks_of(ticket)["resolution"].due_at == at(23, 12)
    ticket.categorise(None, by=it.ben)
    assert states(ticket) == {"response": "running", "resolution": "running"}


def test_a_due_date_counts_among_what_is_due_next(it: Cast) -> None:
    ticket = ask(it, due_on=MONDAY.date())
    ticket.refresh_from_db()
    assert ticket.next_due_at == at(23, 14)
    ticket.take_status(Status.preset(Group.WAITING), by=it.ben)
    assert ticket.next_due_at == datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)
    ticket.expect_by(None, by=it.ben)
    assert ticket.next_due_at is None
    other = ask(it, team=it.facilities, due_on=MONDAY.date())
    other.refresh_from_db()
    assert other.next_due_at == datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)


def test_of_two_merged_requests_the_earliest_promise_stays(it: Cast, now: time_machine.Coordinates) -> None:
    first = ask(it)
    now.shift(HOUR)
    second = ask(it, requester=it.cleo)
    merging.merge(first, into=second, by=it.ben)
    assert set(states(first).values()) == {"cancelled"}
    assert clocks_of(second)["response"].due_at == at(23, 14)
    first.refresh_from_db()
    assert first.promises is None
    merging.unmerge(first, by=it.ben)
    assert clocks_of(first)["response"].due_at == at(23, 14)
    assert clocks_of(second)["response"].due_at == at(23, 15)


def test_a_deleted_request_has_no_promise_until_it_is_restored(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    deleting.delete(ticket, by=it.ben)
    assert set(states(ticket).values()) == {"cancelled"}
    now.shift(HOUR)
    deleting.restore(ticket, by=it.ben)
    assert clocks_of(ticket)["response"].due_at == at(23, 15)


def test_snoozing_stops_no_promise(it: Cast) -> None:
    ticket = ask(it)
    ticket.snooze(at(27, 9), by=it.ben)
    assert states(ticket) == {"response": "running", "resolution": "running"}


def test_what_a_bulk_change_took_back_did_not_happen(it: Cast, now: time_machine.Coordinates) -> None:
    tickets = [ask(it), ask(it)]
    before = clocks_of(tickets[0])["resolution"].due_at
    made = bulk.change([one.pk for one in tickets], lambda one: one.resolve(by=it.ben), name="resolution", by=it.ben)
    assert states(tickets[0])["resolution"] == "met"
    now.shift(timedelta(seconds=5))
    bulk.take_back(made.pk, by=it.ben)
    found = clocks_of(tickets[0])
    assert {one.state for one in found.values()} == {"running"}
    assert found["resolution"].due_at == before


def test_changing_the_group_of_a_status_counts_from_the_events(it: Cast, now: time_machine.Coordinates) -> None:
    parked = Status.objects.create(key="parked", group=Group.IN_PROGRESS, names={"en": "Parked"})
    ticket = ask(it)
    now.shift(HOUR)
    ticket.take_status(parked, by=it.ben)
    now.shift(HOUR)
    Status.objects.filter(pk=parked.pk).update(group=Group.WAITING)
    Ticket.objects.filter(status=parked).update(group=Group.WAITING)
    recomputing.begin_everywhere()
    run(it.it.pk)
    assert clocks_of(ticket)["response"].elapsed == HOUR
    assert states(ticket) == {"response": "paused", "resolution": "paused"}


def run(team: int) -> None:
    while recomputing.step(team):
        pass


def test_other_hours_are_counted_anew_in_the_background(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    hours = Hours(spans=[(day, time(9), time(12)) for day in range(5)], time_zone="Europe/Amsterdam")
    working_hours.set_hours(it.it, hours, by=it.ben)
    assert clocks_of(ticket)["response"].due_at == at(23, 14)
    run(it.it.pk)
    assert clocks_of(ticket)["response"].due_at == at(24, 11)
    row = Recomputation.objects.get(team=it.it)
    assert (row.done, row.total, row.percent, row.is_under_way) == (1, 1, 100, False)


def test_a_new_rule_marks_what_is_missed_and_tells_nobody(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    now.move_to(at(24, 10))
    ruling.change(Rule.objects.get(team=it.it), Wanted(response=HOUR, resolution=16 * HOUR), by=it.ben)
    run(it.it.pk)
    found = clocks_of(ticket)["response"]
    assert (found.state, found.look_at) == ("breached", None)
    assert not ticket.events.filter(kind="sla_missed").exists()


def test_nothing_is_promised_afterwards(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it, team=it.facilities)
    ticket.reply(by=it.dov, words=Words.from_text("Yes."))
    ruling.add(it.facilities, Wanted(response=HOUR, resolution=8 * HOUR), by=it.dov)
    run(it.facilities.pk)
    assert states(ticket) == {"resolution": "running"}


def test_only_members_set_rules_and_conflicts_are_explained(it: Cast) -> None:
    for stranger in (it.eva, it.dov, it.ada):
        with pytest.raises(refusals.NotAMember):
            ruling.add(it.it, Wanted(categories=(it.hardware,), response=HOUR), by=stranger)
    with pytest.raises(refusals.GeneralRuleThere, match="IT already has a general rule"):
        ruling.add(it.it, Wanted(response=HOUR), by=it.ben)
    ruling.add(it.it, Wanted(categories=(it.hardware,), response=HOUR), by=it.ben)
    with pytest.raises(refusals.CategoryTaken, match="Hardware"):
        ruling.add(it.it, Wanted(categories=(it.hardware,), response=HOUR), by=it.ben)
    foreign = Category.objects.create(team=it.facilities, name="Rooms")
    with pytest.raises(refusals.NoSuchCategories):
        ruling.add(it.it, Wanted(categories=(foreign,), response=HOUR), by=it.ben)
    with pytest.raises(refusals.NothingPromised):
        ruling.add(it.facilities, Wanted(), by=it.dov)


def test_a_team_that_never_works_promises_nothing(it: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoneinfo import ZoneInfo

    from balie.teams.working_time import WorkingTime

    monkeypatch.setattr(ruling, "working_time", lambda _team: WorkingTime(((),) * 7, ZoneInfo("UTC")))
    with pytest.raises(refusals.NeverWorks):
        ruling.add(it.facilities, Wanted(response=HOUR), by=it.dov)


def counted(do: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        do()
    return [one["sql"] for one in asked.captured_queries]


def of_promises(statements: list[str]) -> list[str]:
    return [one for one in statements if "sla_" in one]


def test_many_at_once_cost_as_many_statements_as_one(it: Cast) -> None:
    def opening() -> Opening:
        return Opening(
            team=it.it, requester=it.ada, subject="Printer", words=Words.from_text("No toner."), channel="web"
        )

    one = of_promises(counted(lambda: open_all([opening()])))
    many = of_promises(counted(lambda: open_all([opening() for _ in range(20)])))
    assert len(one) == len(many) == 2


def test_an_answer_costs_two_statements_more_and_the_next_one_none(it: Cast, now: time_machine.Coordinates) -> None:
    ticket = ask(it)
    ticket.refresh_from_db()
    first = of_promises(counted(lambda: ticket.reply(by=it.ben, words=Words.from_text("Soon."))))
    assert len(first) == 2, first
    now.shift(HOUR)
    again = of_promises(counted(lambda: ticket.reply(by=it.ben, words=Words.from_text("Now."))))
    assert again == []


def test_merged_requests_have_the_promise_of_the_category_that_they_got(it: Cast) -> None:
    software = Category.objects.create(team=it.it, name="Software")
    ruling.add(it.it, Wanted(response=HOUR, categories=(it.hardware,)), by=it.ben)
    ruling.add(it.it, Wanted(response=2 * HOUR, categories=(software,)), by=it.ben)
    ticket = ask(it, category=it.hardware)
    assert clocks_of(ticket)["response"].due_at == at(23, 11)
    recategorising.merge(it.hardware, into=software, by=it.ben)
    assert clocks_of(ticket)["response"].due_at == at(23, 12)
