"""The end of a session is told."""

from __future__ import annotations

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from balie.config.sessions import SessionStore


@pytest.mark.django_db
def test_the_end_of_a_session_is_told_to_its_persons_streams() -> None:
    store = SessionStore()
    store[SESSION_KEY] = "17"
    store.save()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        SessionStore().delete(store.session_key)
    assert any("pg_notify" in query["sql"] and "rights:17" in query["sql"] for query in queries)
    assert not SessionStore().exists(str(store.session_key))


@pytest.mark.django_db
def test_the_end_of_an_anonymous_session_is_told_to_nobody() -> None:
    store = SessionStore()
    store.save()
    with CaptureQueriesContext(connection) as queries:
        store.delete()
    assert not any("pg_notify" in query["sql"] for query in queries)


@pytest.mark.django_db
def test_a_part_of_a_page_is_no_place_to_sign_in(client: Client) -> None:
    assert client.get("/requests/").status_code == 302
    answer = client.get("/requests/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
