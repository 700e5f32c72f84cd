"""The page of a request in Chromium, by keyboard: facts and tasks in place, long conversations, what others do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.channels.models import Delivery
from balie.config.tests.browser import context_of, elsewhere, happened, refused_by, wait_until
from balie.config.tests.cast import Cast
from balie.tickets.models import Ticket
from balie.tickets.words import Words
from balie.workspace.timeline import A_PART

SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def ticket(committed_cast: Cast) -> Ticket:
    cast = committed_cast
    words = Words.from_text("My laptop is slow.")
    ticket = Ticket.open(team=cast.it, requester=cast.ada, subject="Laptop", words=words, channel="email")
    for number in range(A_PART + 10):
        ticket.hear(by=cast.ada, words=Words.from_text(f"Word {number:03d}."), channel="email")
    return ticket


@pytest.fixture
def page(ticket: Ticket, committed_cast: Cast, shown: LiveServer, browser: Browser) -> Iterator[Page]:
    context = context_of(committed_cast.ben, browser, shown, viewport={"width": 1440, "height": 900})
    refused = refused_by(context)
    page = context.new_page()
    page.add_init_script(SHIFTS)
    page.goto(f"{shown.url}/requests/{ticket.pk}#latest")
    yield page
    assert refused == []


def test_facts_change_by_keyboard_in_place(page: Page, ticket: Ticket, committed_cast: Cast) -> None:
    page.keyboard.press("p")
    expect(page.get_by_label("Priority", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".fact-form")).to_have_count(0)
    expect(page.locator("#change-priority")).to_be_focused()
    page.keyboard.press("p")
    expect(page.get_by_label("Priority", exact=True)).to_be_focused()
    elsewhere(lambda: ticket.prioritise(4, by=committed_cast.eva))
    happened(page, f"ticket-{ticket.pk}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Somebody has changed it meanwhile, to: Urgent.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#announced")).to_have_text("Saved: Priority.")
    expect(page.locator("#change-priority")).to_contain_text("High")
    page.keyboard.press("e")
    expect(page.locator("#change-status")).to_contain_text("Resolved")
    page.keyboard.press("e")
    expect(page.locator("#change-status")).to_contain_text("In progress")
    page.keyboard.press("z")
    page.get_by_role("button", name="Tomorrow morning").click()
    expect(page.get_by_text("Asleep until")).to_be_visible()


def test_tasks_are_kept_without_leaving_the_page(page: Page, ticket: Ticket, committed_cast: Cast) -> None:
    page.get_by_role("link", name="Tasks", exact=True).click()
    title = page.get_by_label("What is to be done")
    for name in ("Order a laptop", "Hand it over"):
        title.fill(name)
        page.keyboard.press("Enter")
        expect(page.locator(".task-title").last).to_have_text(name)
    expect(page.get_by_label("What is to be done")).to_be_focused()
    page.get_by_role("button", name="Done: Order a laptop").click()
    expect(page.locator("#tab-tasks")).to_contain_text("1/2")
    page.get_by_role("button", name="Move up: Hand it over").click()
    expect(page.locator(".task-title").first).to_have_text("Hand it over")
    # What somebody writes stays while others change the request.
    title.fill("Half a")
    elsewhere(lambda: ticket.prioritise(4, by=committed_cast.eva))
    happened(page, f"ticket-{ticket.pk}")
    expect(page.locator("#timeline")).to_contain_text("set the priority to Urgent")
    expect(title).to_have_value("Half a")


def test_a_long_conversation_opens_backwards_and_nothing_jumps(
    page: Page, ticket: Ticket, committed_cast: Cast
) -> None:
    expect(page.get_by_text("Word 039.")).to_be_in_viewport()
    expect(page.get_by_text("Word 009.")).to_have_count(0)
    earlier = page.get_by_role("link", name="Earlier messages")
    earlier.scroll_into_view_if_needed()
    expect(page.locator("#jumps").get_by_role("link", name="Newest message")).to_be_visible()
    earlier.click()
    expect(page.get_by_text("My laptop is slow.")).to_have_count(1)
    expect(page.get_by_text("Word 010.")).to_be_in_viewport()
    # What comes by itself leaves the earlier part alone.
    elsewhere(lambda: ticket.hear(by=committed_cast.ada, words=Words.from_text("And hot."), channel="email"))
    happened(page, f"ticket-{ticket.pk}")
    expect(page.locator("#announced")).to_have_text("New message: Ada Vermeer")
    expect(page.get_by_text("Word 005.")).to_have_count(1)
    page.locator("#jumps").get_by_role("link", name="Newest message").click()
    expect(page.get_by_text("And hot.")).to_be_in_viewport()
    assert page.evaluate("window.shifted") == 0


def test_back_and_reload_return_to_the_letter_and_the_side(page: Page, ticket: Ticket) -> None:
    page.get_by_role("link", name="Earlier messages").click()
    there = page.get_by_text("Word 004.")
    there.evaluate("(word) => word.scrollIntoView({ block: 'center' })")
    page.keyboard.press("2")
    expect(page.locator("#tab-requester")).to_have_attribute("aria-current", "true")
    wait_until(page, "history.state?.reading?.letter")
    before = there.bounding_box()
    for way in (page.reload, lambda: (page.goto(page.url.split("/requests/")[0] + "/account/"), page.go_back())):
        way()
        expect(there).to_be_in_viewport()
        wait_until(page, "document.readyState === 'complete'")
        expect(page.locator("#tab-requester")).to_have_attribute("aria-current", "true")
        after = there.bounding_box()
        assert before
        assert after
        assert abs(after["y"] - before["y"]) < 4


def test_how_an_answer_goes_is_shown_as_it_goes(page: Page, ticket: Ticket, committed_cast: Cast) -> None:
    message = elsewhere(lambda: ticket.reply(by=committed_cast.ben, words=Words.from_text("Which one?")))
    happened(page, f"ticket-{ticket.pk}")
    place = page.locator(f"#deliveries-{message.pk}")
    expect(place).to_contain_text("On its way to ada@balie.example")
    elsewhere(lambda: Delivery.objects.get(message=message, purpose="reply").refuse("550 no such user"))
    happened(page, "delivery-changed", ticket=ticket.pk, message=message.pk, delivery=1)
    expect(place).to_contain_text("550 no such user")
    expect(page.locator("#announced")).to_contain_text("550 no such user")
    place.get_by_role("button", name="Try again").click()
    expect(place).to_contain_text("On its way to ada@balie.example")
