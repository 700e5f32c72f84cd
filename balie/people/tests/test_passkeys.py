"""A passkey, in a real browser with a virtual authenticator, under the content security policy."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from balie.organisation.models import Organisation
from balie.people.models import Person, SignInLink

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def way_in(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of a printed link. Made before the browser starts, whose event loop would get a connection of its own."""
    # The live server's threads outlive the test, and the database cannot be dropped while they hold on to it.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    cache.clear()
    Organisation.objects.create(name="Balie Example", language="en")
    ada = Person.objects.create_employee(name="Ada Vermeer", email="ada@balie.example")
    return urlsplit(SignInLink.issue(ada, printed=True)).path


@pytest.fixture
def page(way_in: str, live_server: LiveServer) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page
        browser.close()


def test_a_passkey_is_added_and_signs_in_by_itself(live_server: LiveServer, page: Page, way_in: str) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
    page.goto(f"{live_server.url}{way_in}?next=/account/second-factor/passkeys/new/")

    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/codes/")
    page.goto(f"{live_server.url}/account/second-factor/passkeys/")
    page.get_by_role("cell", name="Laptop").wait_for()

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/sign-in/?next=/account/")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Personal settings").wait_for()
    assert refused == []
