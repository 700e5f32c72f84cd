"""The bell and a browser's own notices, in Chromium under the real content security policy: live, and settled everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.channels.notices.models import Notice
from balie.channels.push.models import Browser, SendingKey
from balie.config.tests.browser import context_of, elsewhere, refused_by, wait_until
from balie.config.tests.cast import Cast
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def opened(cast: Cast, subject: str) -> Ticket:
    words = Words.from_text("It is slow.")
    return Ticket.open(team=cast.it, requester=cast.ada, subject=subject, words=words, channel="email")


@pytest.fixture
def ticket(committed_cast: Cast) -> Ticket:
    return opened(committed_cast, "Laptop")


@pytest.fixture
def context(ticket: Ticket, committed_cast: Cast, shown: LiveServer, browser: Chromium) -> Iterator[BrowserContext]:
    """Ben is signed in; whatever the browser refused to load or run fails the test."""
    context = context_of(committed_cast.ben, browser, shown, base_url=shown.url, permissions=["notifications"])
    refused = refused_by(context)
    yield context
    assert refused == []


def ring(page: Page) -> None:
    """What `live.js` says when the server has something for the bell."""
    page.evaluate("document.body.dispatchEvent(new CustomEvent('notices-changed'))")


def bell(page: Page) -> Any:
    return page.locator("[data-bell]:visible").first


def test_the_bell_is_live_opens_by_keyboard_and_is_settled_in_every_page(
    context: BrowserContext, committed_cast: Cast, ticket: Ticket
) -> None:
    cast = committed_cast
    page, other = context.new_page(), context.new_page()
    page.goto("/account/")
    other.goto("/requests/")
    expect(bell(page).locator("[data-bell-count]")).to_have_text("1 unread")
    elsewhere(lambda: opened(cast, "Screen"))
    ring(page)
    ring(other)
    for one in (page, other):
        expect(bell(one).locator("[data-bell-count]")).to_have_text("2 unread")
        expect(one.locator("#bell-status")).to_have_text("2 unread notices")
    page.bring_to_front()
    bell(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Notices")).to_be_visible()
    expect(bell(page)).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#bell-list .notice-subject")).to_have_text(["unread: Screen", "unread: Laptop"])
    # Marking one as read keeps the place of the keyboard.
    page.get_by_role("button", name="Mark as read: Screen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Mark as unread: Screen")).to_be_focused()
    expect(bell(page).locator("[data-bell-count]")).to_have_text("1 unread")
    # What comes meanwhile comes in without taking the keyboard away.
    elsewhere(lambda: opened(cast, "Mouse"))
    ring(page)
    expect(page.locator("#bell-list .notice")).to_have_count(3)
    expect(page.get_by_role("button", name="Mark as unread: Screen")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Notices")).to_be_hidden()
    expect(bell(page)).to_be_focused()
    other.goto(f"/requests/{ticket.pk}")
    ring(page)
    expect(bell(page).locator("[data-bell-count]")).to_have_text("1 unread")
    bell(page).click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(bell(page).locator("[data-bell-count]")).to_be_hidden()


def test_without_scripts_the_bell_is_a_page(context: BrowserContext, live_server: LiveServer, ticket: Ticket) -> None:
    browser = context.browser
    assert browser is not None
    plain = browser.new_context(
        java_script_enabled=False, storage_state=context.storage_state(), base_url=live_server.url
    )
    page = plain.new_page()
    page.goto("/account/")
    page.get_by_role("link", name="Notices").click()
    expect(page.get_by_role("heading", name="Notices")).to_be_visible()
    page.get_by_role("button", name="Mark as read: Laptop").click()
    expect(page.get_by_role("button", name="Mark as unread: Laptop")).to_be_visible()
    page.get_by_role("link", name="What you are told").click()
    row = page.get_by_role("row", name="A note on what I own or follow")
    row.get_by_role("radio", name="Browser").check()
    page.get_by_role("button", name="Save").click()
    expect(row.get_by_role("radio", name="Browser")).to_be_checked()
    plain.close()


def test_a_browser_shows_what_is_pushed_and_closes_what_was_read(
    context: BrowserContext, committed_cast: Cast, ticket: Ticket
) -> None:
    page = context.new_page()
    page.goto("/account/notices/")
    page.evaluate("navigator.serviceWorker.register('/service-worker.js', {scope: '/'})")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    push(page, ticket=ticket.pk, title="#1 Laptop", unread=[ticket.pk])
    shown = wait_for_shown(page, 1)
    assert shown == ["#1 Laptop"]
    # A later one about the same request takes its place, and one that was read elsewhere goes.
    push(page, ticket=ticket.pk + 1, title="#2 Screen", unread=[ticket.pk, ticket.pk + 1])
    assert wait_for_shown(page, 2) == ["#1 Laptop", "#2 Screen"]
    push(page, ticket=ticket.pk, title="#1 Laptop again", unread=[ticket.pk])
    wait_for_shown(page, 1)
    page.goto(f"/requests/{ticket.pk}")
    ring(page)
    wait_for_shown(page, 0)
    assert elsewhere(lambda: Notice.objects.filter(person=committed_cast.ben).unread().count()) == 0


@pytest.mark.parametrize("is_by_key", [False, True], ids=["mouse", "keyboard"])
def test_consent_is_asked_by_a_click_given_used_and_ended(
    context: BrowserContext, committed_cast: Cast, ticket: Ticket, is_by_key: bool
) -> None:
    """The permission, the worker and what it shows are the browser's own; only its push service is far away."""
    page = context.new_page()
    page.add_init_script(PUSH_SERVICE)

    def press(button: Locator) -> None:
        if is_by_key:
            button.focus()
            page.keyboard.press("Enter")
        else:
            button.click()

    page.goto("/account/notices/")
    offer = page.get_by_role("button", name="Show notices in this browser")
    expect(offer).to_be_visible()
    assert page.evaluate("sessionStorage.asked") is None
    press(offer)
    expect(page.get_by_text("(this one)")).to_be_visible()
    expect(offer).to_be_hidden()
    assert page.evaluate("[sessionStorage.asked, Notification.permission]") == ["1", "granted"]
    # The service is told who may send: our own key, and that each message is shown.
    assert page.evaluate("sessionStorage.wished") == elsewhere(lambda: SendingKey.current().public)
    (browser,) = elsewhere(lambda: list(Browser.objects.filter(person=committed_cast.ben)))
    assert (browser.endpoint, browser.name) == ("https://push.example/send/x", "Chrome · Linux")
    push(page, ticket=ticket.pk, title="#1 Laptop", unread=[ticket.pk])
    assert wait_for_shown(page, 1) == ["#1 Laptop"]
    press(page.get_by_role("button", name="Remove"))
    expect(page.get_by_text("That browser shows no notices any more.")).to_be_visible()
    assert elsewhere(lambda: Browser.objects.count()) == 0
    wait_for_shown(page, 0)
    # Once more; whoever signs out is shown nothing more there.
    press(offer)
    expect(page.get_by_text("(this one)")).to_be_visible()
    push(page, ticket=ticket.pk, title="#1 Laptop", unread=[ticket.pk])
    wait_for_shown(page, 1)
    page.goto("/sign-out/")
    press(page.locator("main form button[type=submit]"))
    page.wait_for_url("**/sign-in/**")
    wait_for_shown(page, 0)


