"""A program that calls the API with somebody's token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from balie.api import limits
from balie.config.tests.cast import Cast
from balie.people.models import ApiToken, Person
from balie.tickets.models import Ticket
from balie.tickets.words import Words


@dataclass
class Program:
    """Speaks JSON, as one person."""

    token: str
    client: Client

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self._ask("GET", path, query_params=query)

    def post(self, path: str, body: object = None, *, key: str | None = None) -> HttpResponse:
        return self._ask("POST", path, body=body, **({"headers": {"Idempotency-Key": key}} if key is not None else {}))

    def patch(self, path: str, **body: Any) -> HttpResponse:
        return self._ask("PATCH", path, body=body)

    def delete(self, path: str) -> HttpResponse:
        return self._ask("DELETE", path)

    def send(self, path: str, fields: dict[str, Any], **headers: str) -> HttpResponse:
        return self.client.post(f"/api/v1{path}", fields, headers=self._headers(headers))

    def items(self, path: str, **query: Any) -> list[Any]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return list(json.loads(answer.content)["items"])

    def _ask(
        self, method: str, path: str, *, body: object = None, headers: dict[str, str] | None = None, **more: Any
    ) -> HttpResponse:
        sent = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method, f"/api/v1{path}", sent, "application/json", headers=self._headers(headers or {}), **more
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}


@pytest.fixture
def program(db: None) -> Callable[[Person], Program]:
    return lambda person: Program(token=ApiToken.issue(person=person, name="test"), client=Client())


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    yield
    limits.reads.forget()
    limits.writes.forget()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    words = Words.from_text("The printer on floor 2 eats paper.")
    return Ticket.open(team=cast.it, requester=cast.ada, subject="Printer", words=words, channel="email")


@pytest.fixture
def secret(cast: Cast) -> Ticket:
    words = Words.from_text("About my quagga salary.")
    return Ticket.open(team=cast.people, requester=cast.ada, subject="Quagga", words=words, channel="email")
