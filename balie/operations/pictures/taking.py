"""Taking the pictures: one browser, one web server, a page at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse

from balie.operations.bench.pages import session_of
from balie.operations.bench.processes import free_port, program
from balie.operations.pictures import of_slack
from balie.operations.pictures.pages import Seen, pages
from balie.people.models import Credential, Person
from balie.platform.languages import LANGUAGES
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.workspace.models import Habit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

_WIDE, _NARROW = (1440, 900), (390, 844)
_LONGEST = 2400
_OF_GUIDE = (1100, 760)


@dataclass(frozen=True)
class Variant:
    """One way to look at a page."""

    language: str
    scheme: str
    size: tuple[int, int]

    @property
    def suffix(self) -> str:
        return f"{self.size[0]}-{self.scheme}-{self.language}"


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Pictures of pages whose name has `only` in it, into the folder `to`, once for each variant."""

    to: Path
    only: str
    variants: Sequence[Variant]

    @staticmethod
    def of(languages: Sequence[str]) -> list[Variant]:
        """Wide and narrow in each language, dark in the first."""
        light = [Variant(language, "light", size) for language in languages for size in (_WIDE, _NARROW)]
        return [*light, *(Variant(languages[0], "dark", size) for size in (_WIDE, _NARROW))]

    @staticmethod
    def light_only(languages: Sequence[str]) -> list[Variant]:
        return [Variant(language, "light", size) for language in languages for size in (_WIDE, _NARROW)]

    def take(self) -> Iterator[str]:
        """The name of each picture, once it is there."""
        self.to.mkdir(parents=True, exist_ok=True)
        found = [page for page in pages(_client) if self.only in page.name]
        with _browser() as (browser, address):
            for variant in self.variants:
                _elsewhere(partial(_let_everybody_read, variant.language))
                for who in dict.fromkeys(page.who for page in found):
                    with _looking(browser, address, who, variant) as context:
                        for page in (page for page in found if page.who == who):
                            yield self._one(context, address, page, variant)
                yield from self._other_layouts(browser, address, variant)

    def _other_layouts(self, browser: Browser, address: str, variant: Variant) -> Iterator[str]:
        """The inbox as those see it who like it beside a request, or on a board."""
        for layout in (Habit.Layout.SPLIT.value, Habit.Layout.BOARD.value):
            page = Seen(f"inbox-{layout}", "ben", "/requests/")
            if self.only in page.name:
                _elsewhere(partial(_let_ben_look, layout))
                with _looking(browser, address, page.who, variant) as context:
                    yield self._one(context, address, page, variant)
        _elsewhere(partial(_let_ben_look, Habit.Layout.LIST.value))

    def _one(self, context: BrowserContext, address: str, page: Seen, variant: Variant) -> str:
        name = f"{page.name}-{variant.suffix}.png"
        _take(context, address + page.path, self.to / name)
        return name


def readme_pictures(folder: Path) -> None:
    """The few that the documents show: in English, light, as wide as a document."""
    number = _number()
    wanted = (
        ("inbox", Seen("", "ben", "/requests/"), (1280, 800)),
        ("request", Seen("", "ben", f"/requests/{number}"), (1280, 900)),
        ("portal", Seen("", "ada", "/my/requests/"), (1000, 700)),
    )
    with _browser() as (browser, address):
        _elsewhere(partial(_let_everybody_read, "en"))
        for name, page, size in wanted:
            with _looking(browser, address, page.who, Variant("en", "light", size)) as context:
                _take(context, address + page.path, folder / f"{name}.png", is_whole=False)


def guide_pictures(folder: Path) -> None:
    """Those of the guide that leads through the set-up, in each language."""
    it = Team.objects.get(address="it")
    wanted = (
        ("plan", reverse("administration:plan")),
        ("roles", reverse("administration:roles")),
        ("credential", reverse("administration:credential", args=[Credential.objects.get(is_system=True).pk])),
        ("hours", reverse("administration:team-hours", args=[it.pk])),
    )
    folder.mkdir(parents=True, exist_ok=True)
    with _browser() as (browser, address):
        for language, _name in LANGUAGES:
            _elsewhere(partial(_let_everybody_read, language))
            with _looking(browser, address, "eva", Variant(language, "light", _OF_GUIDE)) as context:
                for name, path in wanted:
                    _take(context, address + path, folder / f"{name}-{language}.png", is_whole=False)


def slack_pictures(folder: Path) -> None:
    """Those of docs/slack.md: whole pages, in English."""
    with _browser() as (browser, address):
        _elsewhere(partial(_let_everybody_read, "en"))
        for name, who, path in _elsewhere(of_slack.paths):
            with _looking(browser, address, who, Variant("en", "light", _OF_GUIDE)) as context:
                _take(context, address + path, folder / f"{name}.png", is_whole=who == "eva")


@contextmanager
def _browser() -> Iterator[tuple[Browser, str]]:
    # Only those who take pictures have it installed.
    from playwright.sync_api import sync_playwright

    port = free_port()
    chromium = next((one for one in ("/usr/bin/chromium", "/usr/bin/google-chrome") if Path(one).exists()), None)
    with program("web", "--port", str(port), "--processes", "1", port=port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield browser, f"http://localhost:{port}"
        browser.close()


@contextmanager
def _looking(browser: Browser, address: str, who: str, variant: Variant) -> Iterator[BrowserContext]:
    width, height = variant.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=variant.scheme,  # type: ignore[arg-type]  # one of two words
        locale=variant.language, reduced_motion="reduce",
    )  # fmt: skip
    if who:
        session = _elsewhere(lambda: session_of(_person(who)))
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    yield context
    context.close()


def _take(context: BrowserContext, address: str, file: Path, *, is_whole: bool = True) -> None:
    page = context.new_page()
    page.goto(address, wait_until="load")
    page.wait_for_timeout(150)
    height = page.evaluate("document.documentElement.scrollHeight") if is_whole else 0
    size = page.viewport_size
    if size and height > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": min(height, _LONGEST)})
    page.screenshot(path=file, animations="disabled")
    page.close()


def _client(who: str) -> Client:
    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    if who:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_of(_person(who))
    return client


def _person(who: str) -> Person:
    person: Person = Person.objects.get(email=f"{who}@balie.example")
    return person


def _number() -> int:
    number: int = Ticket.objects.filter(requester__email="ada@balie.example", team__address="it").latest("number").pk
    return number


def _let_everybody_read(language: str) -> None:
    Person.objects.filter(email__in=[f"{who}@balie.example" for who in ("ada", "ben", "eva")]).update(language=language)


def _let_ben_look(layout: str) -> None:
    Habit.objects.update_or_create(person=_person("ben"), defaults={"layout": layout})


def _elsewhere(act: Any) -> Any:
    """In a thread: Playwright's event loop runs in this one, and Django refuses a database beside it."""

    def acted() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(acted).result()
