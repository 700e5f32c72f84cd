"""A passkey, in a real browser with a virtual authenticator, under the content security policy."""

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.browser import PATIENCE, refused_by, way_in
from balie.organisation.models import Organisation
from balie.people.models import Person

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def ada(transactional_db: None) -> Person:
    Organisation.objects.create(name="Balie Example", language="en")
    return Person.objects.create_employee(name="Ada Vermeer", email="ada@balie.example")


@pytest.fixture
def page(ada: Person, shown: LiveServer, browser: Browser) -> Page:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def test_a_passkey_is_added_and_signs_in_by_itself(live_server: LiveServer, page: Page, ada: Person) -> None:
    refused = refused_by(page.context)
    page.goto(f"{live_server.url}{way_in(ada)}?next=/account/second-factor/passkeys/new/")

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
