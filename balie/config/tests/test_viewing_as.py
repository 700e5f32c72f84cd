"""An administrator sees Balie as somebody else would: read-only, logged, and never into private teams."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from balie.channels.notices.models import Notice
from balie.config.tests.cast import Cast
from balie.people import auditing, roles
from balie.people.models import AuditEntry, Person
from balie.platform import clock
from balie.tickets.models import Project, Sight, Ticket
from balie.tickets.words import Words


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def said(page: Any) -> str:
    return str(page.content.decode())


def viewing(person: Person, *, by: Person) -> Client:
    client = signed_in(by)
    assert client.post(reverse("viewing", args=[person.pk])).status_code == 302
    return client


@pytest.fixture
def tickets(cast: Cast) -> dict[str, Ticket]:
    """One that Ada asked of each team."""
    return {
        team.name: Ticket.open(
            team=team,
            requester=cast.ada,
            subject=f"Quokka {team.name}",
            words=Words.from_text("Please."),
            channel="web",
        )
        for team in (cast.it, cast.people)
    }


def test_an_administrator_sees_what_another_person_would(cast: Cast, tickets: dict[str, Ticket]) -> None:
    client = viewing(cast.ben, by=cast.eva)
    page = said(client.get(reverse("workspace:inbox")))
    assert "Quokka IT" in page
    assert "You see Balie as" in page
    assert "Ben Jansen" in page
    assert client.get(reverse("administration:organisation")).status_code == 403
    # In the language of the one who is viewed; the banner in that of whoever views.
    page = said(viewing(cast.ada, by=cast.eva).get(reverse("portal:requests")))
    assert 'lang="nl"' in page
    assert "You see Balie as" in page


def test_private_teams_stay_closed(cast: Cast, tickets: dict[str, Ticket]) -> None:
    project = Project.begin("Wombat", by=cast.hanna)
    project.include(tickets["People"], by=cast.hanna)
    secret = tickets["People"]
    for person in (cast.hanna, cast.ada):
        client = viewing(person, by=cast.eva)
        for address in (
            reverse("workspace:inbox"), f"{reverse('workspace:inbox')}?team={cast.people.pk}", reverse("portal:requests"),
            f"{reverse('workspace:search')}?q=quokka", f"{reverse('portal:requests')}?q=quokka",
            reverse("workspace:projects"), reverse("notices:list"),
        ):  # fmt: skip
            page = said(client.get(address))
            assert "Quokka People" not in page, address
            assert "Wombat" not in page, address
        for name in ("workspace:request", "portal:request"):
            assert client.get(reverse(name, args=[secret.pk])).status_code in (403, 404), name
        assert client.get(reverse("administration:team", args=[cast.people.pk])).status_code in (403, 404)
    # The same person, by themselves, does see it.
    assert "Quokka People" in said(signed_in(cast.hanna).get(reverse("workspace:inbox")))


def test_nothing_can_be_changed_and_nothing_counts_as_read(cast: Cast, tickets: dict[str, Ticket]) -> None:
    ticket = tickets["IT"]
    sights, notices = Sight.objects.count(), Notice.objects.filter(read_at__isnull=False).count()
    client = viewing(cast.ben, by=cast.eva)
    assert client.get(reverse("workspace:request", args=[ticket.pk])).status_code == 200
    assert (Sight.objects.count(), Notice.objects.filter(read_at__isnull=False).count()) == (sights, notices)
    for address in (
        reverse("workspace:messages", args=[ticket.pk]),
        reverse("administration:teams"),
        reverse("portal:ask"),
    ):
        refused = client.post(address, {"text": "x", "kind": "reply"})
        assert refused.status_code == 403
        assert "nothing can be changed in their name" in said(refused)
    assert ticket.messages.count() == 1


@pytest.mark.parametrize(
    "name", ["account", "account_tokens", "account_token_new", "usersessions_list", "mfa_index", "account_logout"]
)
def test_how_somebody_signs_in_is_nobody_elses_to_see(cast: Cast, name: str) -> None:
    client = viewing(cast.ben, by=cast.eva)
    page = client.get(reverse(name))
    assert page.status_code == 403
    assert "shown to nobody but Ben Jansen" in said(page)


def test_begin_and_end_are_in_the_log(cast: Cast) -> None:
    client = viewing(cast.ben, by=cast.eva)
    page = client.post(reverse("viewing-end"), follow=True)
    assert "You see Balie as" not in said(page)
    assert client.get(reverse("administration:organisation")).status_code == 200
    assert [auditing.in_words(entry) for entry in AuditEntry.objects.order_by("pk")] == [
        "Eva Beheer began to see Balie as Ben Jansen would.", "Eva Beheer stopped seeing Balie as Ben Jansen would.",
    ]  # fmt: skip


def test_only_administrators_view_and_never_another_administrator(cast: Cast) -> None:
    assert signed_in(cast.ben).post(reverse("viewing", args=[cast.ada.pk])).status_code == 403
    roles.give_role(cast.dov, Person.Role.ADMINISTRATOR, by=cast.eva)
    assert signed_in(cast.eva).post(reverse("viewing", args=[cast.dov.pk])).status_code == 404
    client = viewing(cast.ben, by=cast.dov)
    assert "You see Balie as" in said(client.get(reverse("portal:requests")))
    # Whoever is no administrator any more is oneself at the next page, and so is whoever forgot to stop.
    roles.give_role(cast.dov, Person.Role.EXPERT, by=cast.eva)
    assert "You see Balie as" not in said(client.get(reverse("portal:requests")))
    client = viewing(cast.ben, by=cast.eva)
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert "You see Balie as" not in said(client.get(reverse("portal:requests")))
