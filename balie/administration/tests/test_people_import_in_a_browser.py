"""An import as an administrator does it: a file chosen, its columns, the preview, the progress, and the report, in Dutch."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.browser import context_of, elsewhere
from balie.config.tests.cast import Cast
from balie.people.models import PeopleImport, Person
from balie.people.tests.jobs import run_owed_jobs

FILE = (
    "Wie;Mailadres;Afdeling;Uit dienst?\nAda Bos;ada@balie.example;Zorg;\nZoë Zon;zoe@balie.example;;\nX;geen adres;;\n"
)


@pytest.fixture
def eva(committed_cast: Cast) -> Person:
    """She reads Dutch."""
    Person.objects.filter(pk=committed_cast.eva.pk).update(language="nl")
    return committed_cast.eva


@pytest.fixture
def page(eva: Person, shown: LiveServer, browser: Browser) -> Page:
    return context_of(eva, browser, shown).new_page()


def test_the_whole_way_in_a_browser(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    file = tmp_path / "medewerkers.csv"
    file.write_text(FILE)
    page.goto(f"{live_server.url}/settings/people/import/")
    page.get_by_label("Bestand").set_input_files(file)
    page.get_by_role("button", name="Doorgaan").click()

    # What the file's own words do not say is chosen.
    expect(page.get_by_label("Afdeling")).to_have_value("department")
    page.get_by_label("Wie").select_option("name")
    page.get_by_label("Mailadres").select_option("email")
    page.get_by_role("button", name="Tonen wat er zou veranderen").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    elsewhere(run_owed_jobs)

    # The page follows by itself.
    expect(page.get_by_text("‘geen adres’ is geen e-mailadres.")).to_be_visible()
    expect(page.locator(".counts")).to_contain_text("nieuw")
    expect(page.get_by_text("Zoë Zon")).to_be_visible()
    page.get_by_role("button", name="Importeren", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    one = elsewhere(lambda: PeopleImport.objects.get())
    assert one.state == "importing"
    elsewhere(run_owed_jobs)
    expect(page.get_by_text("Niemand heeft er bericht van gekregen", exact=False)).to_be_visible()
    assert elsewhere(lambda: Person.objects.get(email="ada@balie.example").name) == "Ada Bos"
