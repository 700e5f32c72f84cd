"""The inbox in Chromium: with the mouse and with the keyboard alone, while others change what one looks at."""

# ruff: noqa: F811  (a fixture that is imported has the name of the argument that asks for it)

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.browser import elsewhere, happened, wait_until
from balie.config.tests.cast import Cast
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words
from balie.workspace.models import Habit, SavedView

# The fixtures of the other browser tests: Ben is signed in, and whatever the browser refuses fails the test.
from balie.workspace.tests.test_in_a_browser import page, ticket  # noqa: F401


def ask(cast: Cast, *subjects: str) -> list[Ticket]:
    words = Words.from_text("Please help.")
    return [
        Ticket.open(team=cast.it, requester=cast.ada, subject=subject, words=words, channel="email")
        for subject in subjects
    ]


def look(cast: Cast, layout: Habit.Layout) -> None:
    elsewhere(lambda: Habit.objects.update_or_create(person=cast.ben, defaults={"layout": layout}))


def test_many_are_changed_and_taken_back_with_the_mouse(
    page: Page,
    live_server: LiveServer,
    committed_cast: Cast,
) -> None:
    one, two, three = elsewhere(lambda: ask(committed_cast, "One", "Two", "Three"))
    page.goto(f"{live_server.url}/requests/")
    page.get_by_label(f"Select #{three.pk}").click()
    page.get_by_label(f"Select #{one.pk}").click(modifiers=["Shift"])
    expect(page.locator("#how-many")).to_have_text("3 selected")
    page.get_by_role("button", name="Assign").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"#{two.pk} Two")
    dialog.get_by_label("Assignee").select_option("Ben Jansen")
    dialog.get_by_role("button", name="Assign").click()
    expect(page.locator("#toast")).to_contain_text("3 requests assigned.")
    expect(page.locator(f"#request-{two.pk}")).to_contain_text("Ben Jansen")
    expect(page.locator("#how-many")).to_have_text("")
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#toast")).to_contain_text("Taken back.")
    expect(page.locator(f"#request-{two.pk}")).not_to_contain_text("Ben Jansen")
    page.get_by_label(f"Select #{one.pk}").check()
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(f"#request-{one.pk}")).to_have_count(0)
    expect(page.locator("#open-count")).to_have_text("3 open")
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(page.locator(f"#request-{one.pk}")).to_have_count(1)


def test_many_are_changed_and_taken_back_with_the_keyboard_alone(
    page: Page,
    live_server: LiveServer,
    committed_cast: Cast,
) -> None:
    one, two = elsewhere(lambda: ask(committed_cast, "One", "Two"))
    page.goto(f"{live_server.url}/requests/")
    page.keyboard.press("j")
    expect(page.locator(f"#request-{two.pk} .line-subject")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#how-many")).to_have_text("2 selected")
    page.keyboard.press("p")
    expect(page.get_by_role("dialog").get_by_label("Priority")).to_be_focused()
    page.keyboard.press("u")
    page.get_by_role("dialog").get_by_role("button", name="Save").press("Enter")
    expect(page.locator("#toast")).to_contain_text("2 requests have a new priority.")
    expect(page.locator(f"#request-{one.pk}")).to_contain_text("Urgent")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"#request-{one.pk} .line-subject")).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("#toast")).to_contain_text("1 request resolved.")
    expect(page.locator(f"#request-{one.pk}")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(f"#request-{one.pk}")).to_have_count(1)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/*#latest")


def test_back_and_reload_return_to_the_place(
    page: Page,
    live_server: LiveServer,
    committed_cast: Cast,
) -> None:
    elsewhere(lambda: ask(committed_cast, *(f"Number {number}" for number in range(129))))
    page.goto(f"{live_server.url}/requests/?order=age")
    expect(page.locator(".line")).to_have_count(50)
    for count in (100, 130):
        page.locator(".list").evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
        expect(page.locator(".line")).to_have_count(count)
    there = page.get_by_role("link", name="Number 110", exact=True)
    there.scroll_into_view_if_needed()
    there.focus()
    expect(page).to_have_url(re.compile("until="))
    top = page.locator(".list").evaluate("(list) => list.scrollTop")
    assert top > 1000
    there.press("Enter")
    page.wait_for_url("**/requests/*#latest")
    page.go_back()
    expect(page.locator(".line")).to_have_count(130)
    expect(there).to_be_in_viewport()
    expect(there).to_be_focused()
    page.reload()
    expect(page.locator(".line")).to_have_count(130)
    expect(there).to_be_in_viewport()


def test_a_search_and_a_board_are_where_they_were(page: Page, live_server: LiveServer, committed_cast: Cast) -> None:
    elsewhere(lambda: ask(committed_cast, *(f"Toner {number}" for number in range(40))))
    look(committed_cast, Habit.Layout.BOARD)
    for path, within in (("search?q=toner", "#content"), ("", ".cards")):
        page.goto(f"{live_server.url}/requests/{path}")
        scrolled = page.locator(within).first
        scrolled.evaluate("(one) => one.scrollTo(0, 700)")
        wait_until(page, "() => history.state?.places?.some(([, top]) => top === 700)")
        there = page.get_by_role("link", name=re.compile("Toner")).nth(12)
        there.press("Enter")
        page.wait_for_url("**/requests/*#*")
        page.go_back()
        expect(there).to_be_focused()
        assert scrolled.evaluate("(one) => one.scrollTop") > 300, path
        page.reload()
        expect(there).to_be_focused()
        assert scrolled.evaluate("(one) => one.scrollTop") > 300, path


def test_news_change_rows_in_place_and_leave_focus_and_selection_alone(
    page: Page,
    live_server: LiveServer,
    committed_cast: Cast,
) -> None:
    cast = committed_cast
    one, two = elsewhere(lambda: ask(cast, "One", "Two"))
    page.goto(f"{live_server.url}/requests/")
    page.get_by_label(f"Select #{one.pk}").check()
    page.locator(f"#request-{one.pk} .line-subject").focus()
    elsewhere(lambda: one.prioritise(Ticket.Priority.URGENT, by=cast.eva))
    elsewhere(lambda: two.take_status(Status.preset(Group.WAITING), by=cast.eva))
    elsewhere(lambda: ask(cast, "New"))
    happened(page, "ticket-changed")
    expect(page.locator(f"#request-{one.pk}")).to_contain_text("Urgent")
    expect(page.locator(f"#request-{two.pk}")).to_contain_text("Waiting")
    expect(page.get_by_role("link", name="Show 1 new request")).to_be_visible()
    expect(page.locator(".line")).to_have_count(3)
    expect(page.locator(f"#request-{one.pk} .line-subject")).to_be_focused()
    expect(page.get_by_label(f"Select #{one.pk}")).to_be_checked()
    expect(page.locator("#places")).to_contain_text(re.compile(r"All requests\s*4"))


def test_a_click_that_has_begun_keeps_what_it_is_on(page: Page, live_server: LiveServer, committed_cast: Cast) -> None:
    (one,) = elsewhere(lambda: ask(committed_cast, "One"))
    page.goto(f"{live_server.url}/requests/")
    row = page.locator(f"#request-{one.pk}")
    row.locator(".line-subject").hover()
    page.mouse.down()
    elsewhere(lambda: one.prioritise(Ticket.Priority.URGENT, by=committed_cast.eva))
    with page.expect_response(lambda answer: "since=" in answer.url) as asked:
        happened(page, "ticket-changed")
    asked.value.finished()
    page.wait_for_timeout(200)
    expect(row).not_to_contain_text("Urgent")
    page.mouse.up()
    page.wait_for_url(f"**/requests/{one.pk}*")
    page.go_back()
    expect(row).to_contain_text("Urgent")


