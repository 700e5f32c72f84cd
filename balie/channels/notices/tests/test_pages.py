"""The bell, its page, and the table of how one is told."""

from __future__ import annotations

from datetime import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balie.channels.models import Delivery
from balie.channels.notices.kinds import OF_REQUESTERS, Kind, Told, Way, offered_to
from balie.channels.notices.models import Notice, Wishes
from balie.channels.notices.reading import groups_of, unread_requests
from balie.config.tests.cast import Cast
from balie.config.tests.small_world import CALLERS, make_world
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Membership
from balie.tickets import deleting, disclosing, moving
from balie.tickets.models import Event, Follower, Ticket
from balie.tickets.words import Words

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return opened(cast, "Laptop")


def opened(cast: Cast, subject: str) -> Ticket:
    words = Words.from_text("It is slow.")
    return Ticket.open(team=cast.it, requester=cast.ada, subject=subject, words=words, channel="email")


def subjects(person: Person) -> list[str]:
    return [group.ticket.subject for group in groups_of(Person.objects.get(pk=person.pk), at_most=30)[0]]


def count(person: Person) -> int:
    return unread_requests(Person.objects.get(pk=person.pk))


def test_a_notice_can_be_read_as_long_as_its_request_can(cast: Cast) -> None:
    """`readable_by` says in one question what the request's own questions say."""
    world = make_world(cast)
    Notice.objects.all().delete()
    Follower.objects.create(ticket=world.secret, person=cast.ben)
    own = Ticket.open(team=cast.it, requester=cast.eva, subject="Own", words=Words.from_text("?"), channel="web")
    moved = opened(cast, "Moved")
    moving.move(moved, to=cast.people, by=cast.ben)
    tickets = [world.open, world.secret, world.deleted, own, moved]
    people = [person for caller in CALLERS if (person := world.people[caller])]
    for is_disclosed in (False, True):
        if is_disclosed:
            disclosing.disclose(moved.pk, by=cast.eva, reason="An audit")
        for ticket in tickets:
            event = Event.objects.filter(ticket=ticket).first()
            for kind in (Kind.NOTE, Kind.ANSWER):
                Notice.objects.all().delete()
                Notice.objects.bulk_create(
                    Notice(person=person, ticket=ticket, event=event, kind=kind, is_listed=True, at=clock.now())
                    for person in people
                )
                for person in people:
                    worked_on = Ticket.objects.worked_on_by(person).filter(pk=ticket.pk).exists()
                    taking_part = Ticket.objects.taken_part_in_by(person).filter(pk=ticket.pk).exists()
                    expected = worked_on or (taking_part and kind in OF_REQUESTERS)
                    found = Notice.objects.readable_by(person).exists()
                    assert found is expected, (person.name, ticket.subject, kind, is_disclosed)
                    assert unread_requests(person) == int(expected)
                    assert len(groups_of(person, at_most=5)[0]) == int(expected)


def test_a_request_that_one_may_no_longer_see_is_gone_from_the_bell(cast: Cast, ticket: Ticket) -> None:
    assert (count(cast.ben), subjects(cast.ben)) == (1, ["Laptop"])
    moving.move(ticket, to=cast.people, by=cast.ben)
    assert (count(cast.ben), subjects(cast.ben)) == (0, [])
    body = client_of(cast.ben).get("/notices/unread").json()
    assert (body["count"], body["tickets"]) == (0, [])
    assert (count(cast.hanna), subjects(cast.hanna)) == (1, ["Laptop"])


def test_whoever_leaves_the_team_keeps_no_notice_of_its_requests(cast: Cast, ticket: Ticket) -> None:
    Membership.objects.filter(person=cast.ben).delete()
    assert (count(cast.ben), subjects(cast.ben)) == (0, [])


def test_a_deleted_request_is_gone_from_the_bell(cast: Cast, ticket: Ticket) -> None:
    deleting.delete(ticket, by=cast.ben)
    assert (count(cast.ben), subjects(cast.ben)) == (0, [])


def test_what_happened_stands_request_by_request_the_newest_first(cast: Cast, ticket: Ticket) -> None:
    opened(cast, "Screen")
    ticket.assign(cast.ben, by=cast.eva)
    for number in range(3):
        ticket.note(by=cast.eva, words=Words.from_text(f"Note {number}"))
    groups, more = groups_of(cast.ben, at_most=1)
    (first,) = groups
    assert (first.ticket.subject, first.unread, first.more) == ("Laptop", 5, 2)
    assert [line.words for line in first.lines] == ["Eva Beheer wrote a note"] * 3
    groups, more = groups_of(cast.ben, at_most=1, before=more)
    assert ([group.ticket.subject for group in groups], more) == (["Screen"], None)


def test_the_page_costs_the_same_with_many_notices(cast: Cast, ticket: Ticket) -> None:
    client = client_of(cast.ben)
    client.get("/notices/")
    with CaptureQueriesContext(connection) as few:
        client.get("/notices/")
    for number in range(15):
        opened(cast, f"Screen {number}")
    with CaptureQueriesContext(connection) as many:
        assert client.get("/notices/").content.decode().count('class="notice is-unread"') == 16
    assert len(many) <= len(few) <= 12


def test_the_bell_of_a_page_costs_one_question(cast: Cast, ticket: Ticket) -> None:
    with CaptureQueriesContext(connection) as asked:
        client_of(cast.ben).get("/account/tokens/")
    assert len([query for query in asked if "notices_notice" in query["sql"]]) == 1


