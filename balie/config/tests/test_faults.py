"""The pages for when something does not work."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from balie.config.tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The browser of somebody who is signed in, when the database goes away."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.ben, backend="allauth.account.auth_backends.AuthenticationBackend")

    def cursor() -> Any:
        raise OperationalError("no route to db.internal for user balie")

    monkeypatch.setattr(connection, "cursor", cursor)
    return client


def test_a_database_that_is_away_is_said_in_the_browsers_language_and_asks_to_come_again(away: Client) -> None:
    answer = away.get("/requests/?status=waiting", headers={"accept-language": "nl"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    page = answer.content.decode()
    assert "We zijn zo terug" in page
    assert 'href="/requests/?status=waiting"' in page
    assert "db.internal" not in page


def test_what_was_sent_meanwhile_is_not_sent_again_by_a_link(away: Client) -> None:
    answer = away.post("/account/", {"name": "Ben"})
    assert answer.status_code == 503
    assert 'href="/account/"' not in answer.content.decode()


def test_the_doors_of_channels_ask_to_come_again(away: Client) -> None:
    answer = away.post("/channels/slack/events", b"{}", content_type="application/json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
