"""How fast the pages are, through the real server, signed in as the first expert of the bench company."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from balie.operations.bench import vocabulary
from balie.operations.bench.measured import Measured
from balie.operations.bench.processes import free_port, memory_mb, program
from balie.people.models import ApiToken, Person
from balie.tickets.models import Ticket

Visit = Callable[["Visitor", random.Random], None]


class Failed(Exception):
    """A page did not answer as it should."""


class Visitor:
    """One browser's worth of a connection that is kept open."""

    def __init__(self, port: int, *, session: str, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}", "Accept-Encoding": "gzip"}
        self._token = token

    def get(self, path: str, *, by_token: bool = False) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}"} if by_token else self._headers
        self._connection.request("GET", path, headers=headers)
        return self._answer(200)

    def post(self, path: str, facts: dict[str, str]) -> bytes:
        """As the API's clients do."""
        import json

        self._connection.request(
            "POST", path, body=json.dumps(facts),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )  # fmt: skip
        return self._answer(201)

    def _answer(self, expected: int) -> bytes:
        response = self._connection.getresponse()
        body = response.read()
        if response.status != expected:
            raise Failed(f"{response.status} instead of {expected}: {body[:300]!r}")
        return body


def inbox(n: int) -> Iterator[Measured]:
    """The first 50 rows of all that the expert sees."""
    yield from _measure("inbox", n, lambda visitor, _dice: _ignore(visitor.get("/requests/")))


def request(n: int) -> Iterator[Measured]:
    """One of the expert's requests, any."""
    numbers = _numbers()
    yield from _measure("request", n, lambda visitor, dice: _ignore(visitor.get(f"/requests/{dice.choice(numbers)}")))


def reply(n: int) -> Iterator[Measured]:
    """An answer to one of the expert's requests, any."""
    numbers = _numbers()

    def answer(visitor: Visitor, dice: random.Random) -> None:
        visitor.post(
            f"/api/v1/requests/{dice.choice(numbers)}/messages",
            {"kind": "reply", "text": "Please try once more; it has been mended this morning."},
        )

    yield from _measure("reply", n, answer)


def search(n: int) -> Iterator[Measured]:
    """A word that a few messages have, and one that a fifth of all requests have."""
    size = Ticket.objects.count()

    def rare(visitor: Visitor, dice: random.Random) -> None:
        visitor.get(f"/api/v1/requests?{urlencode({'q': f'ref{dice.randrange(1, size // 4 + 2):x}'})}", by_token=True)

    yield from _measure("search.rare", n, rare)
    yield from _measure(
        "search.frequent",
        n // 10,
        lambda visitor, _dice: _ignore(visitor.get("/api/v1/requests?q=balance", by_token=True)),
    )


def _ignore(_answer: bytes) -> None:
    """What counts is that it came."""


def _numbers() -> list[int]:
    expert = _expert()
    return list(Ticket.objects.worked_on_by(expert).order_by("-number").values_list("number", flat=True)[:5000])


def _expert() -> Person:
    expert: Person = Person.objects.get(email=f"p1@{vocabulary.DOMAIN}")
    return expert


def _measure(name: str, n: int, visit: Visit) -> Iterator[Measured]:
    size = Ticket.objects.count()
    with _server() as (port, web_mb):
        for concurrency in (1, 8):
            seconds, elapsed = _visits(port, visit, n=n, concurrency=concurrency)
            yield Measured.of(
                name, size=size, concurrency=concurrency, seconds=seconds, elapsed=elapsed, web_mb=web_mb()
            )


@contextmanager
def _server() -> Iterator[tuple[int, Callable[[], float]]]:
    port = free_port()
    with program("web", "--host", "127.0.0.1", "--port", str(port), port=port) as process:
        yield port, lambda: memory_mb(process)


def _visits(port: int, visit: Visit, *, n: int, concurrency: int) -> tuple[list[float], float]:
    expert = _expert()
    session, token = _session_of(expert), ApiToken.issue(person=expert, name="bench")
    seconds: list[float] = []
    faults: list[Exception] = []

    def go(number: int) -> None:
        dice = random.Random(number)  # noqa: S311  (not a secret)
        visitor = Visitor(port, session=session, token=token)
        try:
            for _warming in range(3):
                visit(visitor, dice)
            for _turn in range(max(1, n // concurrency)):
                begun = time.monotonic()
                visit(visitor, dice)
                seconds.append(time.monotonic() - begun)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(concurrency)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return seconds, time.monotonic() - started


def _session_of(person: Person) -> str:
    """A signed-in session, as sign-in would leave it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    key: str = session.session_key
    return key
