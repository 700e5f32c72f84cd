"""The requester rates the answer: asked once, with one click, changed at will, and read by those who work on the request."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from balie.channels.email import sending
from balie.channels.models import Delivery
from balie.config.tests.cast import Cast
from balie.people.models import ApiToken, Person
from balie.tickets import rating
from balie.tickets.merging import merge
from balie.tickets.models import Event, Rating, Ticket
from balie.tickets.refusals import NotRatable
from balie.tickets.words import Words

GOOD, BAD = Rating.Score.GOOD, Rating.Score.BAD


def asked(cast: Cast, **more: object) -> Ticket:
    facts = {
        "team": cast.it,
        "requester": cast.ada,
        "subject": "Laptop",
        "words": Words.from_text("It is slow."),
        "channel": "email",
    }
    return Ticket.open(**(facts | more))  # type: ignore[arg-type]


@pytest.fixture
def answered(cast: Cast) -> Ticket:
    ticket = asked(cast)
    ticket.reply(by=cast.ben, words=Words.from_text("Try again."))
    ticket.resolve(by=cast.ben)
    return ticket


def test_a_rating_is_kept_changed_and_recorded(answered: Ticket, cast: Cast) -> None:
    rating.rate(answered, GOOD, by=cast.ada)
    rating.rate(answered, BAD, by=cast.ada, comment="Broke again")
    rating.rate(answered, BAD, by=cast.ada)
    kept = Rating.objects.given().get()
    assert (kept.score, kept.comment, kept.person) == (BAD, "Broke again", cast.ada)
    events = answered.events.filter(kind=Event.Kind.RATED)
    assert [event.details for event in events] == [{"before": None, "after": 3}, {"before": 3, "after": 1}]


@pytest.mark.parametrize("name", ["ben", "cleo", "dov", "eva"])
def test_only_the_requester_rates(answered: Ticket, cast: Cast, name: str) -> None:
    answered.follow(cast.cleo, by=cast.ben)
    with pytest.raises(NotRatable):
        rating.rate(answered, GOOD, by=getattr(cast, name))


def test_what_is_open_merged_automatic_or_unanswered_is_not_rated(cast: Cast, answered: Ticket) -> None:
    still_open = asked(cast)
    closed_by_herself = asked(cast)
    closed_by_herself.resolve(by=cast.ada)
    automatic = asked(cast, words=Words(text="I am away", html="<p>I am away</p>", is_automatic=True))
    automatic.resolve(by=cast.ben)
    into = asked(cast)
    merge(answered, into=into, by=cast.ben)
    answered.refresh_from_db()
    for ticket in (still_open, closed_by_herself, automatic, answered):
        with pytest.raises(NotRatable):
            rating.rate(ticket, GOOD, by=cast.ada)
    assert not Rating.objects.filter(ticket__in=[still_open, closed_by_herself, automatic]).exists()


def test_it_is_asked_once_however_often_it_is_resolved(answered: Ticket, cast: Cast) -> None:
    first = Rating.objects.get().asked_with
    answered.reopen(by=cast.ada)
    answered.resolve(by=cast.ben)
    assert Rating.objects.get().asked_with == first


def mails_to(person: Person) -> list[str]:
    sent: list[str] = []
    for delivery in Delivery.objects.filter(recipient=person, state=Delivery.State.OWED).order_by("pk"):
        owed = [one for one in sending._with_rows([delivery]) if one.recipient.pk == person.pk]
        if owed:
            mail = sending.writing.write(sending._letter(owed))
            sent.append(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    return sent


def test_the_mail_of_the_answer_asks_when_the_resolution_came_with_it(answered: Ticket, cast: Cast) -> None:
    mails = [mail for mail in mails_to(cast.ada) if "/rating/" in mail]
    assert len(mails) == 1
    assert "Try again." in mails[0]
    assert mails_to(cast.ben) == [] or not any("/rating/" in mail for mail in mails_to(cast.ben))


def test_the_mail_of_the_resolution_asks_when_no_answer_came_just_before(cast: Cast) -> None:
    ticket = asked(cast)
    ticket.resolve(by=cast.ben)
    mails = [mail for mail in mails_to(cast.ada) if "/rating/" in mail]
    assert len(mails) == 1
    rating.rate(ticket, GOOD, by=cast.ada)
    assert not any("/rating/" in mail for mail in mails_to(cast.ada))


def link(ticket: Ticket, person: Person) -> str:
    return f"/rating/{rating.token(ticket.pk, person.pk)}"


def test_looking_at_the_link_rates_nothing_and_one_press_does(client: Client, answered: Ticket, cast: Cast) -> None:
    address = link(answered, cast.ada)
    page = client.get(f"{address}?score=3").content.decode()
    assert not Rating.objects.given().exists()
    assert re.search(r'value="3"[^>]* checked', page)
    assert "data-at-once" in page
    assert client.post(address, {"score": "3"}).headers["Location"] == f"{address}?given=1"
    client.post(address, {"score": "2", "comment": "Slow"})
    client.post(address, {"score": "1", "comment": ""})
    kept = Rating.objects.given().get()
    assert (kept.score, kept.comment) == (1, "Slow")


def test_whoever_has_the_link_reads_nothing_of_the_request(client: Client, answered: Ticket, cast: Cast) -> None:
    rating.rate(answered, BAD, by=cast.ada, comment="Narwhal")
    page = client.get(link(answered, cast.ada)).content.decode()
    assert "Narwhal" not in page
    assert "Laptop" not in page
    assert "slow" not in page


def test_a_forged_link_and_one_of_somebody_else_rate_nothing(client: Client, answered: Ticket, cast: Cast) -> None:
    token = rating.token(answered.pk, cast.ada.pk)
    for forged in (token[:-1] + ("a" if token[-1] != "a" else "b"), token.replace("-", "-1", 1), "1-1-x"):
        assert client.post(f"/rating/{forged}", {"score": "3"}).status_code == 410
    assert client.post(link(answered, cast.cleo), {"score": "3"}).status_code == 410
    assert not Rating.objects.given().exists()


def test_experts_of_the_request_read_it_and_followers_do_not(client: Client, answered: Ticket, cast: Cast) -> None:
    answered.follow(cast.cleo, by=cast.ben)
    rating.rate(answered, BAD, by=cast.ada, comment="Narwhal")
    for person, sees in ((cast.ada, True), (cast.ben, True), (cast.eva, True), (cast.cleo, False)):
        token = ApiToken.issue(person=person, name="x")
        headers = {"Authorization": f"Bearer {token}"}
        found = client.get(f"/api/v1/requests/{answered.pk}", headers=headers).json()["rating"]
        assert (found is not None) == sees, person
        if sees:
            assert (found["score"], found["comment"]) == (1, "Narwhal")
        listed = client.get("/api/v1/requests", headers=headers).json()["items"]
        assert [one["rating"] is not None for one in listed] == [sees]
    client.force_login(cast.cleo)
    assert "Narwhal" not in client.get(f"/my/requests/{answered.pk}").content.decode()


def test_on_the_page_of_the_request_it_is_given_and_changed(client: Client, answered: Ticket, cast: Cast) -> None:
    client.force_login(cast.ada)
    assert 'name="score"' in client.get(f"/my/requests/{answered.pk}").content.decode()
    client.post(f"/my/requests/{answered.pk}/rating", {"score": "3", "comment": "Quick"})
    page = client.get(f"/my/requests/{answered.pk}").content.decode()
    assert "Quick" in page
    client.post(f"/my/requests/{answered.pk}/rating", {"score": "9"})
    assert Rating.objects.given().get().score == GOOD
