"""The server that takes our mail refuses, stalls, vanishes and greylists: one recipient's trouble is nobody else's."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from balie.channels import delivering
from balie.channels.email import client
from balie.channels.email.tests.sink import Sink, open_sink
from balie.channels.models import Delivery
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Ticket
from balie.tickets.words import Words

ADA, CLEO, GONE = "ada@balie.example", "cleo@balie.example", "gone@balie.example"


@pytest.fixture
def sink(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    monkeypatch.setattr(client, "PATIENCE", 0.5)
    with open_sink() as opened:
        settings.BALIE = dataclasses.replace(settings.BALIE, smtp=opened.route)
        yield opened
        client.hang_up()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Ada's, followed by Cleo and by somebody whose mailbox is gone."""
    gone = Person.objects.create_employee(name="Gus Gone", email=GONE)
    ticket = Ticket.open(
        team=cast.it, requester=cast.ada, subject="Laptop", words=Words.from_text("It is slow."), channel="email",
        copies=(cast.cleo, gone),
    )  # fmt: skip
    Delivery.objects.all().delete()
    return ticket


def reply(ticket: Ticket, cast: Cast, text: str) -> None:
    ticket.reply(by=cast.ben, words=Words.from_text(text))


def deliver_all(*, after: timedelta = timedelta(0)) -> None:
    with time_machine.travel(clock.now() + after, tick=False):
        while delivering.deliver_some():
            pass


def states() -> dict[str, str]:
    """Of the answers, by address; the notice that one was refused is a matter of its own."""
    return dict(Delivery.objects.filter(purpose="reply").values_list("address", "state"))


def received(sink: Sink, address: str) -> list[str]:
    """The first lines of the mails that this recipient got, in order."""
    return [
        mail.get_body(("plain",)).get_content().split("\n")[0]  # type: ignore[union-attr]
        for mail, envelope in zip(sink.mails, sink.taken, strict=True)
        if envelope.rcpt_tos == [address]
    ]


def test_one_is_refused_one_is_greylisted_and_the_third_has_it_at_once(cast: Cast, ticket: Ticket, sink: Sink) -> None:
    sink.says_to = {GONE: "550 5.1.1 No such user", CLEO: "451 4.7.1 Greylisted, come back later"}
    reply(ticket, cast, "Try this")
    deliver_all()
    assert states() == {ADA: "sent", CLEO: "retrying", GONE: "refused"}
    assert "No such user" in Delivery.objects.get(address=GONE).error
    sink.says_to = {}
    deliver_all(after=timedelta(seconds=31))
    assert states() == {ADA: "sent", CLEO: "sent", GONE: "refused"}
    assert [len(received(sink, address)) for address in (ADA, CLEO, GONE)] == [1, 1, 0]


@pytest.mark.parametrize("fault", ["stalls", "drops_in_data", "drops_after_data"])
def test_a_server_that_fails_all_of_them_gets_all_of_them_later(
    cast: Cast, ticket: Ticket, sink: Sink, fault: str
) -> None:
    setattr(sink, fault, True)
    reply(ticket, cast, "Try this")
    deliver_all()
    assert set(states().values()) == {"retrying"}
    setattr(sink, fault, False)
    deliver_all(after=timedelta(seconds=31))
    assert set(states().values()) == {"sent"}
    # A server that took it and vanished before it said so has it twice, by the same name.
    names = [str(mail["Message-ID"]) for mail in sink.mails]
    assert len(set(names)) == 3
    assert len(names) == (6 if fault == "drops_after_data" else 3)


def test_replies_arrive_in_the_order_in_which_they_were_written(cast: Cast, ticket: Ticket, sink: Sink) -> None:
    for number in range(12):
        reply(ticket, cast, f"Step {number}")
    deliver_all()
    assert received(sink, ADA) == [f"Step {number}" for number in range(12)]


def test_a_server_that_is_away_for_two_days_ends_as_refused_and_can_be_tried_again(
    cast: Cast, ticket: Ticket, sink: Sink
) -> None:
    sink.says_to_sender = "421 Closed for the holidays"
    reply(ticket, cast, "Try this")
    for hours in (0, 1, 5, 20, 40, 49):
        deliver_all(after=timedelta(hours=hours))
    assert set(states().values()) == {"refused"}
    sink.says_to_sender = "250 OK"
    for delivery in Delivery.objects.all():
        delivery.try_again()
    deliver_all()
    assert set(states().values()) == {"sent"}