def test_whoever_says_no_and_whoever_has_no_service_is_told_what_to_do(context: BrowserContext, ticket: Ticket) -> None:
    page = context.new_page()
    page.add_init_script(
        "PushManager.prototype.subscribe = async () => { throw new DOMException('away', 'AbortError'); };"
    )
    page.goto("/account/notices/")
    page.get_by_role("button", name="Show notices in this browser").click()
    expect(page.get_by_text("this browser has no connection to its notice service")).to_be_visible()
    assert context.browser
    never = context.browser.new_context(storage_state=context.storage_state(), base_url=page.url)
    page = never.new_page()
    page.goto("/account/notices/")
    page.get_by_role("button", name="Show notices in this browser").click()
    expect(page.get_by_text("You have told this browser not to show notices of this page.")).to_be_visible()
    unable = never.new_page()
    unable.add_init_script("delete window.PushManager;")
    unable.goto("/account/notices/")
    expect(unable.get_by_text("This browser cannot show notices.")).to_be_visible()
    assert elsewhere(lambda: Browser.objects.count()) == 0
    never.close()


_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
_ADDRESS = {"endpoint": "https://push.example/send/x", "keys": {"p256dh": _POINT, "auth": "c2l4dGVlbiBieXRlcyBvaw"}}
# What stands between this browser and the network: it takes the key of the sender, and gives an address.
PUSH_SERVICE = f"""
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => {{ sessionStorage.asked = Number(sessionStorage.asked || 0) + 1; return ask(); }};
  const given = {json.dumps(_ADDRESS)};
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async ({{ userVisibleOnly, applicationServerKey }}) => {{
    const key = btoa(String.fromCharCode(...applicationServerKey)).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
    if (userVisibleOnly) sessionStorage.wished = key;
    return {{ toJSON: () => given }};
  }};
"""


def push(page: Page, *, ticket: int, title: str, unread: list[int]) -> None:
    """Deliver a message as the browser's push service would, opened already."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: found.extend(one["registrationId"] for one in said["registrations"] if not one["isDeleted"]),
    )
    session.send("ServiceWorker.enable")
    while not found:
        page.evaluate("0")
    message = {
        "title": title, "body": "Ada wrote", "tag": f"request-{ticket}", "tickets": [ticket], "page": f"/requests/{ticket}",
        "lang": "en", "dir": "ltr", "unread": unread,
    }  # fmt: skip
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    session.send(
        "ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[-1], "data": json.dumps(message)}
    )
    session.detach()


def wait_for_shown(page: Page, count: int) -> list[str]:
    """The titles of what the browser shows now, as soon as there are so many."""
    wait_until(
        page,
        "async (count) => (await (await navigator.serviceWorker.ready).getNotifications()).length === count",
        count,
    )
    titles: list[str] = page.evaluate(
        "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map((one) => one.title).sort())"
    )
    return titles
