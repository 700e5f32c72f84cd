"""Every action has a key, `?` shows them all, and in a split view the key of what has the focus is meant."""

# ruff: noqa: F811  (a fixture that is imported has the name of the argument that asks for it)

from __future__ import annotations

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.browser import elsewhere
from balie.config.tests.cast import Cast
from balie.tickets.models import Project, Ticket
from balie.workspace.models import Habit, SavedView
from balie.workspace.tests.test_in_a_browser import page, ticket  # noqa: F401

# What is pressed in a page and has no key. What stands for each row is reached with Tab.
WITHOUT_A_KEY = """(around) =>
  [...document.querySelectorAll(around)].flatMap((place) => [...place.querySelectorAll("a[href], button, summary")])
  .filter((one) => one.getClientRects().length && !one.closest("li, .filters"))
  .filter((one) => !one.matches("[data-key], [data-bulk], .to-panel, .more-sends > summary") && !one.querySelector("[data-key]"))
  .map((one) => one.textContent.trim() || one.outerHTML.slice(0, 80))"""
SHOWN = """() => {
  const box = document.querySelector(".keys-list").getBoundingClientRect();
  return [...document.querySelectorAll(".keys-list dt")].every((one) => one.getBoundingClientRect().right <= box.right);
}"""


def test_every_action_of_a_list_and_of_a_request_has_a_key(page: Page, live_server: LiveServer, ticket: Ticket) -> None:
    page.goto(f"{live_server.url}/requests/")
    assert page.evaluate(WITHOUT_A_KEY, ".list-head") == []
    page.goto(f"{live_server.url}/requests/{ticket.pk}")
    # The requester's name is the way to their tab, which has the key.
    assert page.evaluate(WITHOUT_A_KEY, ".top, .side") == ["Ada Vermeer"]
    # The menu itself is no action, and each thing in it has its key; the format has the keys of the editor.
    assert page.evaluate(WITHOUT_A_KEY, ".sends") == []
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    for label in (
        "Bold",
        "Link",
        "Send and resolve",
        "Send and open the next",
        "Discard the draft",
        "Assignee",
        "Due date",
        "Add a follower",
        "Link with another request",
        "Print",
        "Tasks",
        "Write a note",
    ):
        expect(keys.get_by_text(label, exact=True)).to_be_visible()
    assert page.evaluate(SHOWN), "a column that nobody sees"
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator("#tab-requester")).to_have_attribute("aria-current", "true")
    page.keyboard.press("1")
    expect(page.locator("#tab-info")).to_have_attribute("aria-current", "true")
    page.keyboard.press("f")
    expect(page.locator("#verb input:not([type=hidden])").first).to_be_focused()


def test_every_action_of_the_other_pages_has_a_key(
    page: Page, live_server: LiveServer, ticket: Ticket, committed_cast: Cast
) -> None:
    def prepared() -> Project:
        project = Project.begin("Third floor", by=committed_cast.ben)
        project.include(ticket, by=committed_cast.ben)
        SavedView.objects.create(owner=committed_cast.ben, name="Mine")
        return project

    project = elsewhere(prepared)
    view = elsewhere(SavedView.objects.get)
    for path, around in (
        ("/requests/projects/", "main"),
        ("/requests/projects/new", "main form"),
        (f"/requests/projects/{project.pk}", "main .column-body > :not(section)"),
        (f"/requests/projects/{project.pk}/shape", "main form"),
        ("/requests/views", "main > p"),
        (f"/requests/views/{view.pk}", "main"),
        ("/requests/search?q=laptop", ".search-sums, .search-help"),
        ("/notices/", ".notices-head, .notices-which"),
    ):
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate(WITHOUT_A_KEY, around) in ([], ["Best first"]), path
    page.goto(f"{live_server.url}/requests/projects/{project.pk}")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    for label in ("Change", "Archive", "Add a request", "Projects"):
        expect(keys.get_by_text(label, exact=True).first).to_be_visible()


def test_beside_a_list_the_focus_says_whose_key_is_meant(
    page: Page, live_server: LiveServer, ticket: Ticket, committed_cast: Cast
) -> None:
    split = {"layout": Habit.Layout.SPLIT}
    elsewhere(lambda: Habit.objects.update_or_create(person=committed_cast.ben, defaults=split))
    page.goto(f"{live_server.url}/requests/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("#pane #timeline")).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator("#ask")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#pane #tab-info").focus()
    page.keyboard.press("f")
    expect(page.locator("#verb input:not([type=hidden])").first).to_be_focused()
    expect(page.locator("#ask")).to_be_hidden()
