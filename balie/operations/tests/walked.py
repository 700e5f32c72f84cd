"""A small company on a real web server, with its live pages, for those who walk through it in Chromium.

One server serves all walks of a file; each walk has a database of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page

from balie.config.tests.browser import refused_by
from balie.config.tests.cast import Cast
from balie.operations.bench.pages import session_of
from balie.operations.bench.processes import free_port, program
from balie.operations.tests.hands import Hands, Keyboard, Mouse
from balie.people.models import Person
from balie.teams.models import Category, Membership
from balie.tickets.models import Ticket
from balie.tickets.words import Words


class Served:
    """The web server."""

    def __init__(self) -> None:
        self.port = free_port()
        self._running = ExitStack()

    def start(self) -> None:
        """At the same address as before."""
        self._running.enter_context(program("web", "--port", str(self.port), "--processes", "1", port=self.port))

    def stop(self) -> None:
        self._running.close()


class Walk:
    """The people of a small company, and their browsers; what these refused is kept."""

    def __init__(self, served: Served, cast: Cast, browser: Browser) -> None:
        self.served, self.cast, self.browser = served, cast, browser
        self.url = f"http://localhost:{served.port}"
        self.refused: list[list[str]] = []
        self.contexts: list[BrowserContext] = []

    def page_of(self, person: Person, path: str = "", **looks: Any) -> Page:
        """A new browser of somebody who is signed in, with their page open."""
        context = self.context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **looks})
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": self.url}])
        return self.page_in(context, path)

    def context(self, **looks: Any) -> BrowserContext:
        """A new browser of nobody."""
        context = self.browser.new_context(**looks)
        self.contexts.append(context)
        self.refused.append(refused_by(context))
        return context

    def page_in(self, context: BrowserContext, path: str = "") -> Page:
        page = context.new_page()
        if path:
            page.goto(self.url + path)
        return page

    def ask(self, *subjects: str, words: str = "Please help.") -> list[Ticket]:
        """Requests of Ada's to IT, the first of them the oldest."""
        cast, said = self.cast, Words.from_text(words)
        return [
            Ticket.open(team=cast.it, requester=cast.ada, subject=subject, words=said, channel="web")
            for subject in subjects
        ]


@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The web server on the database of the tests."""
    database = urlsplit(os.environ["BALIE_TEST_SERVER"])._replace(path=f"/{connection.settings_dict['NAME']}")
    with ExitStack() as stack:
        variables = stack.enter_context(pytest.MonkeyPatch.context())
        variables.setenv("BALIE_DATABASE_URL", database.geturl())
        variables.setenv("BALIE_DATA", str(tmp_path_factory.mktemp("served")))
        variables.setenv("BALIE_SECRET_KEY", settings.SECRET_KEY)
        # Playwright's loop stays in this thread, and nothing of ours is ever awaited there.
        variables.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        served = Served()
        served.start()
        stack.callback(served.stop)
        yield served


@pytest.fixture
def walk(served: Served, committed_cast: Cast, browser: Browser) -> Iterator[Walk]:
    """One way through the desk; whatever a browser refuses to load or run on it fails the test."""
    cast = committed_cast
    # All read English, and IT has a second expert.
    Person.objects.update(language="en")
    cast.ada.refresh_from_db()
    Category.objects.create(team=cast.it, name="Software")
    Membership.objects.create(team=cast.it, person=cast.dov)
    walk = Walk(served, cast, browser)
    yield walk
    for context in walk.contexts:
        context.close()
    refused = [one for said in walk.refused for one in said]
    assert not refused, "\n".join(refused)


@pytest.fixture(params=[Mouse, Keyboard], ids=["mouse", "keyboard"])
def hands(request: pytest.FixtureRequest) -> Callable[[Page], Hands]:
    """What somebody uses a page with."""
    made: Callable[[Page], Hands] = request.param
    return made
