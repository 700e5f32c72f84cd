"""Everybody can use every page: axe finds nothing on any, in any language, in light, in dark and in forced colours.

The pages are those of the demo company, as `make pictures` takes them. They are drawn first, in all languages, and then given to
one browser: each in German, whose words are the longest, with everything asked, and in one language more. What axe judges
(elements, roles, names, references) is the same in the others where their skeletons are equal; those that are not, it reads too.
All are seen on a phone. It is two tests, so that two processors can share them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

import axe_playwright_python
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from balie.operations.pictures.pages import Seen, pages
from balie.operations.tests.skeleton import Skeleton
from balie.people.models import Person
from balie.platform.tests.serving import served

pytestmark = pytest.mark.takes_minutes

DESK = "http://desk.test"
LANGUAGES = ("en", "nl", "fr", "es", "it")
PHONE, WIDTHS = 390, (1440, 2560)
# The standard (WCAG 2.2, A and AA), and what axe calls good practice beyond it.
ASKED = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
# Those whose addresses name something: none of them is left out because it was not found.
HARD_TO_REACH = {
    "administration-attribute", "administration-category-merge", "administration-credential", "administration-member-removal",
    "administration-person", "administration-plan-removal", "administration-role", "administration-section",
    "administration-sla-rule", "administration-status", "directory-basics", "directory-history", "directory-profile",
    "directory-section",
}  # fmt: skip
# Emails and other people's names are as they are; a scrolling letter is reached by its links.
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class Drawn:
    """One page in one language, as the server answered it."""

    seen: Seen
    language: str
    body: bytes
    headers: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.seen.name} ({self.language})"

    @cached_property
    def skeleton(self) -> Skeleton:
        return Skeleton.of(self.body)


def clients() -> dict[str, Client]:
    made = {"": Client()}
    for who in ("ada", "ben", "eva"):
        made[who] = Client(raise_request_exception=False)
        person = Person.objects.get(email=f"{who}@balie.example")
        made[who].force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def found_pages(of: dict[str, Client]) -> list[Seen]:
    found = list(pages(lambda who: of[who]))
    assert len(found) > 40
    assert {one.name for one in found} >= HARD_TO_REACH
    return found


def draw(of: dict[str, Client], seen: Seen, language: str) -> Drawn:
    Person.objects.filter(email=f"{seen.who}@balie.example").update(language=language)
    response = of[seen.who].get(seen.path, headers={"accept-language": language})
    return Drawn(seen, language, b"".join(response), dict(response.headers))


@cache
def static(name: str) -> bytes:
    found = finders.find(name)
    return Path(found).read_bytes() if found else b""


class Served(ThreadingHTTPServer):
    """Answers the browser with one drawn page, and with static files that it may keep; everything else is empty."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.drawn: Drawn | None = None


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Served

    def do_GET(self) -> None:
        path, drawn = urlsplit(self.path).path, self.server.drawn
        if path.startswith("/static/"):
            name = unquote(path.removeprefix("/static/"))
            kind = TYPES.get(Path(name).suffix, "application/octet-stream")
            self._say(200, static(name), {"Content-Type": kind, "Cache-Control": "max-age=3600, immutable"})
        elif drawn is not None and "text/html" in self.headers.get("Accept", ""):
            policy = drawn.headers.get("Content-Security-Policy", "")
            kind = "text/html; charset=utf-8"
            self._say(
                200, drawn.body, {"Content-Type": kind, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
            )
        else:
            self._say(204)

    def _say(self, status: int, body: bytes = b"", headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Nobody reads it."""


# They are drawn first: while Playwright's loop runs, Django does not speak with the database.
@pytest.mark.usefixtures("company")
def test_every_page_can_be_used_by_everybody_on_a_screen() -> None:
    of = clients()
    german = [draw(of, seen, "de") for seen in found_pages(of)]
    with opened() as window:
        faults = check_with_the_keyboard(window, german) + check_on_a_screen(window, german)
        check_the_connection(window, german)
    assert not faults, "\n".join(faults)


@pytest.mark.usefixtures("company")
def test_every_page_can_be_used_by_everybody_on_a_phone_and_in_every_language() -> None:
    of = clients()
    found = found_pages(of)
    german = [draw(of, seen, "de") for seen in found]
    others = [[draw(of, seen, language) for language in LANGUAGES] for seen in found]
    with opened() as window:
        faults = check_on_a_phone(window, german, [one for page in others for one in page])
        faults += check_the_words(window, to_be_read(german, others))
    faults += [f"{one.name}: {fault}" for page in (german, *others) for one in page for fault in one.skeleton.silent]
    assert not faults, "\n".join(faults)


def to_be_read(german: list[Drawn], others: list[list[Drawn]]) -> list[Drawn]:
    """Each page in one language more, and in those where it is made of something else than axe has read."""
    read = []
    for number, (first, page) in enumerate(zip(german, others, strict=True)):
        chosen = page[number % len(LANGUAGES)]
        read.append(chosen)
        known = {first.skeleton, chosen.skeleton}
        for one in page:
            if one.skeleton not in known:
                known.add(one.skeleton)
                read.append(one)
    return read


AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
NO_STREAM = "window.EventSource = undefined;"
SHIFTED = """() => new Promise((done) => {
  const moved = [];
  const named = ({ node }) => node?.id || node?.getAttribute?.("class") || node?.nodeName || "gone";
  new PerformanceObserver((list) => {
    for (const one of list.getEntries())
      if (!one.hadRecentInput) moved.push(`shifts by ${one.value.toFixed(5)}: ${one.sources.map(named).join(", ")}`);
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(moved)));
})"""
# What is hard to hit (WCAG 2.5.8) depends on how long a word is.
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, input, select")].filter((one) => {
  const { width, height } = one.getBoundingClientRect();
  return width > 0 && (width < 24 || height < 24);
}).length"""
TARGETS = {"type": "rule", "values": ["target-size"]}
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def axe(page: Page, only: dict[str, Any], **rules: Any) -> list[str]:
    """What axe finds: the rule, and where."""
    found = page.evaluate(
        "(options) => axe.run(document, options).then((results) => results.violations.map("
        "(one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`))",
        {"runOnly": only, "resultTypes": ["violations"], "rules": rules},
    )
    return list(found)


@dataclass(frozen=True)
class Window:
    """A browser, and what it is shown."""

    browser: Browser
    served: Served

    def page(self, *scripts: str, **how: Any) -> Page:
        """An empty one, which runs these scripts before each page's own."""
        context = self.browser.new_context(**how)
        for script in scripts:
            context.add_init_script(script)
        return context.new_page()

    def show(self, page: Page, drawn: Drawn) -> None:
        self.served.drawn = drawn
        page.goto(DESK + drawn.seen.path, wait_until="load")


@contextmanager
def opened() -> Iterator[Window]:
    server = Served()
    # By its name, which is no secure origin: where push works, nothing is to ask for it.
    args = ["--no-sandbox", f"--host-resolver-rules=MAP desk.test 127.0.0.1:{server.server_port}"]
    with served(server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=args)
        yield Window(browser, server)
        browser.close()


def look(
    window: Window, drawn: list[Drawn], width: int, check: Callable[[Page, Drawn], list[str]], *, has_axe: bool = True
) -> list[str]:
    """What `check` finds on each of the pages, in a window of this width in pixels."""
    faults: list[str] = []
    scripts = (NO_STREAM, AXE) if has_axe else (NO_STREAM,)
    page = window.page(*scripts, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.on("pageerror", lambda error: faults.append(f"{window.served.drawn and window.served.drawn.name}: {error}"))
    for one in drawn:
        window.show(page, one)
        faults += [f"{one.name}, {width} px: {fault}" for fault in check(page, one)]
    page.context.close()
    return faults


def check_on_a_screen(window: Window, drawn: list[Drawn]) -> list[str]:
    def check(page: Page, one: Drawn) -> list[str]:
        faults: list[str] = page.evaluate(SHIFTED) + axe(page, ASKED)
        page.emulate_media(color_scheme="dark")
        faults += [f"dark: {fault}" for fault in axe(page, CONTRAST)]
        page.emulate_media(color_scheme="light", forced_colors="active")
        faults += [f"forced: {fault}" for fault in axe(page, CONTRAST)]
        page.emulate_media(forced_colors="none")
        for width in reversed(WIDTHS):
            page.set_viewport_size({"width": width, "height": 900})
            faults += what_does_not_fit(page)
        return faults

    return look(window, drawn, WIDTHS[0], check)


def check_on_a_phone(window: Window, german: list[Drawn], others: list[Drawn]) -> list[str]:
    """Everything in German; of the others whether they fit, and how large what one touches is there."""
    small: dict[str, int] = {}

    def check(page: Page, one: Drawn) -> list[str]:
        small[one.seen.name] = page.evaluate(SMALL)
        return axe(page, ASKED) + what_does_not_fit(page)

    def check_other(page: Page, one: Drawn) -> list[str]:
        faults = what_does_not_fit(page)
        if page.evaluate(SMALL) != small[one.seen.name]:
            page.evaluate(AXE)
            faults += axe(page, TARGETS)
        return faults

    return look(window, german, PHONE, check) + look(window, others, PHONE, check_other, has_axe=False)


def check_the_words(window: Window, drawn: list[Drawn]) -> list[str]:
    """What axe finds in another language; its colours are the same."""
    return look(window, drawn, WIDTHS[0], lambda page, one: axe(page, ASKED, **{"color-contrast": {"enabled": False}}))


def what_does_not_fit(page: Page) -> list[str]:
    too_wide = page.evaluate(TOO_WIDE)
    return [f"{too_wide} px too wide"] if too_wide > 0 else []


FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), place = one.getBoundingClientRect();
  const seen = place.width > 0 && place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth;
  // A link that stretches over its card is shown by the card, and what one writes in by the box around it.
  const around = one.closest("li, article, tr, label, .box") || one;
  const drawn = [style, getComputedStyle(one, "::after"), getComputedStyle(around)];
  const shown = drawn.some((each) => each.outlineStyle !== "none" || each.boxShadow !== "none");
  return { what: one.outerHTML.slice(0, 120), seen, shown };
}"""


def check_with_the_keyboard(window: Window, drawn: list[Drawn]) -> list[str]:
    """The first stop is the skip link, and each stop can be seen."""
    faults: list[str] = []
    page = window.page(NO_STREAM, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    names = (
        "workspace-inbox",
        "workspace-request",
        "portal-requests",
        "portal-ask",
        "administration-start",
        "account-login",
    )
    wanted = {one.seen.name: one for one in reversed(drawn) if one.language == "de" and one.seen.name in names}
    assert len(wanted) == len(names)
    for name, one in wanted.items():
        window.show(page, one)
        page.evaluate("document.activeElement && document.activeElement.blur()")
        if b'class="skip"' in one.body and b"autofocus" not in one.body:
            page.keyboard.press("Tab")
            skip = page.evaluate(FOCUSED)
            if not (skip and "skip" in skip["what"] and skip["seen"]):
                faults.append(f"{name}: the first stop is {skip}")
            page.keyboard.press("Enter")
            expect(page.locator("#content")).to_be_focused()
        for _stop in range(14):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused and not (focused["seen"] and focused["shown"]):
                faults.append(f"{name}: cannot be seen: {focused}")
    return faults


# A stream that does what the test says.
STAGED = """
window.streams = [];
window.EventSource = class extends EventTarget {
  constructor(address) { super(); this.address = address; this.readyState = 0; window.streams.push(this); }
  close() { this.readyState = 2; }
  say(name, data) { this.dispatchEvent(new MessageEvent(name, { data: data || "" })); }
  break(state) { this.readyState = state; this.dispatchEvent(new Event("error")); }
};
"""


def check_the_connection(window: Window, drawn: list[Drawn]) -> None:
    """That it is lost, and that the session has ended, is said without taking the focus."""
    page = window.page(STAGED)
    window.show(page, next(one for one in drawn if one.seen.name == "workspace-inbox" and one.language == "de"))
    status = page.locator("#live-status")
    expect(status).to_have_attribute("role", "status")
    focused = page.evaluate("document.activeElement.tagName")
    page.evaluate("window.streams.at(-1).say('open')")
    expect(status).to_be_hidden()
    page.evaluate("window.streams.at(-1).break(0)")
    expect(status).to_have_text(status.get_attribute("data-lost") or "?", timeout=60_000)
    page.evaluate("window.streams.at(-1).say('open')")
    expect(status).to_be_hidden()
    page.evaluate("window.streams.at(-1).say('ended')")
    expect(status).to_have_text(status.get_attribute("data-ended") or "?", timeout=60_000)
    assert page.evaluate("document.activeElement.tagName") == focused
