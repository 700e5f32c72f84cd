"""Ten experts work on the same two requests at once: nobody waits for ever, and nothing that was said is lost."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.teams.models import Membership
from balie.tickets import merging, moving, refusals
from balie.tickets.models import Event, Message, Ticket
from balie.tickets.words import Words

TURNS = 6


@pytest.fixture
def experts(committed_cast: Cast) -> list[Person]:
    """Ten, who work both in IT and in Facilities."""
    ten = [
        Person.objects.create_employee(
            name=f"Expert {number}", email=f"x{number}@balie.example", role=Person.Role.EXPERT
        )
        for number in range(10)
    ]
    for team in (committed_cast.it, committed_cast.facilities):
        Membership.objects.bulk_create(Membership(team=team, person=person) for person in ten)
    return ten


def opened(cast: Cast, subject: str) -> Ticket:
    return Ticket.open(
        team=cast.it, requester=cast.ada, subject=subject, words=Words.from_text("It is slow."), channel="web"
    )


def all_at_once(people: list[Person], work: Callable[[int, Person], None]) -> list[BaseException]:
    """Each in a thread with a connection of their own; what went wrong."""
    faults: list[BaseException] = []
    start = threading.Barrier(len(people))

    def run(number: int, person: Person) -> None:
        try:
            start.wait(10)
            work(number, person)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, person)) for number, person in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return faults


def test_ten_experts_reply_move_and_merge_one_request_at_once(committed_cast: Cast, experts: list[Person]) -> None:
    cast = committed_cast
    # Each pair in another direction of numbers, and a chain: 3 into 1, then 1 into 2.
    first, second, third = (opened(cast, subject) for subject in ("Laptop", "Slow laptop", "Laptop is slow"))
    said: Counter[str] = Counter()

    def work(number: int, person: Person) -> None:
        for turn in range(TURNS):
            ticket = Ticket.objects.get(pk=(first, second, third)[(number + turn) % 3].pk)
            if number % 5 == 3:
                moving.move(ticket, to=(cast.it, cast.facilities)[turn % 2], by=person)
            elif number % 5 == 4 and turn >= 2:
                source, target = ((third, first), (first, second))[turn % 2]
                with suppress(refusals.AlreadyMerged):
                    merging.merge(source, into=target, by=person)
            text = f"{person.name} says {turn}"
            ticket.reply(by=person, words=Words.from_text(text))
            said[text] += 1

    assert all_at_once(experts, work) == []
    (whole,) = {end_of(ticket) for ticket in (first, second, third)}
    texts = Counter(Message.objects.filter(direction="out").values_list("text", flat=True))
    assert texts == said
    assert set(said.values()) == {1}
    assert len(said) == 10 * TURNS
    assert set(Message.objects.values_list("ticket", flat=True)) == {whole}
    for person in experts:
        in_order = list(Message.objects.filter(author=person).values_list("text", flat=True))
        assert in_order == [f"{person.name} says {turn}" for turn in range(TURNS)]
    assert Event.objects.filter(kind=Event.Kind.REPLIED).count() == 10 * TURNS
    assert Event.objects.filter(kind=Event.Kind.MERGED).count() == 2
    assert Ticket.objects.listed().count() == 1
    # All three numbers lead to the one.
    for ticket in (first, second, third):
        ticket.refresh_from_db()
        assert ticket.pk == whole or ticket.merged_into_id == whole


def end_of(ticket: Ticket) -> int:
    ticket.refresh_from_db()
    while ticket.merged_into_id is not None:
        ticket = Ticket.objects.get(pk=ticket.merged_into_id)
    return ticket.pk


def test_two_experts_merge_the_same_two_in_both_directions(committed_cast: Cast, experts: list[Person]) -> None:
    pairs = [(opened(committed_cast, "A"), opened(committed_cast, "B")) for _ in range(5)]

    def work(number: int, person: Person) -> None:
        for one, other in pairs:
            source, target = (one, other) if number % 2 else (other, one)
            try:
                merging.merge(source, into=target, by=person)
            except refusals.AlreadyMerged:
                continue

    assert all_at_once(experts, work) == []
    for one, other in pairs:
        assert end_of(one) == end_of(other)
    assert Event.objects.filter(kind=Event.Kind.MERGED).count() == 5
