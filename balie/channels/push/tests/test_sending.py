"""A notice on its way to a browser, by a push service that reads it as the browser would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from balie.channels import delivering
from balie.channels.models import Delivery
from balie.channels.notices import clearing
from balie.channels.notices.kinds import Kind, Told, Way
from balie.channels.notices.models import Wishes
from balie.channels.push import client
from balie.channels.push.models import Browser
from balie.channels.push.tests.service import HOST, Service, claims_of, serving
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.platform.guarded_http import PUBLIC_ONLY
from balie.teams.models import Membership
from balie.tickets import moving
from balie.tickets.models import Ticket
from balie.tickets.words import Words

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serving(tmp_path) as service:
        monkeypatch.setattr(client, "policy", service.policy)
        yield service


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return opened(cast, "Laptop")


def opened(cast: Cast, subject: str) -> Ticket:
    words = Words.from_text("It is slow.")
    found = Ticket.open(team=cast.it, requester=cast.ada, subject=subject, words=words, channel="email")
    Delivery.objects.all().delete()
    return found


def browser_of(person: Person, service: Service, name: str = "one") -> Client:
    """The person is signed in there, and has agreed."""
    there = Client()
    there.force_login(person, backend=BACKEND)
    keys = service.keys()
    Browser.add(
        person, session_key=there.session.session_key or "", endpoint=service.address(name), public_key=keys["p256dh"],
        secret=keys["auth"], name="Firefox",
    )  # fmt: skip
    wish(person)
    return there


def wish(person: Person, **more: object) -> None:
    wishes = Wishes.objects.filter(person=person).first() or Wishes(person=person)
    for kind in Kind:
        wishes.choose(kind, Told(way=Way.PUSH))
    for name, value in more.items():
        setattr(wishes, name, value)
    wishes.save()


def deliver() -> None:
    """Whatever is to be pushed by now."""
    for delivery in Delivery.lease(at_most=50, among="kind = 'push'"):
        with delivering.alone(delivery):
            from balie.channels import kinds

            kinds.driver("push").deliver(delivery)


def states() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("kind", "state"))


def test_it_is_sealed_for_the_browser_signed_by_us_and_says_what_happened(
    cast: Cast, service: Service, ticket: Ticket
) -> None:
    browser_of(cast.ben, service)
    ticket.assign(cast.ben, by=cast.eva)
    deliver()
    (told,) = service.told
    assert told.message["title"] == f"#{ticket.pk} Laptop"
    assert told.message["body"] == "Eva Beheer assigned this request to you"
    assert told.message["page"] == f"/requests/{ticket.pk}"
    assert (told.message["tickets"], told.message["unread"], told.message["lang"]) == ([ticket.pk], [ticket.pk], "en")
    claims = claims_of(told.headers["authorization"])
    assert claims["aud"] == f"https://{HOST}:{service.port}"
    assert claims["sub"] == "mailto:desk@desk.localhost"
    assert clock.now().timestamp() < claims["exp"] <= (clock.now() + timedelta(hours=24)).timestamp()
    assert (told.headers["content-encoding"], told.headers["ttl"]) == ("aes128gcm", "86400")
    assert len(told.headers["topic"]) <= 32
    assert str(ticket.pk) not in told.headers["topic"]
    assert states() == [("push", "sent")]


def test_it_speaks_its_readers_language_and_tells_the_first_words(cast: Cast, service: Service, ticket: Ticket) -> None:
    Person.objects.filter(pk=cast.ben.pk).update(language="de")
    ticket.assign(cast.ben, by=cast.ben)
    browser_of(cast.ben, service)
    ticket.hear(by=cast.ada, words=Words.from_text("And\nhot."), channel="email")
    deliver()
    (told,) = service.told
    assert told.message["lang"] == "de"
    assert told.message["body"].startswith("Ada Vermeer ")
    assert told.message["body"].endswith(" “And hot.”")
    assert "wrote" not in told.message["body"]


def test_several_things_are_one_message(cast: Cast, service: Service, ticket: Ticket) -> None:
    browser_of(cast.ben, service)
    other = opened(cast, "Screen")
    for one in (ticket, other):
        one.assign(cast.ben, by=cast.eva)
    deliver()
    (told,) = service.told
    assert told.message["title"] == "News of 2 requests"
    assert told.message["tickets"] == [ticket.pk, other.pk]
    assert told.message["page"] == "/notices/"
    assert states() == [("push", "sent")] * 2


@pytest.mark.parametrize(
    ("discretion", "expected"),
    [("private_teams", "There is something new for you."), ("open", "Eva Beheer assigned this request to you")],
)
def test_of_a_private_team_it_says_only_that_there_is_something(
    cast: Cast, service: Service, discretion: str, expected: str
) -> None:
    Membership.objects.create(team=cast.people, person=cast.ben)
    Membership.objects.create(team=cast.people, person=cast.eva)
    words = Words.from_text("Raise")
    secret = Ticket.open(team=cast.people, requester=cast.ada, subject="Pelikaan", words=words, channel="email")
    Delivery.objects.all().delete()
    browser_of(cast.ben, service)
    wish(cast.ben, discretion=discretion)
    secret.assign(cast.ben, by=cast.eva)
    deliver()
    (told,) = service.told
    assert told.message["body"] == expected
    assert ("Pelikaan" in json.dumps(told.message)) is (discretion == "open")


def test_what_was_read_meanwhile_is_not_sent(cast: Cast, service: Service, ticket: Ticket) -> None:
    browser_of(cast.ben, service)
    ticket.assign(cast.ben, by=cast.eva)
    clearing.clear(cast.ben, ticket=ticket.pk)
    deliver()
    assert (service.told, states()) == ([], [])


def test_what_moved_out_of_sight_meanwhile_is_not_told(cast: Cast, service: Service, ticket: Ticket) -> None:
    browser_of(cast.ben, service)
    ticket.note(by=cast.eva, words=Words.from_text("@Ben Jansen, secret."))
    moving.move(ticket, to=cast.people, by=cast.eva)
    deliver()
    assert service.told == []
    assert ("push", "refused") in states()


def test_an_assignment_that_was_taken_back_is_not_told(cast: Cast, service: Service, ticket: Ticket) -> None:
    browser_of(cast.ben, service)
    ticket.assign(cast.ben, by=cast.eva)
    ticket.assign(None, by=cast.eva)
    deliver()
    assert service.told == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_the_notice_comes_by_mail(
    cast: Cast, service: Service, ticket: Ticket, status: int
) -> None:
    browser_of(cast.ben, service)
    service.answers["one"] = status
    ticket.assign(cast.ben, by=cast.eva)
    deliver()
    assert not Browser.objects.exists()
    assert states() == [("email", "owed")]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_cannot_now_is_asked_again_later(
    cast: Cast, service: Service, ticket: Ticket, status: int
) -> None:
    browser_of(cast.ben, service)
    service.answers["one"] = status
    ticket.assign(cast.ben, by=cast.eva)
    deliver()
    delivery = Delivery.objects.get()
    assert delivery.state == Delivery.State.RETRYING
    # As long as the service asks for.
    assert delivery.next_attempt_at is not None
    assert delivery.next_attempt_at > clock.now() + timedelta(minutes=9)
    assert Browser.objects.exists()


def test_it_has_arrived_when_one_of_several_browsers_has_it(cast: Cast, service: Service, ticket: Ticket) -> None:
    browser_of(cast.ben, service, "one")
    browser_of(cast.ben, service, "two")
    service.answers["one"] = 410
    ticket.assign(cast.ben, by=cast.eva)
    deliver()
    assert len(service.told) == 2
    assert states() == [("push", "sent")]
    assert Browser.objects.count() == 1


def test_nothing_is_shown_where_its_person_has_signed_out(cast: Cast, service: Service, ticket: Ticket) -> None:
    there = browser_of(cast.ben, service)
    there.logout()
    ticket.assign(cast.ben, by=cast.eva)
    deliver()
    assert (service.told, states()) == ([], [("email", "owed")])


def test_nothing_is_shown_where_the_session_is_over(cast: Cast, service: Service, ticket: Ticket) -> None:
    browser_of(cast.ben, service)
    Session.objects.update(expire_date=clock.now() - timedelta(minutes=1))
    ticket.assign(cast.ben, by=cast.eva)
    deliver()
    assert service.told == []


@pytest.mark.parametrize(
    "address",
    [
        "https://private.example/send", "https://127.0.0.1/send", "https://[::1]/send", "https://169.254.169.254/latest",
        "http://push.example/send", "https://push.example:22/send",
    ],
)  # fmt: skip
def test_an_address_inside_is_never_asked_and_its_browser_is_forgotten(
    cast: Cast, service: Service, ticket: Ticket, address: str
) -> None:
    browser_of(cast.ben, service)
    Browser.objects.all().delete()
    there = Client()
    there.force_login(cast.ben, backend=BACKEND)
    keys = service.keys()
    Browser.add(
        cast.ben, session_key=there.session.session_key or "", endpoint=address, public_key=keys["p256dh"],
        secret=keys["auth"], name="Hostile",
    )  # fmt: skip
    ticket.assign(cast.ben, by=cast.eva)
    deliver()
    assert (service.told, Browser.objects.count()) == ([], 0)


def test_only_public_addresses_at_the_port_of_https_are_asked() -> None:
    assert (client.policy.allows, client.policy.ports) == (PUBLIC_ONLY.allows, frozenset({443}))


def test_a_browser_gives_its_address_once_and_belongs_to_whoever_is_signed_in(cast: Cast, service: Service) -> None:
    given = {"endpoint": "https://push.example/send/x", "keys": service.keys()}
    for person in (cast.ben, cast.ben, cast.dov):
        there = Client()
        there.force_login(person, backend=BACKEND)
        key = there.get("/account/notices/browsers/").json()["key"]
        assert there.post("/account/notices/browsers/", given, content_type="application/json").status_code == 204
        assert len(key) == 87
    (browser,) = Browser.objects.all()
    assert (browser.person, browser.endpoint) == (cast.dov, given["endpoint"])
    assert there.post(f"/account/notices/browsers/{browser.pk}/removal").status_code == 302
    assert not Browser.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "http://push.example/x"}, {"endpoint": "https://push.example:8443/x"}, {"endpoint": "https://a:b@push.example/"},
        {"endpoint": "https://push.example/" + "x" * 2000}, {"endpoint": "https://push.example:port/"}, {"keys": {}},
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, {"keys": 3},
    ],
)  # fmt: skip
def test_an_address_that_is_not_in_order_is_refused(cast: Cast, service: Service, changed: dict[str, object]) -> None:
    there = Client()
    there.force_login(cast.ben, backend=BACKEND)
    given = {"endpoint": "https://push.example/send/x", "keys": service.keys(), **changed}
    assert there.post("/account/notices/browsers/", given, content_type="application/json").status_code == 422
    assert not Browser.objects.exists()


def test_a_person_has_ten_browsers_at_most(cast: Cast, service: Service) -> None:
    for number in range(12):
        browser_of(cast.ben, service, str(number))
    kept = {browser.endpoint.rpartition("/")[2] for browser in Browser.objects.all()}
    assert kept == {str(number) for number in range(2, 12)}
