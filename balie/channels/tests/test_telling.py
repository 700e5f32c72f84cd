"""Who is told when something happens to a request."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balie.channels.models import Delivery
from balie.config.tests.cast import Cast
from balie.people.models import Identity, Person
from balie.teams.models import Membership
from balie.teams.models.membership import SMALL_TEAM
from balie.tickets import moving
from balie.tickets.models import Ticket
from balie.tickets.words import SenderCheck, Words


@pytest.fixture
def bo(cast: Cast) -> Person:
    """A second expert in IT."""
    bo = Person.objects.create_employee(name="Bo Smit", email="bo@balie.example", role=Person.Role.EXPERT)
    Membership.objects.create(team=cast.it, person=bo)
    return bo


@pytest.fixture
def ticket(cast: Cast, bo: Person) -> Ticket:
    return opened(cast)


def opened(cast: Cast, words: Words | None = None, *, by: Person | None = None) -> Ticket:
    words = words or Words.from_text("Slow.")
    return Ticket.open(team=cast.it, requester=by or cast.ada, subject="Laptop", words=words, channel="email")


def told() -> set[tuple[str, str]]:
    """Who is owed what since last asked."""
    owed = set(Delivery.objects.values_list("address", "purpose"))
    Delivery.objects.all().delete()
    return owed


ADA, BEN, BO, CLEO = "ada@balie.example", "ben@balie.example", "bo@balie.example", "cleo@balie.example"


def test_a_new_request_is_confirmed_and_told_to_the_team(cast: Cast, ticket: Ticket) -> None:
    assert told() == {(ADA, "confirmation"), (BEN, "notice"), (BO, "notice")}


def test_members_who_do_not_want_to_hear_of_new_requests_do_not(cast: Cast, bo: Person) -> None:
    Membership.objects.filter(person=bo).update(hears_of_new_requests=False)
    opened(cast)
    assert told() == {(ADA, "confirmation"), (BEN, "notice")}


def test_an_experts_own_request_is_told_to_the_others(cast: Cast, bo: Person) -> None:
    opened(cast, by=cast.ben)
    assert told() == {(BEN, "confirmation"), (BO, "notice")}


def test_an_automatic_message_is_answered_by_nobody_and_told_to_nobody(cast: Cast, ticket: Ticket) -> None:
    told()
    automatic = Words(text="I am away.", html="<p>I am away.</p>", is_automatic=True)
    opened(cast, automatic)
    ticket.hear(by=cast.ada, words=automatic, channel="email")
    assert told() == set()


def test_a_false_sender_is_not_answered(cast: Cast, bo: Person) -> None:
    opened(cast, Words(text="Pay this.", html="<p>Pay this.</p>", sender_check=SenderCheck.FAILED))
    assert told() == {(BEN, "notice"), (BO, "notice")}


def test_a_reply_goes_to_all_who_take_part_but_its_author(cast: Cast, ticket: Ticket) -> None:
    ticket.follow(cast.cleo, by=cast.ben)
    told()
    ticket.reply(by=cast.ben, words=Words.from_text("Which?"))
    assert told() == {(ADA, "reply"), (CLEO, "reply")}


def test_a_reply_does_not_reach_anybody_twice(cast: Cast, ticket: Ticket) -> None:
    ticket.follow(cast.cleo, by=cast.ben)
    Identity.objects.create(person=cast.cleo, kind=Identity.EMAIL, external_id="cleo@home.example")
    told()
    words = Words(text="Which?", html="<p>Which?</p>", sent_to=("it@desk.localhost", "Cleo@Home.example"))
    ticket.reply(by=cast.ben, words=words, channel="email")
    assert told() == {(ADA, "reply")}


def test_what_the_requester_writes_is_told_to_the_assignee_alone(cast: Cast, ticket: Ticket) -> None:
    ticket.assign(cast.ben, by=cast.ben)
    told()
    ticket.hear(by=cast.ada, words=Words.from_text("And hot."), channel="email")
    assert told() == {(BEN, "notice")}


def test_what_the_requester_writes_is_told_to_those_who_answered_before(cast: Cast, bo: Person, ticket: Ticket) -> None:
    ticket.reply(by=bo, words=Words.from_text("Which?"))
    told()
    ticket.hear(by=cast.ada, words=Words.from_text("The silver one."), channel="email")
    assert told() == {(BO, "notice")}


def test_what_nobody_answered_yet_is_told_to_the_team(cast: Cast, ticket: Ticket) -> None:
    told()
    ticket.hear(by=cast.ada, words=Words.from_text("And hot."), channel="email")
    assert told() == {(BEN, "notice"), (BO, "notice")}


def test_what_one_participant_writes_reaches_the_others(cast: Cast, ticket: Ticket) -> None:
    ticket.follow(cast.cleo, by=cast.ben)
    ticket.assign(cast.ben, by=cast.ben)
    told()
    ticket.hear(by=cast.cleo, words=Words.from_text("Mine too."), channel="web")
    assert told() == {(ADA, "reply"), (BEN, "notice")}
    ticket.hear(by=cast.ada, words=Words(text="Oh.", html="<p>Oh.</p>", sent_to=(CLEO,)), channel="email")
    assert told() == {(BEN, "notice")}


def test_an_expert_who_follows_is_told_once(cast: Cast, bo: Person, ticket: Ticket) -> None:
    ticket.follow(bo, by=cast.ben)
    ticket.assign(bo, by=cast.ben)
    told()
    ticket.hear(by=cast.ada, words=Words.from_text("And hot."), channel="email")
    assert told() == {(BO, "notice")}


def test_the_assignee_is_told_unless_they_took_it_themselves(cast: Cast, bo: Person, ticket: Ticket) -> None:
    told()
    ticket.assign(cast.ben, by=cast.ben)
    assert told() == set()
    ticket.assign(bo, by=cast.ben)
    assert told() == {(BO, "notice")}
    ticket.assign(None, by=cast.ben)
    assert told() == set()


def test_a_note_is_told_to_those_who_work_on_it_and_never_to_participants(
    cast: Cast, bo: Person, ticket: Ticket
) -> None:
    ticket.follow(cast.cleo, by=cast.ben)
    ticket.follow(cast.ben, by=cast.ben)
    ticket.assign(bo, by=cast.ben)
    told()
    ticket.note(by=bo, words=Words.from_text("Old model."))
    assert told() == {(BEN, "notice")}
    ticket.note(by=cast.ben, words=Words.from_text("Indeed."))
    assert told() == {(BO, "notice")}


def test_a_resolution_is_told_unless_an_answer_just_said_it(cast: Cast, ticket: Ticket) -> None:
    told()
    ticket.resolve(by=cast.ben)
    assert told() == {(ADA, "notice")}
    ticket.reopen(by=cast.ben)
    ticket.reply(by=cast.ben, words=Words.from_text("Done."))
    told()
    ticket.resolve(by=cast.ben)
    assert told() == set()


def test_a_request_that_its_requester_closes_is_told_to_nobody(cast: Cast, ticket: Ticket) -> None:
    told()
    ticket.resolve(by=cast.ada)
    assert told() == set()


def test_a_request_that_moves_is_new_to_the_other_team(cast: Cast, ticket: Ticket) -> None:
    told()
    moving.move(ticket, to=cast.facilities, by=cast.ben)
    assert told() == {("dov@balie.example", "notice")}


def test_a_new_request_costs_no_more_queries_in_a_large_team(cast: Cast, ticket: Ticket) -> None:
    with CaptureQueriesContext(connection) as small:
        opened(cast)
    for number in range(SMALL_TEAM - 2):
        person = Person.objects.create_employee(
            name=f"E {number}", email=f"e{number}@balie.example", role=Person.Role.EXPERT
        )
        Membership.objects.create(team=cast.it, person=person)
    with CaptureQueriesContext(connection) as large:
        opened(cast)
    assert len(large) == len(small)
