"""The palette in Chromium: by key and with the mouse, to what is elsewhere and to what can be done here."""

# ruff: noqa: F811  (a fixture that is imported has the name of the argument that asks for it)

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.browser import elsewhere
from balie.config.tests.cast import Cast
from balie.tickets.models import Ticket
from balie.workspace.tests.test_in_a_browser import page, ticket  # noqa: F401


def test_it_goes_anywhere_with_the_keyboard_alone(page: Page, live_server: LiveServer, ticket: Ticket) -> None:
    page.goto(f"{live_server.url}/requests/")
    page.keyboard.press("j")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    # What can be done here is there at once, with its key; what is elsewhere follows.
    expect(page.get_by_role("group", name="On this page")).to_contain_text("Assign")
    expect(page.get_by_role("option", name="My tasks")).to_be_visible()
    field.fill("lapt")
    expect(page.get_by_role("group", name="Requests").get_by_role("option")).to_have_count(1)
    expect(page.locator("#palette-status")).to_have_text(re.compile(r"\d result"))
    page.keyboard.press("Escape")
    expect(page.locator(".line-subject").first).to_be_focused()
    page.keyboard.press("Control+k")
    expect(field).to_have_value("")
    # Enter waits for what is being looked for.
    field.fill("lapt")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{ticket.pk}#latest")


def test_it_does_what_can_be_done_here(
    page: Page, live_server: LiveServer, ticket: Ticket, committed_cast: Cast
) -> None:
    page.goto(f"{live_server.url}/requests/")
    page.keyboard.press("j")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("resol")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("1 request resolved.")
    assert elsewhere(lambda: Ticket.objects.get(pk=ticket.pk).group) == "resolved"


def test_it_is_used_with_the_mouse(page: Page, live_server: LiveServer, ticket: Ticket) -> None:
    page.goto(f"{live_server.url}/requests/")
    page.get_by_role("link", name="Go to…").click()
    field = page.get_by_role("combobox")
    field.fill("nothing is called that")
    expect(page.locator(".palette-none")).to_be_visible()
    field.fill("wrote")
    field.fill("told")
    page.get_by_role("option", name="What you are told").click()
    page.wait_for_url("**/account/notices/")