def test_the_split_view_keeps_the_list_beside_the_request(
    page: Page,
    live_server: LiveServer,
    committed_cast: Cast,
    ticket: Ticket,
) -> None:
    look(committed_cast, Habit.Layout.SPLIT)
    page.goto(f"{live_server.url}/requests/")
    page.get_by_role("link", name="Laptop").click()
    expect(page.locator("#pane")).to_contain_text("My laptop is slow.")
    expect(page.locator(f"#request-{ticket.pk}")).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#request-{ticket.pk} .dot")).to_have_text("")
    page.reload()
    expect(page.locator("#pane")).to_contain_text("My laptop is slow.")
    assert f"open={ticket.pk}" in page.url
    assert page.locator("main").count() == 1


def test_cards_move_between_statuses_by_hand_and_by_key(
    page: Page,
    live_server: LiveServer,
    committed_cast: Cast,
    ticket: Ticket,
) -> None:
    look(committed_cast, Habit.Layout.BOARD)
    columns = {
        group: page.locator(f'.column-of[data-status="{elsewhere(lambda group=group: Status.preset(group)).pk}"]')
        for group in Group
    }
    page.goto(f"{live_server.url}/requests/")
    card = page.locator(f"#request-{ticket.pk}")
    card.drag_to(columns[Group.WAITING])
    expect(columns[Group.WAITING].locator(".card")).to_have_count(1)
    expect(columns[Group.WAITING].locator("[data-count]")).to_have_text("1")
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(columns[Group.TODO].locator(".card")).to_have_count(1)
    page.locator(f"#request-{ticket.pk} .line-subject").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(columns[Group.IN_PROGRESS].locator(".card")).to_have_count(1)
    expect(page.locator(f"#request-{ticket.pk} .line-subject")).to_be_focused()
    elsewhere(lambda: ticket.take_status(Status.preset(Group.RESOLVED), by=committed_cast.eva))
    happened(page, "ticket-changed")
    expect(columns[Group.RESOLVED].locator(".card")).to_have_count(1)


def test_a_narrowed_list_is_kept_as_a_view(
    page: Page,
    live_server: LiveServer,
    committed_cast: Cast,
) -> None:
    urgent = elsewhere(lambda: ask(committed_cast, "Fire")[0])
    elsewhere(lambda: urgent.prioritise(Ticket.Priority.URGENT, by=committed_cast.ben))
    page.goto(f"{live_server.url}/requests/")
    page.get_by_role("link", name="Filter").click()
    page.get_by_role("dialog").get_by_label("Priority").select_option("Urgent")
    page.get_by_role("dialog").get_by_role("button", name="Show").click()
    expect(page.locator(".line-subject")).to_have_text(["Fire"])
    page.get_by_role("link", name="Save the view").click()
    page.get_by_label("Name", exact=True).fill("Fires")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Fires")).to_be_visible()
    expect(page.locator("#places")).to_contain_text(re.compile(r"Fires\s*1"))
    assert elsewhere(lambda: SavedView.objects.get().filters) == {"priority": 4}


@pytest.mark.parametrize("layout", list(Habit.Layout))
def test_the_inbox_fits_a_phone(
    page: Page,
    live_server: LiveServer,
    committed_cast: Cast,
    layout: Habit.Layout,
) -> None:
    look(committed_cast, layout)
    elsewhere(lambda: ask(committed_cast, "A subject that goes on and on " * 6))
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "filter", "views", "views/new", "bulk/status"):
        page.goto(f"{live_server.url}/requests/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.goto(f"{live_server.url}/requests/")
    if layout != Habit.Layout.BOARD:
        assert page.locator(".line").first.bounding_box()["height"] < 64  # type: ignore[index]
