"""The settings: teams, people, organisation, what is stuck, and what is not in any list."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balie.channels.models import Arrival, Delivery
from balie.config.tests.cast import Cast
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Team
from balie.tickets import deleting
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def said(page: object) -> str:
    return page.content.decode()  # type: ignore[attr-defined]


def at(name: str, *arguments: int) -> str:
    return reverse(f"administration:{name}", args=arguments)


@pytest.fixture
def secret(cast: Cast) -> Ticket:
    words = Words.from_text("Quagga salary.")
    return Ticket.open(team=cast.people, requester=cast.ada, subject="Quagga", words=words, channel="email")


def arrived(number: int, recipient: str) -> Arrival:
    return Arrival.objects.create(
        kind="email", external_id=f"{number}:{recipient}", bundle=str(number), raw=b"Quagga", state="failed", attempts=8,
        sender="quentin@elsewhere.example", error="ValueError: Quagga\n  File", received_at=clock.now(),
    )  # fmt: skip


def test_an_experts_new_team_has_an_address_and_its_founder(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    page = ben.post(
        at("teams"), {"name": "Legal & Co", "kind": "legal", "strangers": "welcome", "is_visible": "on"}, follow=True
    )
    team = Team.objects.get(name="Legal & Co")
    assert (team.address, team.is_private, team.has_member(cast.ben)) == ("legal-co", True, True)
    assert "legal-co@desk.localhost" in said(page)
    page = ben.post(at("teams"), {"name": "X", "kind": "it", "strangers": "welcome", "address": "it"})
    assert page.status_code == 422
    assert "Another team has this address" in said(page)


def test_a_team_is_changed_by_its_members_and_administrators(cast: Cast) -> None:
    fields = {
        "name": "IT desk",
        "kind": "it",
        "address": "it",
        "strangers": "refused",
        "is_visible": "on",
        "privacy": "no",
    }
    assert signed_in(cast.ben).post(at("team", cast.it.pk), fields).status_code == 302
    cast.it.refresh_from_db()
    assert (cast.it.name, cast.it.strangers) == ("IT desk", "refused")
    assert signed_in(cast.eva).get(at("team", cast.it.pk)).status_code == 200
    dov = signed_in(cast.dov)
    for name in ("team", "members", "categories", "team-archive"):
        assert dov.post(at(name, cast.it.pk), fields).status_code == 404


def test_members_and_categories_come_and_go(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    ben.post(at("members", cast.it.pk), {"address": "DOV@balie.example"})
    assert cast.it.has_member(cast.dov)
    page = ben.post(at("members", cast.it.pk), {"address": "ada@balie.example"})
    assert "Only experts work in a team." in said(page)
    assert ben.post(at("members", cast.it.pk), {"address": "nobody@balie.example"}).status_code == 422
    ben.post(at("categories", cast.it.pk), {"name": "Phones"})
    assert ben.post(at("categories", cast.it.pk), {"name": "Phones"}).status_code == 422
    phones = cast.it.categories.get(name="Phones")
    ben.post(at("category-archive", cast.it.pk, phones.pk))
    phones.refresh_from_db()
    assert phones.archived_at
    assert ben.post(at("member-removal", cast.it.pk, cast.dov.pk)).headers["Location"] == at("members", cast.it.pk)
    assert ben.post(at("member-removal", cast.it.pk, cast.ben.pk)).headers["Location"] == at("teams")
    assert not cast.it.members.exists()


def test_eva_cannot_let_herself_into_a_private_team(cast: Cast, secret: Ticket) -> None:
    eva = signed_in(cast.eva)
    page = eva.post(at("members", cast.people.pk), {"address": "eva@balie.example"})
    assert "Only its members decide" in said(page)
    fields = {
        "name": "People",
        "kind": "hr",
        "address": "people",
        "strangers": "welcome",
        "is_visible": "on",
        "privacy": "no",
    }
    assert "Only its members decide" in said(eva.post(at("team", cast.people.pk), fields))
    assert not Ticket.objects.visible_to(cast.eva).filter(pk=secret.pk).exists()


def test_the_last_visible_team_stays_so(cast: Cast) -> None:
    Team.objects.exclude(pk=cast.it.pk).update(is_visible=False)
    fields = {"name": "IT", "kind": "it", "address": "it", "strangers": "welcome"}
    eva = signed_in(cast.eva)
    assert "At least one team must stay visible" in said(eva.post(at("team", cast.it.pk), fields))
    eva.post(at("team-archive", cast.it.pk))
    assert Team.objects.get(pk=cast.it.pk).archived_at is None


def test_people_are_found_and_their_roles_named(cast: Cast) -> None:
    eva = signed_in(cast.eva)
    assert "Ada Vermeer" in said(eva.get(at("people"), {"q": "verm"}))
    assert "Ada Vermeer" not in said(eva.get(at("people"), {"q": "jansen"}))
    assert "Conversations expert" in said(eva.get(at("people"), {"q": "jansen"}))


def test_what_is_stuck_is_shown_in_words_and_tried_again(cast: Cast, secret: Ticket) -> None:
    one, other = arrived(1, "it@desk.localhost"), arrived(2, "it@desk.localhost")
    eva = signed_in(cast.eva)
    page = said(eva.get(at("troubles")))
    assert "quentin@elsewhere.example" in page
    assert "ValueError: Quagga" in page
    assert "Try again" in page
    eva.post(at("arrival-attempt", one.pk))
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("waiting", 0)
    eva.post(at("arrival-attempts"))
    other.refresh_from_db()
    assert other.state == "waiting"
    Delivery.objects.filter(ticket=secret).update(state="refused", error="550 no ada@balie.example")
    page = said(eva.get(at("troubles"), {"what": "deliveries", "state": "refused"}))
    assert "a private team" in page
    assert "ada@balie.example" not in page
    eva.post(at("delivery-attempt", Delivery.objects.filter(ticket=secret)[0].pk))
    eva.post(at("delivery-attempts"))
    assert not Delivery.objects.filter(state="refused").exists()


def test_a_long_list_of_what_is_stuck_has_pages_and_few_queries(cast: Cast) -> None:
    for number in range(60):
        arrived(number, "it@desk.localhost")
    eva = signed_in(cast.eva)
    with CaptureQueriesContext(connection) as queries:
        page = said(eva.get(at("troubles")))
    assert len(queries) <= 12, [one["sql"] for one in queries]
    address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert said(eva.get(at("troubles") + address)).count('class="letter"') == 10
    assert eva.get(at("troubles"), {"cursor": "made-up"}).status_code == 404


def test_the_organisation_is_changed(cast: Cast) -> None:
    eva = signed_in(cast.eva)
    fields = {
        "name": "New Name", "language": "de", "time_zone": "Europe/Berlin", "reopen_within_days": "7",
        "largest_departure": "20", "country": "DE", "trusted_mail_servers": "mx.balie.example\nMX2.balie.example",
    }  # fmt: skip
    assert eva.post(at("organisation"), fields).status_code == 302
    changed = Organisation.current()
    assert (changed.name, changed.language, changed.reopen_within_days) == ("New Name", "de", 7)
    assert (changed.largest_departure, changed.country) == (20, "DE")
    assert changed.trusted_mail_servers == ["mx.balie.example", "mx2.balie.example"]
    for wrong in ({"time_zone": "Mars/Olympus"}, {"trusted_mail_servers": "a b/c"}, {"reopen_within_days": "999"}):
        assert eva.post(at("organisation"), fields | wrong).status_code == 422


def test_a_deleted_request_comes_back(cast: Cast, secret: Ticket) -> None:
    ticket = Ticket.open(team=cast.it, requester=cast.ada, subject="Mouse", words=Words.from_text("x"), channel="web")
    deleting.delete(ticket, by=cast.ben)
    deleting.delete(secret, by=cast.hanna)
    eva = signed_in(cast.eva)
    page = said(eva.get(at("deleted")))
    assert "Mouse" in page
    assert "Quagga" not in page
    assert eva.post(at("restoration", secret.pk)).status_code == 404
    eva.post(at("restoration", ticket.pk))
    ticket.refresh_from_db()
    assert ticket.deleted_at is None


def test_a_private_request_is_opened_with_a_reason_and_nothing_else_is_told(cast: Cast, secret: Ticket) -> None:
    public = Ticket.open(team=cast.it, requester=cast.ada, subject="Mouse", words=Words.from_text("x"), channel="web")
    eva = signed_in(cast.eva)
    answers = [
        said(eva.post(at("disclosure"), {"number": number, "reason": "Audit"})).replace(f'value="{number}"', "N")
        for number in (public.pk, 999_999)
    ]
    tokens = [answer.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0] for answer in answers]
    assert answers[0].replace(tokens[0], "") == answers[1].replace(tokens[1], "")
    assert eva.post(at("disclosure"), {"number": secret.pk, "reason": " "}).status_code == 422
    assert eva.post(at("disclosure"), {"number": secret.pk, "reason": "Audit"}).status_code == 302
    assert Ticket.objects.visible_to(cast.eva).filter(pk=secret.pk).exists()
    assert secret.events.filter(kind="disclosed").exists()


@pytest.mark.parametrize("name", ["start", "teams", "deleted", "troubles", "people", "organisation", "disclosure"])
def test_each_page_is_for_its_audience(cast: Cast, name: str) -> None:
    for_experts = name in ("start", "teams", "deleted")
    assert signed_in(cast.eva).get(at(name)).status_code == 200
    assert signed_in(cast.ben).get(at(name)).status_code == (200 if for_experts else 403)
    assert signed_in(cast.ada).get(at(name)).status_code == 403
    assert Client().get(at(name)).status_code == 302
