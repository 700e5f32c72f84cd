"""What an administrator allows takes effect on pages that are open: two browsers, and a whole desk between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from psycopg.types.json import Jsonb

from balie.operations.tests.desk import Desk

PEOPLE = [f"{name}@balie.example" for name in ("ada", "ben", "eva")]


def signed_in(browser: Browser, desk: Desk, role: str) -> Page:
    """In a context of its own, as another computer would be."""
    context = browser.new_context(locale="en-US")
    context.add_cookies([{"name": name, "value": value, "url": desk.url} for name, value in desk.session(role).items()])
    context.set_default_timeout(60_000)
    return context.new_page()


@pytest.fixture
def attic(desk: Desk) -> Iterator[str]:
    """Where all of them sit, for as long as the test takes; they read English."""
    kept = desk.rows("SELECT id, attributes, language FROM people_person WHERE email = ANY(%s)", PEOPLE)
    desk.rows(
        "UPDATE people_person SET attributes = attributes || '{\"office\": \"Attic 7\"}', language = 'en'"
        " WHERE email = ANY(%s)",
        PEOPLE,
    )
    yield "Attic 7"
    for pk, attributes, language in kept:
        desk.rows(
            "UPDATE people_person SET attributes = %s, language = %s WHERE id = %s", Jsonb(attributes), language, pk
        )


def test_an_open_request_shows_what_is_allowed_and_hides_what_is_not_any_more(
    desk: Desk, attic: str, browser: Browser
) -> None:
    (key,) = desk.rows("SELECT id FROM people_credential WHERE is_system")[0]
    office = desk.count("SELECT id FROM people_attribute WHERE key = 'office'")
    (number,) = desk.rows(
        "SELECT ticket.number FROM tickets_ticket AS ticket JOIN people_person AS asker ON asker.id = ticket.requester_id"
        " JOIN teams_team AS team ON team.id = ticket.team_id"
        " WHERE asker.email = 'ada@balie.example' AND team.name = 'IT' AND ticket.deleted_at IS NULL"
        " AND ticket.merged_into_id IS NULL ORDER BY ticket.number LIMIT 1"
    )[0]
    ben, eva = signed_in(browser, desk, "Expert"), signed_in(browser, desk, "Administrator")
    ben.goto(f"{desk.url}/requests/{number}?tab=requester")
    eva.goto(f"{desk.url}/settings/integrations/credentials/{key}")
    ben.evaluate("window.wasHere = true")
    expect(ben.get_by_text(attic)).to_have_count(0)

    eva.locator(".picker > summary").click()
    eva.locator(f"#attribute-{office}").check()
    eva.locator("form:has(.picker) button[type=submit]").click()
    expect(ben.get_by_text(attic).first).to_be_visible(timeout=10_000)
    eva.locator(".picker > summary").click()
    eva.locator(f"#attribute-{office}").uncheck()
    eva.locator("form:has(.picker) button[type=submit]").click()
    expect(ben.get_by_text(attic)).to_have_count(0, timeout=10_000)
    # The page was never loaded anew: what somebody writes there stays.
    assert ben.evaluate("window.wasHere") is True
