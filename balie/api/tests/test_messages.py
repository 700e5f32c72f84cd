"""Messages, files and events over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balie.api.tests.conftest import Program
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.tickets import linking
from balie.tickets.models import Attachment, Message, Ticket
from balie.tickets.words import Words

As = Callable[[Person], Program]


def test_ben_replies_and_sees_how_it_goes_and_ada_does_not(cast: Cast, program: As, ticket: Ticket) -> None:
    answer = program(cast.ben).post(f"/requests/{ticket.pk}/messages", {"kind": "reply", "text": "Which one?"})
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["direction"], said["kind"], said["author"]["email"]) == ("out", "reply", "ben@balie.example")
    (owed,) = said["deliveries"]
    assert (owed["to"], owed["channel"], owed["state"], owed["attempts"], owed["error"]) == (
        "ada@balie.example", "email", "owed", 0, "",
    )  # fmt: skip
    read = program(cast.ada).items(f"/requests/{ticket.pk}/messages")
    assert [one["text"] for one in read] == ["The printer on floor 2 eats paper.", "Which one?"]
    assert [one["deliveries"] for one in read] == [[], []]


def test_adas_answer_comes_in(cast: Cast, program: As, ticket: Ticket) -> None:
    said = program(cast.ada).post(f"/requests/{ticket.pk}/messages", {"text": "The grey one."}).json()
    assert (said["direction"], said["deliveries"]) == ("in", [])
    assert program(cast.ada).post(f"/requests/{ticket.pk}/messages", {"kind": "note", "text": "x"}).status_code == 403


def test_an_administrator_may_not_speak_in_a_private_request(cast: Cast, program: As, secret: Ticket) -> None:
    assert program(cast.eva).post(f"/requests/{secret.pk}/messages", {"text": "Hello"}).status_code == 404


def test_a_note_is_for_the_team(cast: Cast, program: As, ticket: Ticket) -> None:
    ticket.follow(cast.cleo, by=cast.ben)
    program(cast.ben).post(f"/requests/{ticket.pk}/messages", {"kind": "note", "text": "Buy a new one."})
    assert len(program(cast.eva).items(f"/requests/{ticket.pk}/messages")) == 2
    for person in (cast.ada, cast.cleo):
        assert len(program(person).items(f"/requests/{ticket.pk}/messages")) == 1


def test_nothing_said_is_not_a_message(cast: Cast, program: As, ticket: Ticket) -> None:
    answer = program(cast.ben).post(f"/requests/{ticket.pk}/messages", {"text": " "})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:balie:problem:nothing-said")


def test_a_file_comes_with_a_form_and_is_fetched_by_those_who_may(cast: Cast, program: As, ticket: Ticket) -> None:
    file = SimpleUploadedFile("invoice 1.pdf", b"%PDF-1.7", content_type="application/pdf")
    said = (
        program(cast.ben)
        .send(f"/requests/{ticket.pk}/messages", {"kind": "note", "text": "See", "files": [file]})
        .json()
    )
    (kept,) = said["attachments"]
    assert (kept["name"], kept["type"], kept["size"]) == ("invoice 1.pdf", "application/pdf", 8)
    path = kept["url"].removeprefix("http://testserver/api/v1")
    answer = program(cast.ben).get(path)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for person in (cast.ada, cast.dov):
        assert program(person).get(path).status_code == 404
    Attachment.objects.update(sha256="0" * 64)
    assert program(cast.ben).get(path).status_code == 404


def test_messages_are_paged_in_the_order_of_time(cast: Cast, program: As, ticket: Ticket) -> None:
    for number in range(5):
        ticket.reply(by=cast.ben, words=Words.from_text(f"Part {number}"))
    # In one moment, as messages of a merged request may be.
    Message.objects.update(created_at=ticket.created_at)
    ada, found, cursor = program(cast.ada), [], ""
    while True:
        page = ada.get(f"/requests/{ticket.pk}/messages", limit=2, cursor=cursor).json()
        found += [one["id"] for one in page["items"]]
        if not (cursor := page["next"]):
            break
    assert found == sorted(Message.objects.values_list("pk", flat=True))


def test_a_page_of_messages_costs_few_queries(cast: Cast, program: As, ticket: Ticket) -> None:
    for number in range(20):
        ticket.reply(by=cast.ben, words=Words.from_text(f"Part {number}"))
    eva = program(cast.eva)
    eva.get("/statuses")
    for part in ("messages", "events"):
        with CaptureQueriesContext(connection) as queries:
            eva.items(f"/requests/{ticket.pk}/{part}")
        assert len(queries) <= 12, [one["sql"] for one in queries]


def test_events_are_told_oldest_first_and_the_teams_own_ones_to_the_team(
    cast: Cast, program: As, ticket: Ticket
) -> None:
    ticket.note(by=cast.ben, words=Words.from_text("Hm."))
    ticket.resolve(by=cast.ben)
    told = program(cast.ben).items(f"/requests/{ticket.pk}/events")
    assert [one["kind"] for one in told] == ["opened", "noted", "resolved"]
    assert told[2]["by"]["id"] == cast.ben.pk
    told = program(cast.ada).items(f"/requests/{ticket.pk}/events")
    assert [(one["kind"], one["details"]) for one in told] == [("opened", {}), ("resolved", {})]


def test_a_link_to_a_private_request_is_not_told(cast: Cast, program: As, ticket: Ticket, secret: Ticket) -> None:
    linking.link(ticket, secret, by=cast.hanna)
    assert [one["kind"] for one in program(cast.ben).items(f"/requests/{ticket.pk}/events")] == ["opened"]
    assert [one["kind"] for one in program(cast.hanna).items(f"/requests/{secret.pk}/events")] == ["opened"]


@pytest.mark.parametrize("part", ["messages", "events"])
def test_a_cursor_of_another_list_is_refused(cast: Cast, program: As, ticket: Ticket, part: str) -> None:
    for number in range(2):
        Ticket.open(team=cast.it, requester=cast.ada, subject=str(number), words=Words.from_text("x"), channel="web")
    cursor = program(cast.ben).get("/requests", limit=1).json()["next"]
    for one in (cursor, "x", "é", "x.y"):
        assert program(cast.ben).get(f"/requests/{ticket.pk}/{part}", cursor=one).status_code == 422
