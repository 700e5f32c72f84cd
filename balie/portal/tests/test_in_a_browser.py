"""Asking, following up and rating in Chromium: with the mouse, with the keyboard, without JavaScript, and on a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.browser import context_of, elsewhere, refused_by, way_in
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.teams.models import Category, SpecialDay, WorkingSpan
from balie.tickets import rating
from balie.tickets.models import Rating, Ticket
from balie.tickets.words import Words


@pytest.fixture
def company(committed_cast: Cast) -> Cast:
    cast = committed_cast
    Category.objects.create(team=cast.people, name="Leave", names={"nl": "Verlof"})
    Category.objects.create(team=cast.facilities, name="Parking")
    Person.objects.filter(pk=cast.ada.pk).update(language="en")
    cast.ada.refresh_from_db()
    return cast


@pytest.fixture
def browser(company: Cast, shown: LiveServer, browser: Browser) -> Browser:
    return browser


@pytest.fixture
def ada(browser: Browser, company: Cast, live_server: LiveServer) -> Iterator[Page]:
    """Ada's page; whatever the browser refuses to load or run fails the test."""
    context = context_of(company.ada, browser, live_server)
    refused = refused_by(context)
    yield context.new_page()
    assert refused == []


def the_one() -> Ticket:
    return elsewhere(lambda: Ticket.objects.select_related("team", "category").get())


def test_a_question_finds_its_team_with_the_mouse(ada: Page, live_server: LiveServer, company: Cast) -> None:
    ada.goto(f"{live_server.url}/my/requests/new")
    ada.get_by_label("Your question").press_sequentially("My laptop is broken, and I am on holiday next week")
    offers = ada.locator("#offers .pick-card")
    expect(offers).to_have_count(3)
    expect(ada.locator("#id_search")).to_be_hidden()
    offers.filter(has_text="Hardware").click()
    ada.locator("input[type=file]").set_input_files(files=[{"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"}])
    expect(ada.locator("input[name=kept]")).to_have_count(1)
    ada.get_by_role("button", name="Ask", exact=True).click()
    expect(ada.get_by_role("heading", name="What happens next")).to_be_visible()
    ticket = the_one()
    assert (ticket.team, ticket.category) == (company.it, company.hardware)
    assert elsewhere(lambda: ticket.messages.get().attachments.get().name) == "a.txt"


def test_the_search_over_teams_and_subjects_with_the_keyboard_alone(
    ada: Page, live_server: LiveServer, company: Cast
) -> None:
    ada.goto(f"{live_server.url}/my/requests/new")
    ada.get_by_label("Your question").focus()
    ada.keyboard.type("Tomorrow?")
    ada.keyboard.press("Tab")
    search = ada.get_by_role("combobox", name="Search teams and subjects")
    expect(search).to_be_focused()
    ada.keyboard.type("vakant")
    expect(ada.get_by_role("option")).to_have_count(1)
    ada.keyboard.press("ArrowDown")
    expect(search).to_have_attribute("aria-activedescendant", re.compile("place-"))
    ada.keyboard.press("Enter")
    expect(search).to_have_value("People · Leave")
    expect(search).to_have_attribute("aria-expanded", "false")
    expect(ada.locator("#promise")).to_contain_text("only the team reads along")
    ada.keyboard.press("ControlOrMeta+a")
    ada.keyboard.type("xyzzy")
    expect(ada.get_by_role("option")).to_have_count(0)
    ada.keyboard.press("Escape")
    expect(search).to_have_value("")
    ada.keyboard.type("park")
    ada.keyboard.press("ArrowDown")
    ada.keyboard.press("Tab")
    expect(search).to_have_value("Facilities · Parking")
    ada.get_by_role("button", name="Ask", exact=True).focus()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("heading", name="Tomorrow?")).to_be_visible()
    assert the_one().category == elsewhere(lambda: Category.objects.get(name="Parking"))


