"""One Chromium for all browser tests of a process, and what these tests say to it and about it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from balie.operations.bench.pages import session_of
from balie.people.models import Person, SignInLink

T = TypeVar("T")
# On slow machines, in milliseconds.
PATIENCE: Final = 60_000
WITHOUT_STREAM: Final = "window.EventSource = undefined;"


class Chromium:
    """Runs from the first test that looks at something to the last; each test has contexts of its own.

    Playwright leaves its event loop marked as running in the thread that called it. Django would refuse to work there, and
    give everybody another connection, so the mark is only set while a test uses the browser.
    """

    def __init__(self) -> None:
        self._playwright = sync_playwright().start()
        self._loop = asyncio.get_running_loop()
        self._browsers: dict[tuple[str, ...], Browser] = {}
        asyncio._set_running_loop(None)

    @contextmanager
    def used(self, *arguments: str) -> Iterator[Browser]:
        """What is opened meanwhile is closed afterwards. Another one is started for what only `arguments` can say."""
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self._loop)
        try:
            browser = self._with(arguments)
            known = browser.contexts
            yield browser
            for context in browser.contexts:
                if context not in known:
                    context.close()
        finally:
            if before is None:
                _close_connections()
            asyncio._set_running_loop(before)

    def _with(self, arguments: tuple[str, ...]) -> Browser:
        browser = self._browsers.get(arguments)
        if browser is None or not browser.is_connected():
            # Otherwise it says that it is driven, and `portal-rate.js` waits for somebody.
            own = ["--disable-blink-features=AutomationControlled", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
            browser = self._playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*own, *arguments])
            self._browsers[arguments] = browser
        return browser

    def end(self) -> None:
        asyncio._set_running_loop(self._loop)
        self._playwright.stop()
        asyncio._set_running_loop(None)


def _close_connections() -> None:
    """Those of whoever worked under the mark, as walks do: Django would refuse to close them there."""
    with pytest.MonkeyPatch.context() as variables:
        variables.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        connections.close_all()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    one = Chromium()
    yield one
    one.end()


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Browser]:
    """Ask for it after whatever makes rows: while it is there, the database is reached `elsewhere`."""
    expect.set_options(timeout=PATIENCE)
    with chromium.used() as one:
        yield one


@pytest.fixture
def shown(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> LiveServer:
    """Django's own server, which remembers nothing of the test before."""
    # Its threads outlive the test, and the database cannot be dropped while they hold on to it.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    cache.clear()
    return live_server


def elsewhere(act: Callable[[], T]) -> T:
    """In a thread with a connection of its own, as another process would."""

    def acted() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(acted).result()


def happened(page: Page, *names: str, **detail: object) -> None:
    """What `live.js` says when the server tells of a change."""
    script = "([name, detail]) => document.body.dispatchEvent(new CustomEvent(name, {detail, bubbles: true}))"
    for name in names:
        page.evaluate(script, [name, detail])


def wait_until(page: Page, condition: str, about: Any = None, *, seconds: float = 10) -> None:
    """Wait until a JavaScript condition (an expression, or a function given `about`) holds on the page.

    Playwright's own `wait_for_function` asks again from within the page, where our Content Security Policy refuses the
    evaluation: it works only where the condition holds at once. This asks from outside, which the policy allows.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(condition, about):
        assert time.monotonic() < end, f"never came true: {condition}"
        page.wait_for_timeout(30)


def context_of(person: Person, browser: Browser, server: LiveServer, **looks: Any) -> BrowserContext:
    """A browser in which they are signed in; pages hear nothing but what the test says."""
    context = browser.new_context(**looks)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WITHOUT_STREAM)
    sign_in(person, context, server)
    return context


def sign_in(person: Person, context: BrowserContext, server: LiveServer) -> None:
    session = elsewhere(lambda: session_of(person))
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])


def way_in(person: Person) -> str:
    """The path of a link that signs them in."""
    return urlsplit(elsewhere(lambda: SignInLink.issue(person, printed=True))).path


def refused_by(context: BrowserContext, *, also: Collection[str] = ()) -> list[str]:
    """Grows by whatever a browser refuses to load or to run on any page of this context, and by messages of such types."""
    refused: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if "Security Policy" in message.text or message.type in also:
            refused.append(f"{message.text} {message.location}")

    context.on("console", said)
    context.on("weberror", lambda error: refused.append(str(error.error)))
    return refused
