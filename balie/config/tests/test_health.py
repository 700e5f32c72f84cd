"""What machines ask: alive, ready, and the numbers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from balie.channels.models import Arrival
from balie.config import health, metrics
from balie.config.bridge import Bridge, PageThread
from balie.config.tests.cast import Cast
from balie.config.tests.client import ask, scope
from balie.config.tests.counting import numbers
from balie.config.wsgi import Pages
from balie.people.models import ApiToken
from balie.platform import clock


def test_alive_asks_nothing_of_the_database(rf: RequestFactory) -> None:
    # Without the `db` fixture, any query would fail this test.
    assert health.livez(rf.get("/livez")).status_code == 200


@pytest.mark.django_db
def test_ready_when_the_database_is_there_and_migrated(rf: RequestFactory) -> None:
    assert health.readyz(rf.get("/readyz")).content == b"ready\n"


@pytest.mark.django_db
def test_not_ready_says_why_and_no_more(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Any:
        raise OperationalError("no route to db.internal for user balie")

    monkeypatch.setattr(connection, "cursor", away)
    answer = health.readyz(rf.get("/readyz"))
    assert (answer.status_code, answer.content) == (503, b"The database cannot be reached.\n")


@pytest.mark.django_db
def test_numbers_speak_of_queues_and_name_nobody(rf: RequestFactory, cast: Cast, counted: None) -> None:
    Arrival.objects.create(kind="email", external_id="1", bundle="1", state="failed", received_at=clock.now())
    answer = health.prometheus(rf.get("/metrics"))
    said = numbers(answer.content)
    assert said["balie_arrivals", "failed"] == 1
    assert said["balie_arrivals", "waiting"] == 0
    assert b"People" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("mark", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"])
def test_who_comes_through_a_proxy_is_not_this_machine(rf: RequestFactory, mark: str) -> None:
    assert health.prometheus(rf.get("/metrics", **{mark: "127.0.0.1"})).status_code == 403


@pytest.mark.django_db
def test_elsewhere_an_administrators_token_opens_the_numbers(rf: RequestFactory, cast: Cast, counted: None) -> None:
    def status(token: str) -> int:
        asked = rf.get("/metrics", REMOTE_ADDR="10.0.0.9", headers={"Authorization": f"Bearer {token}"})
        return health.prometheus(asked).status_code

    assert status(ApiToken.issue(person=cast.eva, name="prometheus")) == 200
    assert status(ApiToken.issue(person=cast.ben, name="prometheus")) == 403
    assert status("guessed") == 403


@pytest.mark.django_db(transaction=True)
def test_a_request_is_counted_by_its_route(counted: None) -> None:
    def answered() -> dict[tuple[str, ...], float]:
        return {key: value for key, value in numbers(metrics.written()).items() if key[0] == "balie_requests_total"}

    before = sum(answered().values())
    thread = PageThread()
    try:
        asked = scope("/no/such/ada@balie.example", headers=[("host", "localhost")])
        reply = asyncio.run(ask(Bridge(Pages(), thread=thread), asked))
    finally:
        thread.stop()
    assert reply.status == 404
    assert "content-security-policy" in reply.headers
    said = answered()
    assert sum(said.values()) == before + 1
    assert not any("ada" in part for key in said for part in key)
