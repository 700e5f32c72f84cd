"""Settings > Integrations > API credentials."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from balie.administration.tests.test_settings import at, said, signed_in
from balie.config.tests.cast import Cast
from balie.people.models import Attribute, Credential, Section
from balie.platform import clock, live
from balie.tickets.models import Ticket
from balie.tickets.words import Words


@pytest.fixture
def eva(cast: Cast) -> Client:
    return signed_in(cast.eva)


def own() -> Credential:
    return Credential.objects.get(is_system=True)


def key_of(name: str) -> int:
    return Attribute.objects.get(key=name).pk


def test_a_dutch_reader_finds_what_the_article_says(cast: Cast, eva: Client) -> None:
    cast.eva.language = "nl"
    cast.eva.save()
    found = said(eva.get(at("start"), {"q": "api-ref"}))
    assert "Instellingen > Integraties > API-referenties" in found
    assert at("teams") not in found[found.index("<main") :]
    assert ">Conversations</a>" in said(eva.get(at("credentials")))
    page = said(eva.get(at("credential", own().pk)))
    assert "Toegestane medewerkersattributen" in page
    assert re.search(r"<button[^>]*>Opslaan</button>", page)


def test_what_is_allowed_appears_in_the_requester_tab_and_open_pages_hear_of_it(
    cast: Cast, eva: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr("balie.people.models.credential.tell", lambda *topics, **facts: told.append((topics, facts)))
    Attribute.objects.create(key="shoe_size", label="Shoe size", section=Section.objects.get(key="work"))
    cast.ada.attributes = {"shoe_size": "Forty", "office": "Utrecht", "phone": "+31 6 1"}
    cast.ada.save()
    words = Words.from_text("x")
    ticket = Ticket.open(team=cast.it, requester=cast.ada, subject="Chair", words=words, channel="web")
    ben, tab = signed_in(cast.ben), f"/requests/{ticket.pk}?tab=requester"
    assert "Forty" not in said(ben.get(tab))
    eva.post(at("credential", own().pk), {"attributes": [key_of("shoe_size"), key_of("office")]})
    shown = said(ben.get(tab))
    assert "Forty" in shown
    assert "Utrecht" in shown
    assert "+31 6 1" not in shown
    assert "attributes-changed from:body" in shown
    assert told == [(("experts",), {"attributes": 0})]
    assert live.written("experts", attributes=1)


def test_what_is_never_shared_is_greyed_and_refused(eva: Client) -> None:
    iban = key_of("iban")
    page = said(eva.get(at("credential", own().pk)))
    assert re.search(rf'id="attribute-{iban}"[^>]* disabled', page)
    assert "Never shared: no setting can pass it on." in page
    refused = eva.post(at("credential", own().pk), {"attributes": [iban, key_of("office"), "x", "9" * 30]})
    assert refused.status_code == 422
    assert "Attributes that are never shared cannot be allowed." in said(refused)
    assert not own().attributes.filter(key="office").exists()


def test_an_attribute_that_has_gone_meanwhile_is_named_and_the_rest_is_saved(eva: Client) -> None:
    badge = Attribute.objects.create(key="badge", label="Badge", section=Section.objects.get(key="work"))
    assert "Badge" in said(eva.get(at("credential", own().pk)))
    Attribute.objects.filter(pk=badge.pk).update(archived_at=clock.now())
    page = eva.post(at("credential", own().pk), {"attributes": [key_of("office"), badge.pk]}, follow=True)
    assert "“Badge” has been removed meanwhile; it is not passed on." in said(page)
    assert [one.key for one in own().attributes.all()] == ["office"]
    page = eva.post(at("credential", own().pk), {"attributes": [key_of("office"), 987654]}, follow=True)
    assert "does not exist any more" in said(page)


def test_a_secret_is_shown_once(cast: Cast, eva: Client) -> None:
    page = eva.post(at("credential-new"), {"name": "Rota", "scopes": ["people:read"], "expires_on": "2099-01-01"})
    assert page.status_code == 201
    assert "no-store" in page.headers["Cache-Control"]
    made = Credential.objects.get(name="Rota")
    secret = re.search(r'id="secret"[^>]* value="([^"]+)"', said(page))
    assert secret is not None
    assert Credential.of(made.key, secret[1]) is not None
    assert secret[1] not in said(eva.get(at("credential", made.pk)))
    again = eva.post(at("credential-rotation", made.pk))
    assert again.status_code == 201
    assert Credential.of(made.key, secret[1]) is None


def test_faults_are_said_at_their_fields(eva: Client) -> None:
    eva.post(at("credential-new"), {"name": "Rota"})
    for fields, words in (
        ({"name": "rota"}, "There are credentials with this name already."),
        ({"name": "Other", "expires_on": "2001-01-01"}, "This day is over."),
        ({"name": "Other", "scopes": ["everything"]}, "everything"),
    ):
        page = eva.post(at("credential-new"), fields)
        assert page.status_code == 422
        assert words in said(page)


def test_scopes_change_and_revoking_ends_it(eva: Client) -> None:
    eva.post(at("credential-new"), {"name": "Rota"})
    made = Credential.objects.get(name="Rota")
    eva.post(at("credential-scopes", made.pk), {"name": "Rota 2", "scopes": ["teams:read", "people:read"]})
    made.refresh_from_db()
    assert (made.name, made.scopes) == ("Rota 2", ["people:read", "teams:read"])
    eva.post(at("credential-revocation", made.pk))
    page = said(eva.get(at("credential", made.pk)))
    assert at("credential-rotation", made.pk) not in page
    assert "Revoked" in said(eva.get(at("credentials")))


def test_those_of_conversations_cannot_be_revoked(eva: Client) -> None:
    page = eva.post(at("credential-revocation", own().pk), follow=True)
    assert "cannot be revoked" in said(page)
    assert own().is_usable


def test_the_page_asks_the_database_seldom(eva: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        eva.get(at("credential", own().pk))
    assert len(queries) <= 12
