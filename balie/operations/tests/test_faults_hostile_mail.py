"""Hostile mail, taken in by the real door and opened by an expert in a real browser: nothing of it comes to life."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page

from balie.operations.tests.desk import TO, Desk, Post, until
from balie.operations.tests.hostile import HOSTILE, TRICKS


@pytest.fixture(scope="module")
def requests(desk: Desk) -> dict[str, int]:
    """The number that each hostile mail became."""
    mails = [_mail(name, html) for name, html in HOSTILE.items()]
    mails += [_mail(name, "<p>Hello</p>", sender=sender, subject=subject) for name, (sender, subject) in TRICKS.items()]
    with Post(desk.smtp_port, mails) as post:
        until(lambda: post.is_done, within=60, what="sending")
    known = (
        "SELECT a.envelope ->> 'mail_from', a.ticket_id FROM channels_arrival a "
        "WHERE a.state = 'understood' AND a.envelope ->> 'mail_from' LIKE '%%@hostile.example'"
    )
    until(lambda: len(desk.rows(known)) == len(mails), within=60, what="understanding")
    numbers = {address.partition("@")[0]: number for address, number in desk.rows(known)}
    return {name: numbers[_local(name)] for name in (*HOSTILE, *TRICKS)}


@pytest.fixture
def page(desk: Desk, browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": name, "value": value, "url": desk.url} for name, value in desk.session().items()])
    return context.new_page()


LOOK = (Path(__file__).parent / "look.js").read_text()


@pytest.mark.parametrize("name", [*HOSTILE, *TRICKS])
def test_nothing_of_a_hostile_mail_comes_to_life(desk: Desk, requests: dict[str, int], page: Page, name: str) -> None:
    cried: list[str] = []

    def told(message: Any) -> None:
        if message.type == "error":
            cried.append(message.text)

    def asked(request: Any) -> None:
        if not request.url.startswith((desk.url, "data:")):
            cried.append(request.url)

    def dialog(shown: Any) -> None:
        cried.append(shown.message)
        shown.dismiss()

    heard = {"console": told, "request": asked, "dialog": dialog}
    for event, hear in heard.items():
        page.on(event, hear)  # type: ignore[call-overload]
    address = f"{desk.url}/requests/{requests[name]}"
    page.goto(address, wait_until="load")
    for summary in page.locator(".said summary, .letter summary").all():
        summary.click()
    assert page.evaluate(LOOK) == []
    for event, hear in heard.items():
        page.remove_listener(event, hear)
    assert cried == []
    assert page.url == address


def test_a_letter_that_was_not_cleaned_would_be_noticed(desk: Desk, requests: dict[str, int], page: Page) -> None:
    page.goto(f"{desk.url}/requests/{requests['script']}", wait_until="load")
    bad = "<div hx-get='/x'>h</div><a href='javascript:x'>a</a><form><input></form><p id=cover>c</p>"
    # In one go: a live update would draw the letter anew.
    put = (
        "document.querySelector('.said').insertAdjacentHTML('beforeend', bad); "
        "document.querySelector('#cover').style.cssText = 'position:fixed;inset:0;z-index:99999'"
    )
    noticed = " ".join(page.evaluate(f"bad => {{ {put}; return ({LOOK.rstrip().rstrip(';')})(); }}", bad))
    for wrong in ("has hx-get", "names javascript:x", "FORM is there", "placed fixed"):
        assert wrong in noticed


def test_tricks_with_unicode_do_not_turn_words_around(requests: dict[str, int], desk: Desk) -> None:
    with desk.browser() as ben:
        for name in TRICKS:
            text = ben.get(f"/requests/{requests[name]}").text
            assert not set(text) & set(
                "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\x00\u2029\u0085"
            )


def test_files_that_could_hold_script_are_downloaded_only(desk: Desk) -> None:
    message = _letter("files", "<p>See the files</p>")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    message.add_attachment(svg, maintype="image", subtype="svg+xml", filename="a.svg")
    message.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename="a.html")
    message.add_attachment(b"<script>alert(1)</script>", maintype="image", subtype="png", filename="a.png")
    message.add_attachment(
        b"<script>alert(1)</script>", maintype="application", subtype="xhtml+xml", filename="../../a\u202elmx"
    )
    with Post(desk.smtp_port, [("files@hostile.example", message.as_bytes())]) as post:
        until(lambda: post.is_done, within=20)
    known = (
        "SELECT f.id, f.name FROM tickets_attachment f JOIN channels_arrival a ON a.message_id = f.message_id "
        "WHERE a.envelope ->> 'mail_from' = 'files@hostile.example'"
    )
    until(lambda: len(desk.rows(known)) == 4, within=20, what="understanding")
    with desk.browser() as ben:
        for number, name in desk.rows(known):
            assert not {"/", "\u202e"} & set(name)
            _expect_download(ben.get(f"/files/{number}/{name}"))


def _expect_download(answer: httpx2.Response) -> None:
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def _local(name: str) -> str:
    return name.replace(" ", "-")


def _letter(name: str, html: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"{_local(name)}@hostile.example", TO, f"Hostile {name}"
    message["Message-ID"], message["Date"] = f"<{_local(name)}@hostile.example>", "Mon, 23 Nov 2026 10:00:00 +0100"
    message.set_content(html, subtype="html", cte="base64")
    return message


def _mail(name: str, html: str, *, sender: str = "", subject: str = "") -> tuple[str, bytes]:
    raw = _letter(name, html).as_bytes()
    address = f"{_local(name)}@hostile.example"
    if sender:
        raw = raw.replace(b"From: ", b"From: %b <" % sender.encode()).replace(
            f"{address}\nTo".encode(), f"{address}>\nTo".encode()
        )
        raw = raw.replace(f"Subject: Hostile {name}".encode(), f"Subject: {subject}".encode())
    return address, raw
