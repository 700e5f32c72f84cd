"""Asking, reading, answering and closing, as somebody who comes twice a year."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words


@pytest.fixture
def ada(client: Client, cast: Cast) -> Client:
    cast.ada.language = "en"
    cast.ada.save()
    client.force_login(cast.ada)
    return client


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return Ticket.open(
        team=cast.it, requester=cast.ada, subject="Laptop", words=Words.from_text("It is slow."), channel="web"
    )


def test_a_question_becomes_a_request_with_its_files(ada: Client, cast: Cast) -> None:
    sent = {
        "text": "It broke.\nBadly.",
        "place": f"{cast.it.pk}.{cast.hardware.pk}",
        "once": "k",
        "attached": SimpleUploadedFile("a.txt", b"a"),
    }
    response = ada.post("/my/requests/new", sent)
    ticket = Ticket.objects.get()
    assert response.headers["Location"] == f"/my/requests/{ticket.pk}"
    assert (ticket.subject, ticket.category, ticket.requester) == ("It broke.", cast.hardware, cast.ada)
    assert ticket.messages.get().attachments.get().name == "a.txt"


def test_a_double_click_asks_once(ada: Client, cast: Cast) -> None:
    where = {
        ada.post("/my/requests/new", {"text": "Help", "place": cast.it.pk, "once": "same"}).headers["Location"]
        for _ in range(2)
    }
    assert len(where) == 1
    assert Ticket.objects.count() == 1


def test_the_same_key_of_somebody_else_is_another_request(ada: Client, cast: Cast) -> None:
    ada.post("/my/requests/new", {"text": "Help", "place": cast.it.pk, "once": "same"})
    ada.force_login(cast.cleo)
    ada.post("/my/requests/new", {"text": "Help", "place": cast.it.pk, "once": "same"})
    assert Ticket.objects.count() == 2


def test_what_was_typed_stays_when_something_is_missing(ada: Client, cast: Cast) -> None:
    response = ada.post("/my/requests/new", {"text": "My long story", "attached": SimpleUploadedFile("a.txt", b"a")})
    content = response.content.decode()
    assert response.status_code == 422
    assert ">My long story</textarea>" in content
    assert "Choose who can help you best" in content
    assert "a.txt" in content
    slip = content.split('name="kept" value="')[1].split('"')[0]
    ada.post("/my/requests/new", {"text": "My long story", "place": cast.it.pk, "kept": slip})
    assert Ticket.objects.get().messages.get().attachments.get().name == "a.txt"


def test_a_forged_slip_brings_no_file(ada: Client, cast: Cast) -> None:
    ada.post("/my/requests/new", {"text": "Hello", "place": cast.it.pk, "kept": "e30:forged:forged"})
    assert not Ticket.objects.get().messages.get().attachments.exists()


def test_a_category_of_another_team_is_refused(ada: Client, cast: Cast) -> None:
    response = ada.post("/my/requests/new", {"text": "Hello", "place": f"{cast.facilities.pk}.{cast.hardware.pk}"})
    assert response.status_code == 422
    assert not Ticket.objects.exists()


def test_internal_teams_cannot_be_asked(ada: Client, cast: Cast) -> None:
    cast.facilities.is_visible = False
    cast.facilities.save()
    assert "Facilities" not in ada.get("/my/requests/new").content.decode()
    assert ada.post("/my/requests/new", {"text": "Hello", "place": cast.facilities.pk}).status_code == 422


def test_the_list_is_mine_and_what_i_follow(ada: Client, cast: Cast, ticket: Ticket) -> None:
    assert "Laptop" in ada.get("/my/requests/").content.decode()
    ada.force_login(cast.cleo)
    assert "Laptop" not in ada.get("/my/requests/").content.decode()
    ticket.follow(cast.cleo, by=cast.ada)
    assert "Laptop" not in ada.get("/my/requests/").content.decode()
    assert "Laptop" in ada.get("/my/requests/?kind=followed").content.decode()
    ticket.resolve(by=cast.ada)
    assert "Laptop" not in ada.get("/my/requests/?kind=followed").content.decode()
    assert "Laptop" in ada.get("/my/requests/?kind=resolved").content.decode()


def test_the_request_shows_replies_but_neither_notes_nor_events(ada: Client, cast: Cast, ticket: Ticket) -> None:
    ticket.note(by=cast.ben, words=Words.from_text("Coffee again"))
    ticket.reply(by=cast.ben, words=Words.from_text("On my way"))
    ticket.assign(cast.ben, by=cast.ben)
    content = ada.get(f"/my/requests/{ticket.pk}").content.decode()
    assert "On my way" in content
    assert "Coffee" not in content
    assert "assigned" not in content
    assert "IT is working on it." in content


@pytest.mark.parametrize("name", ["dov", "cleo", "ben", "eva"])
def test_for_others_it_does_not_exist_here(client: Client, cast: Cast, ticket: Ticket, name: str) -> None:
    client.force_login(getattr(cast, name))
    assert client.get(f"/my/requests/{ticket.pk}").status_code == 404
    for what in ("messages", "resolution", "reopening"):
        assert client.post(f"/my/requests/{ticket.pk}/{what}", {"text": "Hello"}).status_code == 404


def test_an_answer_joins_the_request_once(ada: Client, cast: Cast, ticket: Ticket) -> None:
    ticket.take_status(Status.preset(Group.WAITING), by=cast.ben)
    for _ in range(2):
        assert (
            ada.post(f"/my/requests/{ticket.pk}/messages", {"text": "The silver one", "once": "k"}).status_code == 302
        )
    ticket.refresh_from_db()
    assert ticket.group == Group.IN_PROGRESS
    assert ticket.messages.count() == 2


def test_an_empty_answer_is_refused_with_a_sentence(ada: Client, ticket: Ticket) -> None:
    response = ada.post(f"/my/requests/{ticket.pk}/messages", {"text": " "})
    assert response.status_code == 422
    assert "Write something first" in response.content.decode()


def test_the_requester_closes_and_reopens(ada: Client, ticket: Ticket) -> None:
    ada.post(f"/my/requests/{ticket.pk}/resolution")
    ticket.refresh_from_db()
    assert not ticket.is_open
    assert "This has been resolved." in ada.get(f"/my/requests/{ticket.pk}").content.decode()
    ada.post(f"/my/requests/{ticket.pk}/reopening")
    ticket.refresh_from_db()
    assert ticket.is_open


def test_a_follower_answers_but_does_not_close(client: Client, cast: Cast, ticket: Ticket) -> None:
    ticket.follow(cast.cleo, by=cast.ada)
    client.force_login(cast.cleo)
    assert "It is solved" not in client.get(f"/my/requests/{ticket.pk}").content.decode()
    response = client.post(f"/my/requests/{ticket.pk}/resolution", follow=True)
    assert "not yours to work on" in response.content.decode()
    client.post(f"/my/requests/{ticket.pk}/messages", {"text": "I have one to lend"})
    ticket.refresh_from_db()
    assert ticket.is_open
    assert ticket.messages.count() == 2


def test_no_page_needs_more_than_twelve_queries(
    ada: Client, ticket: Ticket, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    addresses = ("/my/requests/", "/my/requests/?q=lap", "/my/requests/new", f"/my/requests/{ticket.pk}")
    for _ in range(3):
        for address in addresses:
            with django_assert_max_num_queries(12):
                assert ada.get(address).status_code == 200
        ticket.reply(by=cast.ben, words=Words.from_text("Hello"))
    ticket.resolve(by=cast.ben)
    for address in addresses:
        with django_assert_max_num_queries(12):
            assert ada.get(address).status_code == 200


def test_pages_speak_the_readers_language(client: Client, cast: Cast, ticket: Ticket) -> None:
    client.force_login(cast.ada)
    assert '<html lang="nl"' in client.get(f"/my/requests/{ticket.pk}").content.decode()
