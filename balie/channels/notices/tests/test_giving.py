"""Who is told of what, and how: rows in the event's own commit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balie.channels.models import Delivery
from balie.channels.notices import clearing, sweeping
from balie.channels.notices.kinds import Kind, Told, Way
from balie.channels.notices.models import Notice, Wishes
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Membership
from balie.teams.models.membership import SMALL_TEAM
from balie.tickets import falling_due, merging
from balie.tickets.models import Task, Ticket
from balie.tickets.words import Words


@pytest.fixture
def bo(cast: Cast) -> Person:
    """A second expert in IT."""
    bo = Person.objects.create_employee(name="Bo Smit", email="bo@balie.example", role=Person.Role.EXPERT)
    Membership.objects.create(team=cast.it, person=bo)
    return bo


@pytest.fixture
def ticket(cast: Cast, bo: Person) -> Ticket:
    return opened(cast)


def opened(cast: Cast, *, channel: str = "email") -> Ticket:
    words = Words.from_text("It is slow.")
    return Ticket.open(team=cast.it, requester=cast.ada, subject="Laptop", words=words, channel=channel)


def wish(person: Person, kind: Kind, way: Way, *, listed: bool = True) -> None:
    wishes = Wishes.objects.filter(person=person).first() or Wishes(person=person)
    wishes.choose(kind, Told(listed=listed, way=way))
    wishes.save()


def told() -> set[tuple[str, str, bool]]:
    """Who was told of what, and whether the bell lists it, since last asked."""
    rows = set(Notice.objects.values_list("person__name", "kind", "is_listed"))
    Notice.objects.all().delete()
    return rows


def owed() -> set[tuple[str, str, str]]:
    """What is to be sent, and how, since last asked."""
    rows = set(Delivery.objects.values_list("recipient__name", "kind", "purpose"))
    Delivery.objects.all().delete()
    return rows


ADA, BEN, BO, CLEO = "Ada Vermeer", "Ben Jansen", "Bo Smit", "Cleo Meijer"


def test_each_kind_of_thing_is_told_to_those_it_concerns(cast: Cast, bo: Person, ticket: Ticket) -> None:
    assert told() == {(BEN, "new_request", True), (BO, "new_request", True)}
    ticket.assign(bo, by=cast.ben)
    assert told() == {(BO, "assigned", True)}
    ticket.hear(by=cast.ada, words=Words.from_text("And hot."), channel="email")
    assert told() == {(BO, "message", True)}
    ticket.note(by=cast.ben, words=Words.from_text("Old model."))
    assert told() == {(BO, "note", True)}
    ticket.reply(by=cast.ben, words=Words.from_text("Which one?"))
    assert told() == {(BO, "message", True), (ADA, "answer", True)}
    ticket.resolve(by=cast.ben)
    # Ada has just been answered.
    assert told() == {(BO, "status", True)}
    ticket.reopen(by=cast.ada)
    assert told() == {(BO, "status", True)}


def test_a_mention_is_told_instead_of_the_note(cast: Cast, bo: Person, ticket: Ticket) -> None:
    ticket.assign(bo, by=cast.ben)
    told(), owed()
    ticket.note(by=cast.ben, words=Words.from_text("@Bo Smit and @Eva Beheer, have a look."))
    assert told() == {(BO, "mentioned", True), ("Eva Beheer", "mentioned", True)}
    assert owed() == {(BO, "email", "notice"), ("Eva Beheer", "email", "notice")}


def test_a_task_is_told_to_whoever_is_to_do_it(cast: Cast, bo: Person, ticket: Ticket) -> None:
    told()
    task = Task.add(ticket, "Order a battery", by=cast.ben, assignee=bo)
    assert told() == {(BO, "task", True)}
    task.change(by=cast.ben, title="Order two")
    task.change(by=bo, assignee=bo)
    assert told() == set()
    task.change(by=bo, assignee=cast.ben)
    assert told() == {(BEN, "task", True)}


def test_an_answer_that_cannot_be_delivered_is_told_to_its_author_once(cast: Cast, ticket: Ticket) -> None:
    ticket.reply(by=cast.ben, words=Words.from_text("Which one?"))
    told()
    Delivery.objects.get(purpose="reply").refuse("550 no such user")
    assert told() == {(BEN, "refused", True)}


def test_a_due_date_is_told_on_its_day_and_after_it_each_once(cast: Cast, bo: Person, ticket: Ticket) -> None:
    ticket.assign(bo, by=cast.ben)
    ticket.expect_by(date(2026, 11, 26), by=cast.ben)
    told(), owed()
    with time_machine.travel("2026-11-25 15:00+01:00", tick=False):
        assert falling_due.say_what_falls_due() == 0
    with time_machine.travel("2026-11-26 07:59+01:00", tick=False):
        assert falling_due.say_what_falls_due() == 0
    with time_machine.travel("2026-11-26 08:00+01:00", tick=False):
        assert [falling_due.say_what_falls_due(), falling_due.say_what_falls_due()] == [1, 0]
    assert (told(), owed()) == ({(BO, "due", True)}, set())
    with time_machine.travel("2026-11-27 09:00+01:00", tick=False):
        assert [falling_due.say_what_falls_due(), falling_due.say_what_falls_due()] == [1, 0]
    assert (told(), owed()) == ({(BO, "overdue", True)}, {(BO, "email", "notice")})


def test_a_new_due_date_is_told_anew_and_nobody_is_told_of_what_is_done(cast: Cast, bo: Person, ticket: Ticket) -> None:
    ticket.expect_by(date(2026, 11, 26), by=cast.ben)
    told()
    with time_machine.travel("2026-11-26 08:00+01:00", tick=False):
        falling_due.say_what_falls_due()
    # Nobody has taken it: whoever hears of new requests hears of this.
    assert told() == {(BEN, "due", True), (BO, "due", True)}
    ticket.expect_by(date(2026, 11, 28), by=cast.ben)
    with time_machine.travel("2026-11-28 08:00+01:00", tick=False):
        assert falling_due.say_what_falls_due() == 1
    ticket.resolve(by=cast.ben)
    told()
    with time_machine.travel("2026-11-29 08:00+01:00", tick=False):
        assert falling_due.say_what_falls_due() == 0


def test_each_hears_by_the_one_way_they_chose(cast: Cast, bo: Person, ticket: Ticket) -> None:
    told(), owed()
    wish(cast.ben, Kind.NOTE, Way.PUSH)
    wish(bo, Kind.NOTE, Way.NONE, listed=False)
    for person in (cast.ben, bo):
        ticket.follow(person, by=cast.ben)
    ticket.note(by=cast.eva, words=Words.from_text("Old model."))
    assert told() == {(BEN, "note", True)}
    assert owed() == {(BEN, "push", "notice")}


def test_what_is_only_sent_is_a_row_that_the_bell_does_not_list(cast: Cast, bo: Person, ticket: Ticket) -> None:
    told()
    wish(bo, Kind.ASSIGNED, Way.EMAIL, listed=False)
    ticket.assign(bo, by=cast.ben)
    assert told() == {(BO, "assigned", False)}


def test_an_answer_to_a_mail_comes_by_mail_whatever_was_chosen(cast: Cast, ticket: Ticket) -> None:
    wish(cast.ada, Kind.ANSWER, Way.NONE)
    owed()
    ticket.reply(by=cast.ben, words=Words.from_text("Which one?"))
    assert owed() == {(ADA, "email", "reply")}


@pytest.mark.parametrize(("way", "expected"), [(Way.NONE, set()), (Way.PUSH, {(ADA, "push", "notice")})])
def test_whoever_asked_on_a_page_may_choose_how_answers_come(cast: Cast, way: Way, expected: set[object]) -> None:
    ticket = opened(cast, channel="web")
    ticket.follow(cast.cleo, by=cast.ben)
    wish(cast.ada, Kind.ANSWER, way)
    wish(cast.cleo, Kind.ANSWER, way)
    told(), owed()
    ticket.reply(by=cast.ben, words=Words.from_text("Which one?"))
    # Cleo follows, and did not ask.
    assert owed() == {*expected, (CLEO, "email", "reply")}
    assert told() == {(ADA, "answer", True), (CLEO, "answer", True)}


def test_an_expert_who_follows_gets_the_answer_by_the_way_they_chose(cast: Cast, bo: Person, ticket: Ticket) -> None:
    ticket.follow(bo, by=cast.ben)
    wish(bo, Kind.MESSAGE, Way.PUSH)
    owed()
    ticket.reply(by=cast.ben, words=Words.from_text("Which one?"))
    assert owed() == {(ADA, "email", "reply"), (BO, "push", "notice")}


def test_somebody_from_outside_has_no_bell(cast: Cast) -> None:
    stranger = Person.objects.take_in(kind="email", external_id="otto@elsewhere.example", name="Otto")
    ticket = Ticket.open(
        team=cast.it, requester=stranger, subject="Bill", words=Words.from_text("Pay."), channel="email"
    )
    told(), owed()
    ticket.reply(by=cast.ben, words=Words.from_text("Paid."))
    assert (told(), owed()) == (set(), {("Otto", "email", "reply")})
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        ticket.resolve(by=cast.ben)
    assert (told(), owed()) == ({("Otto", "solved", False)}, {("Otto", "email", "notice")})


def test_in_a_large_team_only_those_who_want_to_hear_of_new_requests(cast: Cast) -> None:
    for number in range(SMALL_TEAM):
        person = Person.objects.create_employee(
            name=f"E {number}", email=f"e{number}@balie.example", role=Person.Role.EXPERT
        )
        Membership.objects.create(team=cast.it, person=person)
    opened(cast)
    assert told() == set()
    Membership.objects.filter(person=cast.ben).update(hears_of_new_requests=True)
    opened(cast)
    assert told() == {(BEN, "new_request", True)}


def test_two_hundred_who_want_to_hear_cost_no_more_questions_than_one(cast: Cast) -> None:
    Membership.objects.filter(person=cast.ben).update(hears_of_new_requests=True)
    opened(cast)
    with CaptureQueriesContext(connection) as few:
        opened(cast)
    people = [
        Person.objects.create_employee(name=f"E {number}", email=f"e{number}@b.example", role=Person.Role.EXPERT)
        for number in range(200)
    ]
    Membership.objects.bulk_create(
        Membership(team=cast.it, person=person, hears_of_new_requests=True) for person in people
    )
    with CaptureQueriesContext(connection) as many:
        opened(cast)
    assert Notice.objects.filter(person=people[-1]).exists()
    assert len(many) == len(few)


def test_a_message_that_comes_in_costs_one_question_more_for_its_notices(
    cast: Cast, bo: Person, ticket: Ticket
) -> None:
    ticket.assign(bo, by=cast.ben)
    ticket.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        ticket.hear(by=cast.ada, words=Words.from_text("And hot."), channel="email")
    of_notices = [query["sql"] for query in asked if "notices_notice" in query["sql"]]
    of_wishes = [
        query["sql"] for query in asked if "notices_wishes" in query["sql"] and "people_person" not in query["sql"]
    ]
    assert (len(of_notices), of_wishes) == (1, [])


def test_opening_a_request_settles_what_was_told_of_it_and_nothing_else(cast: Cast, bo: Person, ticket: Ticket) -> None:
    other = opened(cast)
    assert clearing.clear(bo, ticket=ticket.pk).count == 1
    assert set(Notice.objects.unread().values_list("person__name", "ticket")) == {
        (BEN, ticket.pk), (BEN, other.pk), (BO, other.pk),
    }  # fmt: skip
    waiting = Delivery.objects.filter(purpose="notice")
    assert set(waiting.values_list("recipient__name", "ticket")) == {(BEN, ticket.pk), (BEN, other.pk), (BO, other.pk)}
    assert clearing.clear(bo).count == 1
    assert not Delivery.objects.filter(recipient=bo).exists()


def test_what_a_worker_has_begun_to_send_is_left_to_it(cast: Cast, bo: Person, ticket: Ticket) -> None:
    Delivery.objects.filter(recipient=bo).update(external_id="begun@desk.localhost")
    clearing.clear(bo)
    assert Delivery.objects.filter(recipient=bo, purpose="notice").exists()


def test_the_newest_notice_can_be_unread_again(cast: Cast, bo: Person, ticket: Ticket) -> None:
    ticket.assign(bo, by=cast.ben)
    clearing.clear(bo)
    clearing.unclear(bo, ticket=ticket.pk)
    assert list(Notice.objects.filter(person=bo).unread().values_list("kind", flat=True)) == ["assigned"]


def test_the_notices_of_a_merged_request_lead_to_the_one_it_is_part_of(cast: Cast, bo: Person, ticket: Ticket) -> None:
    other = opened(cast)
    merging.merge(ticket, into=other, by=cast.ben)
    assert clearing.clear(bo, ticket=other.pk).count == 2
    assert not Delivery.objects.filter(recipient=bo, purpose="notice").exists()


def test_old_notices_are_swept(cast: Cast, bo: Person, ticket: Ticket) -> None:
    old = Notice.objects.filter(person=bo)
    old.update(at=clock.now() - timedelta(days=91))
    assert sweeping.sweep() == 1
    assert set(Notice.objects.values_list("person__name", flat=True)) == {BEN}
