"""Going anywhere by its name: everybody is offered what they may open, and nothing else is hinted at."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from balie.config.palette import groups_for
from balie.config.tests.cast import Cast
from balie.people.models import Person, Right, Scope
from balie.tickets.models import Ticket
from balie.tickets.words import Words
from balie.workspace.models import SavedView

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    words = Words.from_text("The zeppelin leaks.")
    return Ticket.open(team=cast.it, requester=cast.ada, subject="A zeppelin", words=words, channel="email")


@pytest.fixture
def secret(cast: Cast) -> Ticket:
    words = Words.from_text("About my zeppelin.")
    return Ticket.open(team=cast.people, requester=cast.cleo, subject="My zeppelin", words=words, channel="email")


def offered(person: Person, q: str) -> dict[str, list[str]]:
    return {group.name: [way.words for way in group.ways] for group in groups_for(person, q)}


def addresses(person: Person, q: str) -> list[str]:
    return [way.address for group in groups_for(person, q) for way in group.ways]


def test_a_page_is_found_by_the_beginning_of_its_name_or_of_another_word_for_it(cast: Cast) -> None:
    assert "My tasks" in offered(cast.ben, "task")["Pages"]
    assert offered(cast.ben, "quiet")["Settings"] == ["What you are told"]
    assert "Pages" not in offered(cast.ben, "zzz")


def test_without_words_the_pages_and_teams_are_shown(cast: Cast) -> None:
    assert list(offered(cast.ben, "")) == ["Pages", "Teams"]
    assert offered(cast.ada, "")["Pages"] == ["Ask", "My requests", "People", "Notices"]


def test_requests_are_found_by_words_and_by_number(cast: Cast, ticket: Ticket) -> None:
    assert offered(cast.ben, "zepp")["Requests"] == ["A zeppelin"]
    assert addresses(cast.ben, f"#{ticket.pk}") == [f"/requests/{ticket.pk}#latest"]
    assert addresses(cast.ada, str(ticket.pk)) == [f"/my/requests/{ticket.pk}#latest"]


def test_nobody_is_offered_what_they_may_not_see(cast: Cast, ticket: Ticket, secret: Ticket) -> None:
    assert "Requests" not in offered(cast.dov, "zeppelin")
    assert offered(cast.ben, "zeppelin")["Requests"] == ["A zeppelin"]
    assert "Requests" not in offered(cast.eva, str(secret.pk))
    assert "Teams" not in offered(cast.ben, "people")
    assert offered(cast.hanna, "people")["Teams"] == ["People"]


def test_settings_of_administrators_are_offered_to_administrators(cast: Cast) -> None:
    assert "Organisation" in offered(cast.eva, "organ")["Settings"]
    assert "Settings" not in offered(cast.ben, "organ")
    assert "Settings of IT" in offered(cast.ben, "settings")["Settings"]


def test_people_are_found_also_by_nearly_their_names(cast: Cast, ticket: Ticket) -> None:
    assert offered(cast.ben, "clo vis") == {}
    assert cast.ada.name in offered(cast.ben, cast.ada.name.split()[-1][:4])["People"]
    assert "/requests/search?q=requester%3Aada%40balie.example" in addresses(cast.ben, cast.ada.name)


def test_a_profile_is_offered_to_whom_it_is_open(cast: Cast) -> None:
    assert addresses(cast.ada, cast.ben.name) == [f"/people/{cast.ben.pk}"]
    stranger = Person.objects.take_in(kind="email", external_id="quentin@elsewhere.example", name="Quentin Quist")
    assert addresses(cast.ada, stranger.name) == []
    Right.objects.filter(scope=Scope.EVERYBODY).delete()
    assert addresses(Person.objects.get(pk=cast.ada.pk), cast.ben.name) == []
    assert f"/people/{cast.ben.pk}" in addresses(cast.eva, cast.ben.name)


def test_saved_views_are_ways_too(cast: Cast) -> None:
    view = SavedView.objects.create(owner=cast.ben, name="Broken laptops", filters={"q": "laptop"})
    assert addresses(cast.ben, "broken") == [f"/requests/?saved={view.pk}"]
    assert "Pages" not in offered(cast.dov, "broken")


def test_it_is_a_page_without_scripts_and_asks_little(client: Client, cast: Cast, ticket: Ticket) -> None:
    client.force_login(cast.ben, backend="allauth.account.auth_backends.AuthenticationBackend")
    for address in ("/go-to?q=zeppelin&part=found", "/go-to?q=zeppelin"):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address)
        assert len(asked) <= 12
    assert f'href="/requests/{ticket.pk}#latest"' in page.content.decode()
    part = client.get("/go-to?q=zeppelin&part=found").content.decode()
    assert "<html" not in part
    assert "A zeppelin" in part


def test_somebody_from_outside_is_known_to_those_who_work_on_a_request_of_theirs(cast: Cast) -> None:
    stranger = Person.objects.take_in(kind="email", external_id="quentin@elsewhere.example", name="Quentin Quist")
    Ticket.open(team=cast.people, requester=stranger, subject="Job", words=Words.from_text("Hello"), channel="email")
    assert "Quentin Quist" in str(offered(cast.hanna, "quentin"))
    for person in (cast.ben, cast.dov, cast.eva):
        assert "Quentin Quist" not in str(offered(person, "quentin"))