def test_everything_without_javascript_on_an_old_telephone(
    browser: Browser, live_server: LiveServer, company: Cast
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 700})
    page = context.new_page()
    link = way_in(company.ada)
    page.goto(f"{live_server.url}{link}")
    page.goto(f"{live_server.url}/my/requests/new")
    page.get_by_label("Your question").fill("My laptop is broken")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Choose who can help you best.")).to_be_visible()
    page.locator("#offers .pick-card", has_text="Hardware").click()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name="My laptop is broken")).to_be_visible()
    ticket = the_one()
    page.get_by_label("Write back").fill("It smells.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("article", has_text="It smells.")).to_be_visible()
    page.get_by_text("Add a colleague").click()
    page.get_by_label("Name or work address").fill("cleo")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name=re.compile("Cleo Meijer")).click()
    expect(page.get_by_text("Cleo Meijer reads along from now on.")).to_be_visible()
    elsewhere(
        lambda: (
            ticket.reply(by=company.ben, words=Words.from_text("Here is another.")),
            ticket.resolve(by=company.ben),
        )
    )
    page.reload()
    page.locator("label.face", has_text="Good").first.click()
    page.locator("form.rate").get_by_role("button", name="Send").click()
    expect(page.get_by_text("You said: Good")).to_be_visible()
    page.get_by_role("button", name="Reopen").click()
    page.get_by_role("button", name="It is solved").click()
    for path in (
        "/my/requests/",
        "/my/requests/?kind=resolved&q=laptop",
        "/my/requests/new",
        f"/my/requests/{ticket.pk}",
    ):
        page.goto(f"{live_server.url}{path}")
        assert page.locator("body").bounding_box()["width"] <= 390, path  # type: ignore[index]
    page.goto(f"{live_server.url}/my/requests/?kind=resolved&q=laptop")
    expect(page.get_by_role("link", name="My laptop is broken")).to_be_visible()


@pytest.fixture
def answered(company: Cast) -> Ticket:
    def talked() -> Ticket:
        words = Words.from_text("It is slow.")
        ticket = Ticket.open(team=company.it, requester=company.ada, subject="Laptop", words=words, channel="email")
        ticket.reply(by=company.ben, words=Words.from_text("Try again."))
        ticket.resolve(by=company.ben)
        return ticket

    return elsewhere(talked)


def test_one_press_in_the_mail_rates_once_a_person_sees_the_page(
    browser: Browser, live_server: LiveServer, company: Cast, answered: Ticket
) -> None:
    address = f"{live_server.url}/rating/{rating.token(answered.pk, company.ada.pk)}?score=3"
    driven = browser.new_context().new_page()
    driven.add_init_script("Object.defineProperty(navigator, 'webdriver', {get: () => true})")
    driven.goto(address)
    expect(driven.get_by_role("heading", name="How was the answer?")).to_be_visible()
    assert not elsewhere(lambda: Rating.objects.given().exists())
    page = browser.new_context().new_page()
    page.goto(address)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible(timeout=60_000)
    page.locator("label.face", has_text="Not good").click()
    page.get_by_label("Do you want to add something?").fill("It broke again")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("The team reads what you said.")).to_be_visible(timeout=60_000)
    given = elsewhere(lambda: Rating.objects.given().get())
    assert (given.score, given.comment) == (Rating.Score.BAD, "It broke again")


