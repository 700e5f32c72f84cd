"""A team is archived only once nobody waits for it; and an administrator finds again what they opened with a reason."""

import pytest
from django.test import Client

from balie.config.tests.cast import Cast
from balie.teams.refusals import ForMembersOnly
from balie.tickets import archiving, disclosing, moving, refusals
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def asked(cast: Cast, team: object) -> Ticket:
    words = Words.from_text("Hi")
    return Ticket.open(team=team, requester=cast.ada, subject="Pelikaan", words=words, channel="web")  # type: ignore[arg-type]


def test_a_team_with_open_requests_says_how_many(cast: Cast) -> None:
    first, second = asked(cast, cast.it), asked(cast, cast.it)
    with pytest.raises(refusals.OpenRequests, match="still has 2 open requests"):
        archiving.archive(cast.it, by=cast.ben)
    moving.move(first, to=cast.facilities, by=cast.ben)
    with pytest.raises(refusals.OpenRequests, match="still has 1 open request"):
        archiving.archive(cast.it, by=cast.ben)
    second.resolve(by=cast.ben)
    archiving.archive(cast.it, by=cast.ben)
    cast.it.refresh_from_db()
    assert cast.it.archived_at is not None


def test_nobody_learns_whether_somebody_waits_for_a_private_team(cast: Cast, client: Client) -> None:
    for _ in range(2):
        with pytest.raises(ForMembersOnly):
            archiving.archive(cast.people, by=cast.eva)
        asked(cast, cast.people)
    client.force_login(cast.eva)
    page = client.post(f"/settings/teams/{cast.people.pk}/archive", follow=True).content.decode()
    assert "Only its members decide" in page
    assert "open request" not in page


def test_an_administrator_finds_again_what_they_opened(cast: Cast, client: Client) -> None:
    private, other = asked(cast, cast.people), asked(cast, cast.people)
    disclosing.disclose(private.pk, by=cast.eva, reason="Hanna is ill")
    client.force_login(cast.eva)
    page = client.get("/settings/disclosure/").content.decode()
    assert f"#{private.pk} Pelikaan" in page
    assert "Hanna is ill" in page
    assert f"#{other.pk}" not in page
