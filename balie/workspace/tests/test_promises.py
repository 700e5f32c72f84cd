"""Promises in lists and on the page of a request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from balie.config.tests.cast import Cast
from balie.sla import ruling, watching
from balie.sla.ruling import Wanted
from balie.teams.models import WorkingSpan
from balie.tickets import searching
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words
from balie.workspace import queue
from balie.workspace.filters import Filters, Order
from balie.workspace.queue import Wanted as WantedRows

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def now() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(MONDAY, tick=False) as moment:
        yield moment


@pytest.fixture
def it(cast: Cast, now: time_machine.Coordinates) -> Cast:
    WorkingSpan.objects.bulk_create(
        WorkingSpan(team=cast.it, weekday=day, begins=time(9), ends=time(17)) for day in range(5)
    )
    ruling.add(cast.it, Wanted(response=4 * HOUR), by=cast.ben)
    return cast


@pytest.fixture
def four(it: Cast, now: time_machine.Coordinates) -> dict[str, Ticket]:
    """One missed, one answered, one that waits, one that runs; and a fifth without a promise but with a due date."""
    found = {}
    for name in ("breached", "met", "paused", "running"):
        if name == "running":
            now.shift(2 * HOUR)
        found[name] = Ticket.open(
            team=it.it, requester=it.ada, subject=f"The {name} one", words=Words.from_text("Please."), channel="web"
        )
    found["met"].reply(by=it.ben, words=Words.from_text("Here."))
    found["paused"].take_status(Status.preset(Group.WAITING), by=it.ben)
    now.move_to(MONDAY + 4 * HOUR + timedelta(minutes=1))
    watching.watch()
    return found


def client_of(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ben, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("state", ["breached", "met", "paused", "running"])
def test_a_list_is_narrowed_to_one_state(it: Cast, four: dict[str, Ticket], state: str) -> None:
    page = client_of(it).get(reverse("workspace:inbox"), {"sla": state}).text
    assert [name for name in four if f"The {name} one" in page] == [state]


def test_what_is_due_next_comes_first_and_headings_follow(it: Cast, four: dict[str, Ticket]) -> None:
    page = client_of(it).get(reverse("workspace:inbox"), {"order": "due"}).text
    places = [page.index(f"The {name} one") for name in ("breached", "running")]
    assert places == sorted(places)
    assert page.index("Late") < page.index("The breached one") < page.index("The running one")
    assert page.index("No due date") < min(page.index("The met one"), page.index("The paused one"))


def test_each_state_has_its_words_and_shape(it: Cast, four: dict[str, Ticket]) -> None:
    page = client_of(it).get(reverse("workspace:inbox")).text
    for words, shape in (("1 min late", "alert"), ("paused", "pause"), ("today 4", "clock")):
        assert words in page, words
        assert f"#{shape}" in page, shape


def test_the_request_says_what_is_promised_and_what_was_missed(it: Cast, four: dict[str, Ticket]) -> None:
    page = client_of(it).get(reverse("workspace:request", args=[four["breached"].pk])).text
    assert "1 min late" in page
    assert "and is late" in page


def test_a_search_finds_by_promise(it: Cast, four: dict[str, Ticket]) -> None:
    assert searching.find("sla:missed", person=it.ben).numbers == [four["breached"].pk]
    assert searching.find("sla:met", person=it.ada, scope=searching.Scope.MINE).numbers == []


def test_the_board_shows_promises_too(it: Cast, four: dict[str, Ticket]) -> None:
    client = client_of(it)
    client.post(reverse("workspace:layout"), {"layout": "board"})
    assert "1 min late" in client.get(reverse("workspace:inbox")).text


def test_pages_go_on_where_the_one_before_ended(
    it: Cast, four: dict[str, Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "A_PAGE", 1)
    wanted = WantedRows(person=it.ben, teams=[it.it.pk], filters=Filters(), order=Order.DUE)
    seen, after = [], None
    while True:
        page = queue.page_of(
            WantedRows(person=it.ben, teams=[it.it.pk], filters=Filters(), order=Order.DUE, after=after)
        )
        seen += page.numbers
        if not page.next:
            break
        after = queue.key_of(page.next, Order.DUE)
    assert seen[:2] == [four["breached"].pk, four["running"].pk]
    assert sorted(seen) == sorted(one.pk for one in four.values())
    assert queue.page_of(wanted).numbers == seen[:1]


def test_the_order_walks_along_its_index(it: Cast, four: dict[str, Ticket]) -> None:
    asked = queue.statement(
        WantedRows(person=it.ben, teams=[it.it.pk], filters=Filters(), order=Order.DUE), most=queue.A_PAGE
    )
    assert asked is not None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {asked[0]}", asked[1])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "ticket_open_by_due" in plan