def test_what_is_written_without_a_connection_is_kept_for_its_writer_alone(
    browser: Browser, live_server: LiveServer, company: Cast
) -> None:
    context = context_of(company.ada, browser, live_server)
    page = context.new_page()
    page.goto(f"{live_server.url}/my/requests/new")
    page.get_by_label("Your question").fill("A matter of")
    context.set_offline(True)
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    page.get_by_label("Your question").press_sequentially(" mine alone")
    page.get_by_role("button", name="Ask", exact=True).click()
    assert page.get_by_label("Your question").input_value().endswith("mine alone")
    context.set_offline(False)
    expect(page.get_by_text("The connection is back.")).to_be_visible()
    page.goto(f"{live_server.url}/my/requests/new")
    expect(page.get_by_label("Your question")).to_have_value("A matter of mine alone")
    expect(page.get_by_text("It has not been sent.")).to_be_visible()
    page.get_by_role("combobox").fill("park")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name="A matter of mine alone")).to_be_visible()
    page.goto(f"{live_server.url}/my/requests/new")
    expect(page.get_by_label("Your question")).to_have_value("")
    # Somebody else signs in on the same device.
    page.get_by_label("Your question").fill("Nobody else's business")
    context.set_offline(True)
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    context.set_offline(False)
    context.clear_cookies()
    other = context.new_page()
    other.goto(f"{live_server.url}{way_in(company.cleo)}")
    other.goto(f"{live_server.url}/my/requests/new")
    expect(other.get_by_label("Your question")).to_have_value("")
    assert other.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('balie-draft:'))") == []


def test_a_session_that_ended_keeps_what_was_written(ada: Page, live_server: LiveServer, company: Cast) -> None:
    ada.goto(f"{live_server.url}/my/requests/new?place={company.facilities.pk}")
    ada.get_by_label("Your question").fill("A chair")
    ada.context.clear_cookies(name="sessionid")
    ada.get_by_role("button", name="Ask", exact=True).click()
    expect(ada.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    link = way_in(company.ada)
    ada.goto(f"{live_server.url}{link}")
    ada.goto(f"{live_server.url}/my/requests/new")
    expect(ada.get_by_label("Your question")).to_have_value("A chair")
    expect(ada.get_by_role("combobox")).to_have_value(re.compile("Facilities"))


def test_a_live_answer_leaves_what_is_being_said(
    ada: Page, live_server: LiveServer, company: Cast, answered: Ticket
) -> None:
    ada.goto(f"{live_server.url}/my/requests/{answered.pk}")
    ada.get_by_label("Do you want to add something?").fill("Half a sen")
    elsewhere(lambda: answered.reply(by=company.ben, words=Words.from_text("One thing more.")))
    ada.evaluate("(name) => document.body.dispatchEvent(new CustomEvent(name, {detail: {}}))", f"ticket-{answered.pk}")
    expect(ada.locator("article", has_text="One thing more.")).to_be_visible()
    expect(ada.get_by_label("Do you want to add something?")).to_have_value("Half a sen")
    expect(ada.get_by_label("Do you want to add something?")).to_be_focused()


def test_a_team_sets_its_week(browser: Browser, live_server: LiveServer, company: Cast) -> None:
    page = context_of(company.ben, browser, live_server).new_page()
    page.goto(f"{live_server.url}/settings/teams/{company.it.pk}/hours")
    page.get_by_label("Monday, from").fill("08:30")
    page.get_by_label("Monday, until").fill("12:00")
    page.get_by_role("button", name="Monday: Add hours").click()
    expect(page.get_by_label("Monday, from").nth(1)).to_be_focused()
    page.get_by_label("Monday, from").nth(1).fill("13:00")
    page.get_by_label("Monday, until").nth(1).fill("17:00")
    page.get_by_label("Public holidays of").select_option("DE")
    expect(page.get_by_label("Region")).to_be_visible()
    page.get_by_label("Region").select_option("BY")
    expect(page.locator("#holidays")).to_contain_text("Epiphany")
    page.get_by_text("Copy to… Monday").click()
    page.locator(".week-copy[open]").get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied. Look at it, and save.")).to_be_visible()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert elsewhere(lambda: WorkingSpan.objects.filter(team=company.it).count()) == 10
    page.get_by_label("First day").fill("2099-12-24")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("Remove"))).to_be_visible()
    assert elsewhere(lambda: SpecialDay.objects.get().is_closed)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
