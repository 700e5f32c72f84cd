"""A long conversation: shown in parts, marked where one had stopped, and at a cost that does not grow."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from balie.channels.models import Delivery
from balie.channels.models.delivery import NO_LONGER_ALLOWED
from balie.config.tests.cast import Cast
from balie.platform import clock
from balie.tickets import linking
from balie.tickets.models import Ticket
from balie.tickets.words import Words
from balie.workspace.timeline import A_PART


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return Ticket.open(
        team=cast.it, requester=cast.ada, subject="Laptop", words=Words.from_text("It is slow."), channel="email"
    )


@pytest.fixture
def ben(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ben)
    return client


def say_much(cast: Cast, ticket: Ticket, count: int, name: str = "Word") -> None:
    for number in range(count):
        ticket.hear(by=cast.ada, words=Words.from_text(f"{name} {number:03d}."), channel="email")


def letters(content: str) -> list[str]:
    return re.findall(r"Word (\d{3})\.", content)


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def earlier(content: str) -> str:
    found = re.search(r'hx-get="([^"]*part=earlier[^"]*)"', content)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_long_conversation_comes_in_parts_that_fit_together(ben: Client, cast: Cast, ticket: Ticket) -> None:
    say_much(cast, ticket, 2 * A_PART + 5)
    newest = body(ben, f"/requests/{ticket.pk}")
    before = body(ben, earlier(newest))
    first = body(ben, earlier(before))
    assert "part=earlier" not in first
    assert "It is slow." in first
    found = letters(first) + letters(before) + letters(newest)
    assert found == [f"{number:03d}" for number in range(2 * A_PART + 5)]


def test_the_same_parts_are_pages_without_a_script(ben: Client, cast: Cast, ticket: Ticket) -> None:
    say_much(cast, ticket, A_PART + 5)
    before = body(ben, earlier(body(ben, f"/requests/{ticket.pk}")).replace("part=earlier&", ""))
    assert letters(before) == ["000", "001", "002", "003", "004"]
    assert "Newest messages" in before
    assert ben.get(f"/requests/{ticket.pk}?before=made-up").status_code == 404


def test_a_message_far_back_is_found_by_its_number(ben: Client, cast: Cast, ticket: Ticket) -> None:
    say_much(cast, ticket, 2 * A_PART)
    old = ticket.messages.get(text="Word 003.")
    page = body(ben, f"/requests/{ticket.pk}?message={old.pk}")
    assert letters(page)[0] == "003"
    assert len(letters(page)) == A_PART


def test_what_comes_by_itself_begins_where_the_page_begins(ben: Client, cast: Cast, ticket: Ticket) -> None:
    say_much(cast, ticket, A_PART + 5)
    page = body(ben, f"/requests/{ticket.pk}")
    start = re.search(r'name="start" value="([^"]+)"', page)
    assert start
    say_much(cast, ticket, 4, "New word")
    part = body(ben, f"/requests/{ticket.pk}?part=timeline&start={start[1]}")
    assert letters(part) == letters(page)
    assert part.count("New word") == 4
    assert 'id="earlier"' not in part


def test_the_cost_does_not_grow_with_what_is_not_shown(ben: Client, cast: Cast, ticket: Ticket) -> None:
    say_much(cast, ticket, A_PART + 1)
    body(ben, f"/requests/{ticket.pk}")
    with CaptureQueriesContext(
        connection,
    ) as short:
        one = body(ben, f"/requests/{ticket.pk}")
    say_much(cast, ticket, 60)
    body(ben, f"/requests/{ticket.pk}")
    with CaptureQueriesContext(connection) as long:
        other = body(ben, f"/requests/{ticket.pk}")
    assert len(long) == len(short) <= 12
    assert abs(len(one) - len(other)) < 2000


def test_the_mark_stands_where_the_reader_had_stopped(ben: Client, cast: Cast, ticket: Ticket) -> None:
    body(ben, f"/requests/{ticket.pk}")
    assert 'id="unread"' not in body(ben, f"/requests/{ticket.pk}")
    ticket.note(by=cast.eva, words=Words.from_text("A note of Eva's"))
    ticket.hear(by=cast.ada, words=Words.from_text("And hot."), channel="email")
    page = body(ben, f"/requests/{ticket.pk}")
    assert page.count('id="unread"') == 1
    assert page.index("It is slow.") < page.index('id="unread"') < page.index("A note of Eva")
    read = re.search(r'name="read" value="([^"]+)"', page)
    assert read
    # A part that comes by itself keeps the mark, although all has been read by now.
    assert 'id="unread"' in body(ben, f"/requests/{ticket.pk}?part=timeline&read={read[1]}")
    assert 'id="unread"' not in body(ben, f"/requests/{ticket.pk}")


def test_the_first_new_message_is_reachable_when_more_is_new_than_fits(ben: Client, cast: Cast, ticket: Ticket) -> None:
    body(ben, f"/requests/{ticket.pk}")
    say_much(cast, ticket, A_PART + 10)
    page = body(ben, f"/requests/{ticket.pk}")
    assert 'id="unread"' not in page
    assert f"?message={ticket.messages.get(text='Word 000.').pk}#unread" in page


def test_ones_own_words_are_never_new(ben: Client, cast: Cast, ticket: Ticket) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=1), tick=False):
        ticket.see(by=cast.ben)
    ticket.reply(by=cast.ben, words=Words.from_text("Which one?"))
    assert 'id="unread"' not in body(ben, f"/requests/{ticket.pk}")


def test_many_changes_are_folded_and_stand_between_their_letters(ben: Client, cast: Cast, ticket: Ticket) -> None:
    for priority in (3, 4, 3, 4, 3):
        ticket.prioritise(priority, by=cast.ben)
    ticket.hear(by=cast.ada, words=Words.from_text("And hot."), channel="email")
    page = body(ben, f"/requests/{ticket.pk}")
    assert page.index("It is slow.") < page.index("6 changes") < page.index("And hot.")


def test_changes_of_an_earlier_part_stand_in_that_part(ben: Client, cast: Cast, ticket: Ticket) -> None:
    ticket.prioritise(4, by=cast.ben)
    say_much(cast, ticket, A_PART + 2)
    page = body(ben, f"/requests/{ticket.pk}")
    assert "set the priority" not in page
    assert "set the priority" in body(ben, earlier(page))


def test_a_delivery_that_nobody_waits_for_is_no_fault(ben: Client, cast: Cast, ticket: Ticket) -> None:
    message = ticket.reply(by=cast.ben, words=Words.from_text("Hello"))
    delivery = Delivery.objects.get(message=message, purpose=Delivery.Purpose.REPLY)
    delivery.refuse(NO_LONGER_ALLOWED)
    address = f"/requests/{ticket.pk}/messages/{message.pk}/deliveries"
    for content in (body(ben, f"/requests/{ticket.pk}"), body(ben, address)):
        assert "nobody waits for it" in content
        assert "Refused for" not in content
    delivery.refuse("550 unknown")
    assert "550 unknown" in body(ben, address)
    ben.force_login(cast.dov)
    assert ben.get(address).status_code == 404


def test_the_printed_page_unfolds_everything(ben: Client, cast: Cast, ticket: Ticket) -> None:
    say_much(cast, ticket, A_PART + 10)
    folded = Words(text="Yes", html="<p>Yes</p>", folded_html="<p>On Monday you wrote</p>")
    ticket.hear(by=cast.ada, words=folded, channel="email")
    page = body(ben, f"/requests/{ticket.pk}/print")
    assert len(letters(page)) == A_PART + 10
    assert not re.search(r"<details(?![^>]* open)", page)
    ben.force_login(cast.dov)
    assert ben.get(f"/requests/{ticket.pk}/print").status_code == 404


def test_a_link_with_what_one_may_not_know_is_not_told_of(ben: Client, cast: Cast, ticket: Ticket) -> None:
    secret = Ticket.open(
        team=cast.people, requester=cast.ada, subject="Leave", words=Words.from_text("x"), channel="web"
    )
    linking.link(ticket, secret, by=cast.hanna)
    for address in (f"/requests/{ticket.pk}", f"/requests/{ticket.pk}/print"):
        assert f"#{secret.pk}" not in body(ben, address)


def test_every_change_of_a_delivery_tells_the_pages_of_the_team_and_nobody_else(cast: Cast, ticket: Ticket) -> None:
    message = ticket.reply(by=cast.ben, words=Words.from_text("Hello"))
    delivery = Delivery.objects.get(message=message, purpose=Delivery.Purpose.REPLY)
    for verb in (lambda: delivery.put_off("later"), lambda: delivery.refuse("550"), delivery.try_again, delivery.take):
        with CaptureQueriesContext(connection) as asked:
            verb()
        told = [
            query["sql"]
            for query in asked.captured_queries
            if "pg_notify" in query["sql"] and "delivery" in query["sql"]
        ]
        assert len(told) == 1
        assert f"team:{cast.it.pk}" in told[0]
        assert "person:" not in told[0]
