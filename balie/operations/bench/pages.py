"""How fast the pages are, through the real server, signed in as the first expert of the bench company."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client

from balie.operations.bench import vocabulary
from balie.operations.bench.measured import Measured
from balie.operations.bench.processes import free_port, memory_mb, program
from balie.people.models import Person
from balie.tickets.models import Message, Ticket
from balie.workspace.models import Draft

# Any 32 letters do, when the cookie and the field agree.
_CSRF: Final = "b" * 32

Visit = Callable[["Visitor", random.Random], None]


class Failed(Exception):
    """A page did not answer as it should."""


class Visitor:
    """One browser's worth of a connection that is kept open."""

    def __init__(self, port: int, *, session: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}", "Accept-Encoding": "gzip"}

    def get(self, path: str) -> bytes:
        self._connection.request("GET", path, headers=self._headers)
        return self._answer(200)

    def post(self, path: str, facts: dict[str, str]) -> bytes:
        """As a form on a page does: Django compares the cookie with the field."""
        cookie = f"{self._headers['Cookie']}; {settings.CSRF_COOKIE_NAME}={_CSRF}"
        self._connection.request(
            "POST", path, body=urlencode({**facts, "csrfmiddlewaretoken": _CSRF}),
            headers={**self._headers, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        return self._answer(302)

    def _answer(self, expected: int) -> bytes:
        response = self._connection.getresponse()
        body = response.read()
        if response.status != expected:
            raise Failed(f"{response.status} instead of {expected}: {body[:300]!r}")
        return body


def inbox(n: int) -> Iterator[Measured]:
    """The first 50 rows of all that the expert sees."""
    yield from _measure("inbox", n, lambda visitor, _dice: _ignore(visitor.get("/requests/")))
    yield floor_of("inbox", "/requests/", n)


def request(n: int) -> Iterator[Measured]:
    """One of the expert's requests, any; and one with thirty messages."""
    known = numbers()
    yield from _measure("request", n, lambda visitor, dice: _ignore(visitor.get(f"/requests/{dice.choice(known)}")))
    with _long_request() as number:
        yield from _measure("request.30", n, lambda visitor, _dice: _ignore(visitor.get(f"/requests/{number}")))
        yield floor_of("request.30", f"/requests/{number}", n)


def reply(n: int) -> Iterator[Measured]:
    """An answer to one of the expert's requests, any, by the form of its page. No worker sends them: they are taken back."""
    known = numbers()

    def answer(visitor: Visitor, dice: random.Random) -> None:
        words = "Please try once more; it has been mended this morning."
        visitor.post(f"/requests/{dice.choice(known)}/messages", {"kind": "reply", "text": words})

    yield from _measure("reply", n, answer)
    Draft.objects.leaving().filter(person=expert()).delete()


def search(n: int) -> Iterator[Measured]:
    """A word that a few messages have, and one that a fifth of all requests have."""
    size = Ticket.objects.count()

    def rare(dice: random.Random) -> str:
        return f"/requests/?{urlencode({'q': f'ref{dice.randrange(1, size // 4 + 2):x}'})}"

    yield from _measure("search.rare", n, lambda visitor, dice: _ignore(visitor.get(rare(dice))))
    yield floor_of("search.rare", rare(random.Random(1)), n)  # noqa: S311  (not a secret)
    frequent = "/requests/?q=balance"
    yield from _measure("search.frequent", n // 4, lambda visitor, _dice: _ignore(visitor.get(frequent)))
    yield floor_of("search.frequent", frequent, n // 4)


def empty(n: int) -> Iterator[Measured]:
    """What any page costs before it shows anything: who one is, and a form."""
    yield from _measure("empty", n, lambda visitor, _dice: _ignore(visitor.get("/sign-out/")))


def floor_of(name: str, path: str, n: int) -> Measured:
    """The limit of a page: its own questions to the database, asked again and again by nobody in particular."""
    client = Client(headers={"host": "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(expert())
    asked: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        if sql.lstrip("( \n").upper().startswith(("SELECT", "WITH")):
            asked.append((sql, values))
        return execute(sql, values, many, context)

    client.get(path)
    with connection.execute_wrapper(keep):
        client.get(path)
    seconds, started = [], time.monotonic()
    for _turn in range(max(n, 1)):
        begun = time.monotonic()
        with connection.cursor() as cursor:
            for sql, values in asked:
                cursor.execute(sql, values)
                cursor.fetchall()
        seconds.append(time.monotonic() - begun)
    return Measured.of(
        f"{name}.floor", size=Ticket.objects.count(), concurrency=1, seconds=seconds, elapsed=time.monotonic() - started,
        queries=len(asked),
    )  # fmt: skip


@contextmanager
def _long_request() -> Iterator[int]:
    """One of the expert's requests with thirty messages; they are taken back at the end."""
    answering, number = expert(), numbers()[0]
    ticket = Ticket.objects.get(pk=number)
    there = ticket.messages.count()
    words = "Please try once more; it has been mended this morning. " * 6
    made = Message.objects.bulk_create(
        Message(
            ticket=ticket, author=answering if place % 2 else ticket.requester, kind=Message.Kind.REPLY, channel="email",
            direction=Message.Direction.OUT if place % 2 else Message.Direction.IN, text=words, html=f"<p>{words}</p>",
            created_at=ticket.last_word_at + timedelta(minutes=place),
        )
        for place in range(30 - there)
    )  # fmt: skip
    yield number
    Message.objects.filter(pk__in=[one.pk for one in made]).delete()


def _ignore(_answer: bytes) -> None:
    """What counts is that it came."""


def numbers() -> list[int]:
    """Requests that the expert works on, the newest."""
    return list(Ticket.objects.worked_on_by(expert()).order_by("-number").values_list("number", flat=True)[:5000])


def expert() -> Person:
    """Whoever looks at the pages that are measured."""
    first: Person = Person.objects.get(email=f"p1@{vocabulary.DOMAIN}")
    return first


def _measure(name: str, n: int, visit: Visit) -> Iterator[Measured]:
    size = Ticket.objects.count()
    with serving() as (port, web_mb):
        for concurrency in (1, 8):
            seconds, elapsed = _visits(port, visit, n=n, concurrency=concurrency)
            yield Measured.of(
                name, size=size, concurrency=concurrency, seconds=seconds, elapsed=elapsed, web_mb=web_mb()
            )


@contextmanager
def serving() -> Iterator[tuple[int, Callable[[], float]]]:
    port = free_port()
    with program("web", "--host", "127.0.0.1", "--port", str(port), port=port) as process:
        yield port, lambda: memory_mb(process)


def _visits(port: int, visit: Visit, *, n: int, concurrency: int) -> tuple[list[float], float]:
    session = session_of(expert())
    seconds: list[float] = []
    faults: list[Exception] = []

    def go(number: int) -> None:
        dice = random.Random(number)  # noqa: S311  (not a secret)
        visitor = Visitor(port, session=session)
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


def session_of(person: Person) -> str:
    """A signed-in session, as sign-in would leave it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    key: str = session.session_key
    return key
