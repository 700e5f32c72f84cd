"""Who may hear of what: the table that proves the one function that decides."""

from collections.abc import Callable
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balie.channels import silence
from balie.channels.models import Delivery
from balie.config.tests.cast import Cast
from balie.people.models import Identity, Person
from balie.teams.models import Membership
from balie.tickets import deleting, disclosing, moving
from balie.tickets.models import Event, Follower, Ticket
from balie.tickets.words import Words

REPLY, CONFIRMATION, NOTICE, ACCOUNT, _CARD = (purpose.value for purpose in Delivery.Purpose)
K = Event.Kind


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return Ticket.open(
        team=cast.it, requester=cast.ada, subject="Laptop", words=Words.from_text("Slow."), channel="email"
    )


@pytest.fixture
def external(cast: Cast) -> Person:
    return Person.objects.take_in(kind=Identity.EMAIL, external_id="otto@elsewhere.example", name="Otto")


def hears(person: Person, ticket: Ticket | None, *, purpose: str, kind: str = K.HEARD) -> bool:
    if ticket is not None:
        ticket = Ticket.objects.get(pk=ticket.pk)
        event = Event(ticket=ticket, kind=kind)
    else:
        event = None
    return silence.may_hear(Person.objects.get(pk=person.pk), purpose=purpose, ticket=ticket, event=event)


def make_private(cast: Cast, ticket: Ticket) -> None:
    moving.move(ticket, to=cast.people, by=cast.ben)


