"""The pages in Chromium, under the real content security policy: what comes by itself, and what a hostile mail cannot do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.browser import context_of, elsewhere, happened, refused_by
from balie.config.tests.cast import Cast
from balie.tickets.models import Ticket
from balie.tickets.words import Words


@pytest.fixture
def ticket(committed_cast: Cast) -> Ticket:
    words = Words.from_text("My laptop is slow.")
    return Ticket.open(
        team=committed_cast.it, requester=committed_cast.ada, subject="Laptop", words=words, channel="email"
    )


@pytest.fixture
def page(ticket: Ticket, committed_cast: Cast, shown: LiveServer, browser: Browser) -> Iterator[Page]:
    """Ben is signed in; whatever the browser refused to load or run fails the test."""
    context = context_of(committed_cast.ben, browser, shown)
    refused = refused_by(context)
    yield context.new_page()
    assert refused == []


def test_a_new_request_shows_itself_without_moving_a_row(
    page: Page, live_server: LiveServer, committed_cast: Cast
) -> None:
    cast = committed_cast
    page.goto(f"{live_server.url}/requests/")
    expect(page.locator(".line")).to_have_count(1)
    words = Words.from_text("Black")
    elsewhere(lambda: Ticket.open(team=cast.it, requester=cast.cleo, subject="Screen", words=words, channel="email"))
    happened(page, "ticket-changed")
    expect(page.get_by_role("link", name="Show 1 new request")).to_be_visible()
    expect(page.locator("#open-count")).to_have_text("2 open")
    expect(page.locator(".line")).to_have_count(1)
    page.get_by_role("link", name="Show 1 new request").click()
    expect(page.locator(".line-subject")).to_have_text(["Screen", "Laptop"])


def test_a_message_joins_the_open_page_and_leaves_alone_what_is_being_typed(
    page: Page, live_server: LiveServer, committed_cast: Cast, ticket: Ticket
) -> None:
    page.goto(f"{live_server.url}/requests/{ticket.pk}")
    page.get_by_label("Message", exact=True).fill("Dear Ada, I am")
    elsewhere(lambda: ticket.hear(by=committed_cast.ada, words=Words.from_text("And hot."), channel="email"))
    happened(page, f"ticket-{ticket.pk}", "ticket-changed")
    expect(page.get_by_text("And hot.")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_text("Dear Ada, I am")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()


def test_a_form_in_the_sidebar_stays_while_the_page_changes(
    page: Page, live_server: LiveServer, committed_cast: Cast, ticket: Ticket
) -> None:
    page.goto(f"{live_server.url}/requests/{ticket.pk}")
    page.get_by_role("link", name="Change: Priority").click()
    page.get_by_label("Priority").select_option("Urgent")
    elsewhere(lambda: ticket.hear(by=committed_cast.ada, words=Words.from_text("And hot."), channel="email"))
    happened(page, f"ticket-{ticket.pk}")
    expect(page.get_by_text("And hot.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#panel")).to_contain_text("Urgent")
    expect(page.locator(".fact-form")).to_have_count(0)
    expect(page.locator("#timeline")).to_contain_text("set the priority to Urgent")


def test_a_reply_and_a_note_are_sent_without_leaving_the_page(
    page: Page, live_server: LiveServer, ticket: Ticket
) -> None:
    page.goto(f"{live_server.url}/requests/{ticket.pk}")
    page.evaluate("window.stayed = true")
    page.get_by_label("Message", exact=True).fill("Which one?")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("article", has_text="Which one?")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_text("")
    page.get_by_text("Note", exact=True).click()
    page.get_by_label("Message", exact=True).fill("Coffee")
    page.get_by_role("button", name="Send and resolve").click()
    expect(page.locator("article.note", has_text="Coffee")).to_be_visible()
    expect(page.locator("#panel")).to_contain_text("Resolved")
    assert page.evaluate("window.stayed") is True


def test_a_hostile_mail_runs_nothing_and_covers_nothing(
    page: Page, live_server: LiveServer, committed_cast: Cast, ticket: Ticket
) -> None:
    hostile = """<script>window.owned = 1</script><img src=x onerror="window.owned = 1"><style>body{display:none}</style>
      <a href="javascript:window.owned=1">press</a><div style="position:fixed;inset:0;z-index:99">COVER</div>
      <svg onload="window.owned=1"></svg><iframe srcdoc="<script>parent.owned=1</script>"></iframe>
      <form action=/><button>go</button></form>"""
    elsewhere(lambda: ticket.hear(by=committed_cast.ada, words=Words.from_html(hostile), channel="email"))
    page.goto(f"{live_server.url}/requests/{ticket.pk}")
    page.get_by_text("press").click()
    assert page.evaluate("window.owned") is None
    page.get_by_label("Message", exact=True).click()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()


def test_everything_fits_a_phone(page: Page, live_server: LiveServer, ticket: Ticket) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in (
        "/requests/",
        f"/requests/{ticket.pk}",
        f"/requests/{ticket.pk}/status",
        "/my/requests/new",
        "/my/requests/",
    ):
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
