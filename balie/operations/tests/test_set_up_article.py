"""The set-up article in Dutch, by the labels that a person sees: from an empty organisation to a first answered request."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.channels.models import Delivery
from balie.config.tests.browser import PATIENCE, elsewhere, way_in
from balie.operations import founding
from balie.people.models import Person
from balie.tickets.models import Message
from balie.workspace import leaving


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Person]:
    """As `balie setup` leaves it, with employees who were imported."""
    monkeypatch.setattr(leaving, "HELD_FOR", timedelta(0))
    eva = founding.found(
        organisation="Balie Voorbeeld", admin="eva@balie.example", language="nl", country="NL", admin_name="Eva Beheer"
    )
    employee = Person.objects.create_employee
    return {
        "eva": eva,
        "ben": employee(name="Ben Jansen", email="ben@balie.example"),
        "ada": employee(name="Ada Vermeer", email="ada@balie.example", attributes={"office": "Utrecht"}),
        "gone": employee(name="Vera Weg", email="vera@balie.example", status=Person.Status.INACTIVE),
    }


@pytest.fixture
def browser(company: dict[str, Person], shown: LiveServer, browser: Browser) -> Browser:
    return browser


def signed_in(browser: Browser, server: LiveServer, person: Person) -> Page:
    # Without scripts each click is a page, and the walk is the same.
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{server.url}{way_in(person)}")
    return page


def go(page: Page, *labels: str) -> None:
    """By the main navigation, then by links of these names."""
    for place, label in enumerate(labels):
        where = page.get_by_role("navigation", name="Hoofdnavigatie") if not place else page.locator("main")
        where.get_by_role("link", name=label, exact=True).first.click()


def press(page: Page, label: str) -> None:
    page.locator("main").get_by_role("button", name=label, exact=True).first.click()


def test_the_article_is_true_in_dutch(browser: Browser, live_server: LiveServer, company: dict[str, Person]) -> None:
    eva = signed_in(browser, live_server, company["eva"])

    # Step 1: the plan.
    go(eva, "Instellingen", "Abonnement")
    expect(eva.get_by_role("heading", name="Conversations", exact=True).first).to_be_visible()

    # Step 2: the role, and who has it.
    go(eva, "Instellingen", "Medewerkersrollen")
    press(eva, "‘Conversations-expert’ aanmaken")
    expect(eva.get_by_role("heading", name="Conversations-expert")).to_be_visible()
    eva.get_by_label("Naam of adres", exact=True).fill("ben@balie.example")
    press(eva, "Rol toewijzen")
    expect(eva.locator("main").get_by_role("link", name="Ben Jansen")).to_be_visible()

    # The first click on Conversations completes the set-up, and nobody hears of it.
    eva.get_by_role("navigation", name="Hoofdnavigatie").get_by_role("button", name="Conversations").click()
    expect(eva.get_by_role("heading", name="Teams bewerken")).to_be_visible()
    assert elsewhere(Delivery.objects.count) == 0

    # The Requester tab.
    go(eva, "Instellingen", "API-referenties", "Conversations")
    expect(eva.get_by_text("Toegestane medewerkersattributen")).to_be_visible()
    eva.locator("summary").click()
    eva.get_by_label("Kantoor", exact=True).check()
    press(eva, "Opslaan")
    expect(eva.locator("[data-chosen]")).to_contain_text("Kantoor")

    # One's own language: the next page speaks it, Conversations included.
    eva.get_by_title("Persoonlijke instellingen").first.click()
    eva.get_by_label("Taal", exact=True).select_option(value="de")
    press(eva, "Opslaan")
    expect(eva.get_by_role("heading", name="Persönliche Einstellungen")).to_be_visible()
    eva.get_by_role("navigation", name="Hauptnavigation").get_by_role("link", name="Conversations").click()
    expect(eva.get_by_role("link", name="Nicht zugewiesen").first).to_be_visible()
    eva.get_by_title("Persönliche Einstellungen").first.click()
    eva.get_by_label("Sprache", exact=True).select_option(value="nl")
    press(eva, "Speichern")
    expect(eva.get_by_role("heading", name="Persoonlijke instellingen")).to_be_visible()

    # Step 3, by the first expert: a team, its members, hours and categories, a status, an SLA.
    ben = signed_in(browser, live_server, company["ben"])
    go(ben, "Instellingen", "Teams bewerken")
    ben.get_by_label("Naam", exact=True).fill("IT")
    ben.get_by_label("Type").select_option(label="IT")
    press(ben, "Team aanmaken")
    expect(ben.get_by_role("heading", name="IT").first).to_be_visible()
    go_to_part(ben, "Leden")
    expect(ben.locator("main").get_by_text("Ben Jansen").first).to_be_visible()
    ben.get_by_label("Naam of adres van een expert", exact=True).fill("Eva")
    press(ben, "Zoeken")
    press(ben, "Toevoegen Eva Beheer")
    press(ben, "Verwijderen Eva Beheer")
    press(ben, "Verwijderen")
    expect(ben.get_by_role("button", name="Verwijderen Eva Beheer")).to_have_count(0)
    go_to_part(ben, "Werkuren")
    expect(ben.locator("main").get_by_text("08:30").first).to_be_attached()
    ben.locator("[name='begins-0']").first.fill("09:00")
    press(ben, "Opslaan")
    expect(ben.locator("[name='begins-0']").first).to_have_value("09:00")
    go_to_part(ben, "Teamcategorieën")
    ben.locator("main").get_by_label("Categorie", exact=True).fill("Laadpalen")
    press(ben, "Toevoegen")
    expect(ben.locator("main").get_by_text("Laadpalen").first).to_be_visible()
    go_to_part(ben, "Kanalen")
    expect(ben.get_by_text("Slack is nog niet verbonden. Een beheerder verbindt het.")).to_be_visible()
    go_to_part(ben, "SLA's")
    ben.locator("main").get_by_role("link", name="Regel toevoegen").click()
    ben.get_by_role("spinbutton", name=re.compile("Reactietijd.*uren")).fill("4")
    press(ben, "Opslaan")
    expect(ben.locator("main").get_by_text("Reactietijd").first).to_be_visible()
    go(ben, "Instellingen", "Aanvraagstatussen", "Nieuwe aanvraagstatus")
    ben.get_by_label("Groep", exact=True).select_option(label="In de wacht")
    ben.get_by_label("Naam in het Nederlands", exact=True).fill("Wacht op leverancier")
    press(ben, "Opslaan")
    expect(ben.get_by_text("Wacht op leverancier").first).to_be_visible()

    # A first request, answered.
    ada = signed_in(browser, live_server, company["ada"])
    ada.goto(f"{live_server.url}/my/requests/new")
    ada.get_by_label("Je vraag").fill("Mijn laptop doet het niet meer.")
    anything = ada.locator("#id_other optgroup[label='IT'] option").first.get_attribute("value")
    ada.locator("#id_other").select_option(value=anything)
    press(ada, "Vraag stellen")
    expect(ada.get_by_role("heading", name="Wat er nu gebeurt")).to_be_visible()

    ben.get_by_role("navigation", name="Hoofdnavigatie").get_by_role("link", name="Conversations").click()
    ben.locator("main").get_by_role("link", name=re.compile("Mijn laptop doet het niet meer")).first.click()
    ben.get_by_role("link", name="Aanvrager", exact=True).click()
    expect(ben.locator("#panel")).to_contain_text("Utrecht")
    ben.locator("#id_text").fill("Breng hem even langs, dan kijken we ernaar.")
    ben.locator("#composer").get_by_role("button", name="Versturen", exact=True).click()
    elsewhere(lambda: leaving.let_some_leave(holder=None))

    replies = Message.objects.filter(kind=Message.Kind.REPLY, direction=Message.Direction.OUT)
    assert elsewhere(replies.count) == 1
    told = Delivery.objects.filter(purpose=Delivery.Purpose.REPLY)
    assert elsewhere(lambda: [one.recipient_id for one in told]) == [company["ada"].pk]
    ada.reload()
    expect(ada.get_by_text("Breng hem even langs, dan kijken we ernaar.")).to_be_visible()


def go_to_part(page: Page, label: str) -> None:
    page.get_by_role("navigation", name="Onderdelen van het team").get_by_role("link", name=label, exact=True).click()