def make_inactive(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(status=Person.Status.INACTIVE)


def nothing(cast: Cast, ticket: Ticket) -> None: ...


def ben_follows(cast: Cast, ticket: Ticket) -> None:
    Follower.objects.create(ticket=ticket, person=cast.ben)


def ben_follows_and_it_moves_away(cast: Cast, ticket: Ticket) -> None:
    ben_follows(cast, ticket)
    make_private(cast, ticket)


def ben_leaves_the_team(cast: Cast, ticket: Ticket) -> None:
    Membership.objects.filter(person=cast.ben).delete()


def eva_opens_it_with_a_reason(cast: Cast, ticket: Ticket) -> None:
    make_private(cast, ticket)
    disclosing.disclose(ticket.pk, by=cast.eva, reason="Court order")


CASES: list[tuple[str, Callable[[Cast, Ticket], None], str, str, bool]] = [
    # who, what happened before, purpose, kind of event, hears
    ("ada", nothing, CONFIRMATION, K.OPENED, True),
    ("ada", nothing, REPLY, K.REPLIED, True),
    ("ada", nothing, NOTICE, K.RESOLVED, True),
    ("ada", nothing, NOTICE, K.NOTED, False),
    ("ada", nothing, NOTICE, K.ASSIGNED, False),
    ("ada", nothing, NOTICE, K.MOVED, False),
    ("ada", nothing, REPLY, K.NOTED, False),
    ("ada", lambda cast, _: make_inactive(cast.ada), REPLY, K.REPLIED, True),
    ("ada", lambda cast, _: make_inactive(cast.ada), NOTICE, K.RESOLVED, True),
    ("ada", lambda cast, _: make_inactive(cast.ada), ACCOUNT, "", False),
    ("ada", lambda cast, ticket: deleting.delete(ticket, by=cast.ben), REPLY, K.REPLIED, False),
    ("ada", lambda cast, ticket: deleting.delete(ticket, by=cast.ben), NOTICE, K.RESOLVED, False),
    ("ada", make_private, REPLY, K.REPLIED, True),
    ("ben", nothing, NOTICE, K.OPENED, True),
    ("ben", nothing, NOTICE, K.NOTED, True),
    ("ben", nothing, REPLY, K.REPLIED, False),
    ("ben", nothing, CONFIRMATION, K.OPENED, False),
    ("ben", make_private, NOTICE, K.OPENED, False),
    ("ben", make_private, NOTICE, K.NOTED, False),
    ("ben", ben_leaves_the_team, NOTICE, K.HEARD, False),
    ("ben", lambda cast, _: make_inactive(cast.ben), NOTICE, K.HEARD, False),
    ("ben", ben_follows, REPLY, K.REPLIED, True),
    ("ben", ben_follows_and_it_moves_away, REPLY, K.REPLIED, True),
    ("ben", ben_follows_and_it_moves_away, NOTICE, K.NOTED, False),
    ("ben", ben_follows_and_it_moves_away, NOTICE, K.MOVED, False),
    ("cleo", nothing, REPLY, K.REPLIED, False),
    ("cleo", nothing, NOTICE, K.OPENED, False),
    ("cleo", nothing, ACCOUNT, "", True),
    ("dov", nothing, NOTICE, K.OPENED, False),
    ("dov", make_private, NOTICE, K.NOTED, False),
    ("eva", nothing, NOTICE, K.NOTED, True),
    ("eva", make_private, NOTICE, K.NOTED, False),
    ("eva", make_private, NOTICE, K.OPENED, False),
    ("eva", eva_opens_it_with_a_reason, NOTICE, K.NOTED, True),
    ("hanna", nothing, NOTICE, K.OPENED, False),
    ("hanna", make_private, NOTICE, K.MOVED, True),
]


@pytest.mark.parametrize(("who", "before", "purpose", "kind", "expected"), CASES)
def test_who_hears(
    cast: Cast,
    ticket: Ticket,
    who: str,
    before: Callable[[Cast, Ticket], None],
    purpose: str,
    kind: str,
    expected: bool,
) -> None:
    before(cast, ticket)
    assert hears(getattr(cast, who), ticket, purpose=purpose, kind=kind) is expected


def test_an_external_hears_where_they_take_part_and_nowhere_else(cast: Cast, ticket: Ticket, external: Person) -> None:
    assert not hears(external, ticket, purpose=REPLY)
    assert not hears(external, ticket, purpose=NOTICE)
    assert not hears(external, None, purpose=ACCOUNT)
    Follower.objects.create(ticket=ticket, person=external)
    assert hears(external, ticket, purpose=REPLY)
    assert not hears(external, ticket, purpose=NOTICE, kind=K.NOTED)


def test_an_expert_hears_no_notes_about_their_own_request(cast: Cast) -> None:
    own = Ticket.open(team=cast.it, requester=cast.ben, subject="Mine", words=Words.from_text("Slow."), channel="web")
    assert hears(cast.ben, own, purpose=REPLY, kind=K.REPLIED)
    assert not hears(cast.ben, own, purpose=NOTICE, kind=K.NOTED)


def test_nobody_hears_of_no_request(cast: Cast) -> None:
    assert not any(hears(cast.ben, None, purpose=purpose) for purpose in (REPLY, CONFIRMATION, NOTICE))


def test_those_who_never_took_part_are_never_sent_anything(cast: Cast, external: Person) -> None:
    make_inactive(cast.cleo)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(("is_private", "is_disclosed"), list(product((True, False), repeat=2)))
def test_the_many_hear_what_each_of_them_works_on(
    cast: Cast, ticket: Ticket, is_private: bool, is_disclosed: bool
) -> None:
    if is_private:
        make_private(cast, ticket)
    if is_private and is_disclosed:
        disclosing.disclose(ticket.pk, by=cast.eva, reason="Court order")
    ticket = Ticket.objects.get(pk=ticket.pk)
    event = Event(ticket=ticket, kind=K.NOTED)
    everyone = list(Person.objects.order_by("pk"))
    heard = silence.those_who_may_hear(everyone, purpose=NOTICE, ticket=ticket, event=event)
    assert heard == [person for person in everyone if ticket.is_worked_on_by(person)]


def test_asking_for_a_large_team_costs_as_much_as_for_a_small_one(cast: Cast, ticket: Ticket) -> None:
    for number in range(30):
        address = f"e{number}@balie.example"
        person = Person.objects.create_employee(name=f"Expert {number}", email=address, role=Person.Role.EXPERT)
        Membership.objects.create(team=cast.it, person=person)
    event = Event(ticket=ticket, kind=K.OPENED)
    with CaptureQueriesContext(connection) as queries:
        heard = silence.those_who_may_hear(Person.objects.all(), purpose=NOTICE, ticket=ticket, event=event)
    assert len(heard) == 33
    assert len(queries) <= 4
