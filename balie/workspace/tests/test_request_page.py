"""The page of one request: what it shows, what may be done there, and to whom it does not exist."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.channels.models import Arrival, Delivery
from balie.config.tests.cast import Cast
from balie.platform import clock, files
from balie.tickets import merging, moving
from balie.tickets.models import Ticket
from balie.tickets.words import KeptFile, SenderCheck, Words


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return Ticket.open(
        team=cast.it, requester=cast.ada, subject="Laptop", words=Words.from_text("It is slow."), channel="email"
    )


@pytest.fixture
def ben(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ben)
    return client


def body(client: Client, ticket: Ticket, query: str = "") -> str:
    response = client.get(f"/requests/{ticket.pk}{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_the_letter_and_is_no_longer_new(ben: Client, cast: Cast, ticket: Ticket) -> None:
    assert "It is slow." in body(ben, ticket)
    assert not Ticket.objects.with_newness_for(cast.ben).get().is_new


def test_for_others_it_does_not_exist(client: Client, cast: Cast, ticket: Ticket) -> None:
    client.force_login(cast.dov)
    for address in (f"/requests/{ticket.pk}", f"/requests/{ticket.pk}/status", f"/requests/{ticket.pk}/deletion"):
        assert client.get(address).status_code == 404
    for address in ("messages", "resolution", "status", "deletion", "assignee/me", "restoration"):
        assert client.post(f"/requests/{ticket.pk}/{address}", {"text": "Hello", "kind": "reply"}).status_code == 404
    assert ticket.messages.count() == 1


def test_ones_own_request_is_not_in_the_workspace(client: Client, cast: Cast) -> None:
    own = Ticket.open(team=cast.it, requester=cast.ben, subject="Mine", words=Words.from_text("Help"), channel="web")
    client.force_login(cast.ben)
    assert client.get(f"/requests/{own.pk}").status_code == 404
    assert client.get(f"/my/requests/{own.pk}").status_code == 200


def test_the_administrator_opens_a_private_request_only_with_a_reason(client: Client, cast: Cast) -> None:
    private = Ticket.open(
        team=cast.people, requester=cast.ada, subject="Leave", words=Words.from_text("Soon"), channel="web"
    )
    client.force_login(cast.eva)
    missing = client.get("/requests/999").content
    assert client.get(f"/requests/{private.pk}").content.replace(str(private.pk).encode(), b"999") == missing.replace(
        str(private.pk).encode(), b"999"
    )
    assert client.post(f"/requests/{private.pk}/disclosure", {"reason": " "}).status_code == 422
    assert client.post(f"/requests/{private.pk}/disclosure", {"reason": "Hanna is ill"}).status_code == 302
    assert "Hanna is ill" in body(client, private)


def test_a_page_with_everything_on_it_stays_within_twelve_queries(
    ben: Client, cast: Cast, ticket: Ticket, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ticket.assign(cast.ben, by=cast.ben)
    ticket.categorise(cast.hardware, by=cast.ben)
    ticket.follow(cast.cleo, by=cast.ben)
    for _ in range(3):
        ticket.reply(by=cast.ben, words=Words.from_text("A file", files=(kept(b"hello", "a.txt"),)))
        ticket.note(by=cast.ben, words=Words.from_text("A note"))
    ticket.resolve(by=cast.ben)
    ticket.reopen(by=cast.ben)
    body(ben, ticket)
    with django_assert_max_num_queries(12):
        content = body(ben, ticket)
    assert "assigned it to Ben Jansen" in content
    assert "set the category to Hardware" in content
    assert "added Cleo Meijer as a follower" in content


def test_a_note_is_marked_and_the_requester_never_reads_it(ben: Client, cast: Cast, ticket: Ticket) -> None:
    ben.post(f"/requests/{ticket.pk}/messages", {"kind": "note", "text": "Coffee, I guess", "then": "stay"})
    assert "only your team sees this" in body(ben, ticket)
    ben.force_login(cast.ada)
    assert "Coffee" not in ben.get(f"/my/requests/{ticket.pk}").content.decode()


def test_an_empty_reply_is_refused_with_a_sentence(ben: Client, ticket: Ticket) -> None:
    response = ben.post(f"/requests/{ticket.pk}/messages", {"kind": "reply", "text": "  ", "then": "stay"})
    assert "Write something first" in response.content.decode()


@pytest.mark.parametrize(
    ("what", "sent", "field", "value"),
    [
        ("subject", {"subject": "New name"}, "subject", "New name"),
        ("priority", {"priority": "4"}, "priority", 4),
        ("due-date", {"due_on": "2030-05-01"}, "due_on__year", 2030),
    ],
)
def test_a_fact_is_changed_by_its_form(
    ben: Client, ticket: Ticket, what: str, sent: dict[str, str], field: str, value: object
) -> None:
    assert ben.get(f"/requests/{ticket.pk}/{what}").status_code == 200
    assert ben.post(f"/requests/{ticket.pk}/{what}", sent).status_code == 302
    assert Ticket.objects.filter(pk=ticket.pk, **{field: value}).exists()


def test_people_teams_and_numbers_are_changed_by_their_forms(ben: Client, cast: Cast, ticket: Ticket) -> None:
    other = Ticket.open(
        team=cast.it, requester=cast.cleo, subject="Same", words=Words.from_text("Me too"), channel="web"
    )
    address = f"/requests/{ticket.pk}"
    ben.post(f"{address}/assignee", {"assignee": cast.ben.pk})
    ben.post(f"{address}/category", {"category": cast.hardware.pk})
    ben.post(f"{address}/followers", {"person": "CLEO@balie.example"})
    ben.post(f"{address}/links", {"number": f"#{other.pk}"})
    ben.post(f"{address}/requester", {"person": "Hanna Nowak"})
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.category, ticket.requester) == (cast.ben, cast.hardware, cast.hanna)
    assert list(ticket.followers.all()) == [cast.cleo]
    content = body(ben, ticket)
    assert f"#{other.pk} Same" in content
    ben.post(f"{address}/followers/{cast.cleo.pk}/removal")
    ben.post(f"{address}/links/{other.pk}/removal")
    assert not ticket.followers.exists()
    assert ben.post(f"{address}/merge", {"number": str(other.pk)}).headers["Location"] == f"/requests/{other.pk}"
    assert ben.get(address).headers["Location"] == f"/requests/{other.pk}"


def test_nobody_can_link_to_what_they_may_not_know(ben: Client, cast: Cast, ticket: Ticket) -> None:
    secret = Ticket.open(
        team=cast.people, requester=cast.ada, subject="Secret", words=Words.from_text("…"), channel="web"
    )
    response = ben.post(f"/requests/{ticket.pk}/links", {"number": str(secret.pk)})
    assert response.status_code == 422
    assert "no request of that number" in response.content.decode()


def test_a_moved_request_is_gone_from_the_page_of_whoever_moved_it(ben: Client, cast: Cast, ticket: Ticket) -> None:
    response = ben.post(f"/requests/{ticket.pk}/team", {"team": cast.facilities.pk}, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/requests/"


def test_snooze_and_wake(ben: Client, ticket: Ticket) -> None:
    later = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    assert ben.post(f"/requests/{ticket.pk}/snooze", {"until": "2001-01-01T09:00"}).status_code == 422
    assert ben.post(f"/requests/{ticket.pk}/snooze", {"until": later}).status_code == 302
    assert "Asleep until" in body(ben, ticket)
    ben.post(f"/requests/{ticket.pk}/snooze/end")
    assert "Asleep until" not in body(ben, ticket)


def test_a_deleted_request_can_be_restored_by_those_who_worked_on_it(ben: Client, cast: Cast, ticket: Ticket) -> None:
    address = f"/requests/{ticket.pk}"
    assert ben.get(f"{address}/deletion").status_code == 200
    assert ben.post(f"{address}/deletion").headers["Location"] == "/requests/"
    assert ben.get(address).status_code == 410
    assert ben.post(f"{address}/restoration").headers["Location"] == address
    assert ben.get(address).status_code == 200


def test_resolving_twice_says_so_and_changes_nothing(ben: Client, ticket: Ticket) -> None:
    ben.post(f"/requests/{ticket.pk}/resolution")
    response = ben.post(f"/requests/{ticket.pk}/resolution", follow=True)
    assert "resolved already" in response.content.decode()
    ben.post(f"/requests/{ticket.pk}/reopening")
    ticket.refresh_from_db()
    assert ticket.is_open


def test_remote_pictures_load_only_when_asked(ben: Client, cast: Cast, ticket: Ticket) -> None:
    words = Words.from_html('<p>Look</p><img src="https://spy.example/p.png" alt="p">')
    message = ticket.hear(by=cast.ada, words=words, channel="email")
    shown = ben.get(f"/requests/{ticket.pk}")
    assert ' src="https://spy.example' not in shown.content.decode()
    assert "https:" not in shown.headers.get("Content-Security-Policy", "")
    asked = ben.get(f"/requests/{ticket.pk}?images={message.pk}")
    assert ' src="https://spy.example/p.png"' in asked.content.decode()
    assert "https:" in asked.headers["Content-Security-Policy"]


def test_doubtful_and_automatic_senders_are_marked(ben: Client, cast: Cast, ticket: Ticket) -> None:
    words = Words(text="Pay me", html="<p>Pay me</p>", sender_check=SenderCheck.FAILED, is_automatic=True)
    ticket.hear(by=cast.ada, words=words, channel="email")
    content = body(ben, ticket)
    assert "may be forged" in content
    assert "Sent automatically" in content


def test_a_refused_delivery_is_shown_and_tried_again(ben: Client, ticket: Ticket, cast: Cast) -> None:
    message = ticket.reply(by=cast.ben, words=Words.from_text("Hello"))
    delivery = Delivery.objects.get(message=message, purpose=Delivery.Purpose.REPLY)
    delivery.refuse("550 no such user")
    assert "550 no such user" in body(ben, ticket)
    ben.post(f"/requests/{ticket.pk}/deliveries/{delivery.pk}/attempt")
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.OWED


def test_the_original_mail_is_for_experts(ben: Client, cast: Cast, ticket: Ticket) -> None:
    message = ticket.messages.get()
    Arrival.objects.create(
        kind="email", external_id="x:it", bundle="x", raw=b"From: ada\r\n\r\nHello", state=Arrival.State.UNDERSTOOD,
        received_at=clock.now(), ticket=ticket, message=message,
    )  # fmt: skip
    address = f"/requests/{ticket.pk}/messages/{message.pk}/original"
    response = ben.get(address)
    assert response.content == b"From: ada\r\n\r\nHello"
    assert response.headers["Content-Disposition"].startswith("attachment")
    ben.force_login(cast.dov)
    assert ben.get(address).status_code == 404


def test_only_the_asked_part_comes_for_a_live_page(ben: Client, cast: Cast, ticket: Ticket) -> None:
    ticket.hear(by=cast.ada, words=Words.from_text("One more thing"), channel="email")
    part = body(ben, ticket, "?part=timeline")
    assert "One more thing" in part
    assert "<textarea" not in part
    assert 'id="panel"' not in part
    assert Ticket.objects.with_newness_for(cast.ben).get(pk=ticket.pk).is_new is False


def test_every_kind_of_event_has_words(ben: Client, cast: Cast, ticket: Ticket) -> None:
    from balie.tickets.models import Event

    details = {"before": 1, "after": 1, "person": cast.cleo.pk, "ticket": 7, "into": 7, "reason": "because"}
    times = {
        Event.Kind.SNOOZED: {"after": "2030-01-01T10:00:00+00:00"},
        Event.Kind.DUE_CHANGED: {"after": "2030-01-01"},
    }
    for kind in Event.Kind:
        told = details | times.get(kind, {})
        Event.objects.create(ticket=ticket, kind=kind, by=cast.ben, details=told, at=clock.now())
    content = body(ben, ticket)
    for kind in Event.Kind:
        if "_" in kind:
            assert f"<bdi>{kind}</bdi>" not in content


def test_old_letters_show_their_date_in_the_readers_language(ben: Client, cast: Cast, ticket: Ticket) -> None:
    cast.ben.language = "de"
    cast.ben.save()
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        ben.force_login(cast.ben)
        assert '<html lang="de"' in body(ben, ticket)


def kept(content: bytes, name: str, media_type: str = "text/plain") -> KeptFile:
    file = files.keep(content)
    return KeptFile(name=name, media_type=media_type, sha256=file.sha256, size=file.size)


def test_merging_leads_from_one_number_to_the_other(ben: Client, cast: Cast, ticket: Ticket) -> None:
    other = Ticket.open(
        team=cast.it, requester=cast.cleo, subject="Same", words=Words.from_text("Me too"), channel="web"
    )
    merging.merge(ticket, into=other, by=cast.ben)
    assert urlsplit(ben.get(f"/requests/{ticket.pk}").headers["Location"]).path == f"/requests/{other.pk}"
    moving.move(other, to=cast.people, by=cast.ben)
    assert ben.get(f"/requests/{other.pk}").status_code == 404
