"""Nothing jumps: no page moves while it is drawn, on a slow processor and a telephone too, nor when something comes by itself."""

# ruff: noqa: F811  (a fixture that is imported has the name of the argument that asks for it)

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from balie.operations.tests.walked import Walk, served, walk  # noqa: F401
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Project, Ticket
from balie.tickets.words import Words
from balie.workspace.models import Draft, Habit

# As a telephone of some years ago, or the laptop that everybody else has given back.
SLOWED: Final = 4
# Each shift with what moved. What follows a key or a click within half a second is what somebody asked for.
WATCH: Final = """
  window.moved = [];
  const said = ({ x, y, width, height }) => `${x},${y} ${width}×${height}`;
  const named = ({ node, previousRect, currentRect }) =>
    `${node?.id || node?.getAttribute?.("class") || node?.nodeName || "gone"} ${said(previousRect)} → ${said(currentRect)}`;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries())
      if (!one.hadRecentInput) window.moved.push(`${one.value.toFixed(5)}: ${one.sources.map(named).join("; ")}`);
  }).observe({ type: "layout-shift", buffered: true });
"""
DRAWN: Final = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150))))"
)


def watched(walk: Walk, person: Person, path: str, **looks: Any) -> Page:
    """A page of theirs that says what moved on it."""
    page = walk.page_of(person, **looks)
    page.add_init_script(WATCH)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto(walk.url + path)
    page.evaluate(DRAWN)
    return page


def moved_on(page: Page) -> list[str]:
    said: list[str] = page.evaluate("window.moved")
    return said


def top_of(one: Locator) -> float:
    box = one.bounding_box()
    assert box
    return box["y"]


def talk(walk: Walk) -> Ticket:
    """A list that scrolls, and a request with a long conversation, of which Ben has not read the end."""
    cast = walk.cast
    ticket, *others = walk.ask(*(f"Number {number}" for number in range(60)))
    for number in range(12):
        ticket.hear(by=cast.ada, words=Words.from_text(f"Word {number}.\n\nAnd more."), channel="email")
    ticket.reply(by=cast.ben, words=Words.from_text("Here is another."))
    ticket.hear(by=cast.ada, words=Words.from_text("Thank you, but no."), channel="email")
    others[0].assign(cast.ben, by=cast.ben)
    return ticket


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_moves_while_it_is_drawn(walk: Walk, width: int) -> None:
    cast, ticket = walk.cast, talk(walk)
    project = Project.begin("Third floor", by=cast.ben)
    project.include(ticket, by=cast.ben)
    (drafted,) = walk.ask("Half answered")
    html = "<p>Dear Ada,</p><ul><li><p>one</p></li><li><p>two</p></li></ul><p>Regards</p>"
    Draft.objects.create(
        person=cast.ben, ticket=drafted, kind="reply", html=html, version=1, written_at=clock.now()
    )  # fmt: skip
    faults = []
    page = watched(walk, cast.ben, "/requests/", viewport={"width": width, "height": 900})
    for layout in Habit.Layout:
        Habit.objects.update_or_create(person=cast.ben, defaults={"layout": layout})
        page.goto(f"{walk.url}/requests/?order=due")
        page.evaluate(DRAWN)
        faults += [f"{layout.label}: {one}" for one in moved_on(page)]
    for path in (
        # From the list: the ways to its neighbours come with the script.
        f"/requests/{ticket.pk}#latest", f"/requests/{ticket.pk}?tab=requester", f"/requests/{drafted.pk}",
        "/requests/search?q=number",
        "/requests/projects/", f"/requests/projects/{project.pk}", "/requests/views", "/account/", "/account/notices/",
        "/notices/",
    ):  # fmt: skip
        page.goto(walk.url + path)
        if path == f"/requests/{drafted.pk}":
            expect(page.locator("[role=textbox].editor")).to_contain_text("Regards")
        page.evaluate(DRAWN)
        faults += [f"{path}: {one}" for one in moved_on(page)]
    page = watched(walk, cast.ada, "/my/requests/", viewport={"width": width, "height": 900})
    for path in (
        "/my/requests/",
        "/my/requests/new",
        f"/my/requests/new?place={cast.it.pk}",
        f"/my/requests/{ticket.pk}#latest",
    ):
        page.goto(walk.url + path)
        page.evaluate(DRAWN)
        faults += [f"{path}: {one}" for one in moved_on(page)]
    assert not faults, "\n".join(faults)


def test_what_comes_by_itself_moves_nothing(walk: Walk) -> None:
    talk(walk)
    inbox = watched(walk, walk.cast.ben, "/requests/")
    first = inbox.locator(".line").first
    before = top_of(first)
    walk.ask("A chair")
    expect(inbox.get_by_role("link", name="Show 1 new request")).to_be_visible()
    assert top_of(first) == before
    inbox.locator(".list").evaluate("(list) => list.scrollTo(0, 400)")
    expect(inbox.get_by_role("link", name="Show 1 new request")).to_be_in_viewport()
    assert moved_on(inbox) == []


def test_the_editor_takes_the_place_of_the_field(walk: Walk) -> None:
    (ticket,) = walk.ask("Mouse")
    page = watched(walk, walk.cast.ben, f"/requests/{ticket.pk}")
    box = page.locator("#composer .box")
    before = box.bounding_box()
    toolbar = page.get_by_role("toolbar")
    expect(toolbar).to_be_visible()
    page.locator("#id_text").focus()
    expect(page.locator(".editor")).to_be_focused()
    assert box.bounding_box() == before
    page.keyboard.type("Dear Ada")
    expect(page.locator("#draft-state")).to_contain_text("Draft kept at")
    assert box.bounding_box() == before
    # What the buttons say that they are for is there.
    assert page.locator(f"#{toolbar.get_attribute('aria-controls')}").get_attribute("role") == "textbox"
    assert moved_on(page) == []


def test_an_answer_does_not_push_away_what_is_written_below_it(walk: Walk) -> None:
    (ticket,) = walk.ask("Mouse")
    ada = watched(walk, walk.cast.ada, f"/my/requests/{ticket.pk}", viewport={"width": 1000, "height": 600})
    answer = ada.get_by_label("Write back")
    answer.press_sequentially("By the")
    before = top_of(answer)
    ticket.reply(by=walk.cast.ben, words=Words.from_text("Here is another.\n\nIt lies on your desk."))
    expect(ada.get_by_text("It lies on your desk.")).to_be_attached()
    expect(ada.locator("#announced")).to_contain_text("New message: Ben Jansen.")
    # Less than what anybody, or the measure of it, calls a jump.
    assert abs(top_of(answer) - before) < 3