@pytest.mark.parametrize(("who", "page"), [("ben", "workspace:request"), ("ada", "portal:request")])
def test_opening_the_request_settles_its_notices(cast: Cast, ticket: Ticket, who: str, page: str) -> None:
    ticket.assign(cast.ben, by=cast.eva)
    ticket.reply(by=cast.eva, words=Words.from_text("Which one?"))
    person = getattr(cast, who)
    opened(cast, "Other").reply(by=cast.eva, words=Words.from_text("Which one?"))
    assert count(person) == 2
    client_of(person).get(reverse(page, args=[ticket.pk]))
    assert count(person) == 1
    assert not Delivery.objects.filter(recipient=person, ticket=ticket, purpose="notice").exists()
    # The answer itself is no mere notice.
    assert Delivery.objects.filter(recipient=cast.ada, ticket=ticket, purpose="reply").exists()


def test_one_or_all_are_marked_and_marked_back(cast: Cast, ticket: Ticket) -> None:
    opened(cast, "Screen")
    client = client_of(cast.ben)
    assert client.post("/notices/reading", {"ticket": ticket.pk, "as": "read"}).status_code == 302
    assert count(cast.ben) == 1
    client.post("/notices/reading", {"ticket": ticket.pk, "as": "unread"})
    assert count(cast.ben) == 2
    client.post("/notices/reading", {"as": "read"}, headers={"X-Bell": "1"})
    assert (count(cast.ben), count(cast.eva)) == (0, 0)
    page = client.get("/notices/?unread").content.decode()
    assert "You have read everything" in page


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "-1"])
def test_nonsense_marks_nothing_as_unread(cast: Cast, ticket: Ticket, number: str) -> None:
    client = client_of(cast.ben)
    assert client.post("/notices/reading", {"ticket": number, "as": "unread"}).status_code == 302
    assert client.post("/notices/reading", {"ticket": number or "x", "as": "read"}).status_code == 302
    assert count(cast.ben) == 1


def test_marking_leads_back_and_never_elsewhere(cast: Cast, ticket: Ticket) -> None:
    client = client_of(cast.ben)
    for then, expected in (("/notices/?unread", "/notices/?unread"), ("//elsewhere.example/", "/notices/")):
        answer = client.post("/notices/reading", {"as": "read", "then": then})
        assert answer.headers["Location"] == expected


def filled(person: Person, **changed: object) -> dict[str, object]:
    """The form as the page shows it, with some of it changed."""
    mine = Wishes.objects.filter(person=person).first() or Wishes(person=person)
    fields: dict[str, object] = {"rhythm": mine.rhythm, "daily_at": "09:00", "discretion": mine.discretion}
    for kind in offered_to(person):
        told = mine.told(kind)
        fields[f"{kind}-way"] = told.way
        if told.listed:
            fields[f"{kind}-listed"] = "on"
    for one in Membership.objects.filter(person=person):
        fields[f"team-{one.team_id}"] = "on"
    fields |= changed
    return {name: value for name, value in fields.items() if value is not None}


def test_what_is_chosen_holds_and_what_is_usual_stays_usual(cast: Cast) -> None:
    client = client_of(cast.ben)
    form = filled(
        cast.ben, **{
            "note-way": "push", "note-listed": None, "rhythm": "hourly", "quiet_from": "18:00", "quiet_until": "08:00",
            "quiet_days": ["5", "6"], "discretion": "always", f"team-{cast.it.pk}": None,
        },
    )  # fmt: skip
    assert client.post("/account/notices/", form).status_code == 302
    wishes = Wishes.objects.get()
    assert wishes.kinds == {"note": ["unlisted", "push"]}
    assert wishes.told(Kind.NOTE) == Told(listed=False, way=Way.PUSH)
    assert (wishes.rhythm, wishes.quiet_from, wishes.quiet_until) == ("hourly", time(18), time(8))
    assert (wishes.quiet_days, wishes.discretion) == ([5, 6], "always")
    assert Membership.objects.get(person=cast.ben).hears_of_new_requests is False
    page = client.get("/account/notices/").content.decode()
    assert 'name="note-way" value="push" checked' in page
    assert 'value="18:00"' in page


def test_an_employee_is_offered_what_concerns_them(cast: Cast) -> None:
    page = client_of(cast.ada).get("/account/notices/").content.decode()
    assert page.count('scope="row"') == len(OF_REQUESTERS)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"quiet_days": [str(day) for day in range(7)]}, "Leave one day"),
        ({"quiet_from": "18:00"}, "Give both times"),
        ({"quiet_from": "late", "quiet_until": "08:00"}, "Enter a valid time"),
        ({"note-way": "pigeon"}, "not in order"),
    ],
)
def test_what_is_not_in_order_is_said_and_nothing_is_changed(cast: Cast, changed: dict[str, object], said: str) -> None:
    answer = client_of(cast.ben).post("/account/notices/", filled(cast.ben, **changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Wishes.objects.exists()


def test_what_waits_to_be_sent_waits_as_wished_from_now_on(cast: Cast, ticket: Ticket) -> None:
    before = Delivery.objects.get(recipient=cast.ben).next_attempt_at
    client_of(cast.ben).post("/account/notices/", filled(cast.ben, rhythm="hourly"))
    after = Delivery.objects.get(recipient=cast.ben).next_attempt_at
    assert before is not None
    assert after is not None
    assert (after.minute, after.second) == (0, 0)
    assert after > before.replace(minute=0, second=0)
