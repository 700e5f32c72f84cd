"""An import as an administrator does it: a file chosen, its columns, the preview, the progress, and the report, in Dutch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.cast import Cast
from balie.people.models import PeopleImport, Person, SignInLink
from balie.people.tests.jobs import run_owed_jobs
from balie.workspace.tests.test_in_a_browser import elsewhere

FILE = (
    "Wie;Mailadres;Afdeling;Uit dienst?\nAda Bos;ada@balie.example;Zorg;\nZoë Zon;zoe@balie.example;;\nX;geen adres;;\n"
)


@pytest.fixture
def page(committed_cast: Cast, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """Eva, who reads Dutch."""
    # The live server's threads outlive the test, and the database cannot be dropped while they hold on to it.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    cache.clear()
    Person.objects.filter(pk=committed_cast.eva.pk).update(language="nl")
    way_in = urlsplit(SignInLink.issue(committed_cast.eva, printed=True)).path
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        page.goto(f"{live_server.url}{way_in}")
        yield page
        browser.close()


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
