"""The composer in Chromium: its editor, what is pasted into it, drafts on two pages, undo, and who else is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from balie.config.tests.browser import context_of, elsewhere, happened, refused_by, wait_until, way_in
from balie.config.tests.cast import Cast
from balie.operations.tests.desk import until
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Message, Ticket
from balie.tickets.words import Words
from balie.workspace import leaving
from balie.workspace.models import Draft

PASTED = Path(__file__).parent / "pasted"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def ticket(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Ticket:
    # Slow machines undo slowly.
    monkeypatch.setattr(leaving, "HELD_FOR", timedelta(minutes=5))
    words = Words.from_text("My laptop is slow.")
    return Ticket.open(
        team=committed_cast.it, requester=committed_cast.ada, subject="Laptop", words=words, channel="email"
    )


class Desk:
    """Browsers of people who are signed in; whatever one refused to load or run fails the test."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self.browser, self.server, self.url, self.refused = browser, server, server.url, list[list[str]]()

    def context_of(self, person: Person, **options: object) -> BrowserContext:
        context = context_of(person, self.browser, self.server, **options)
        self.refused.append(refused_by(context, also=["warning"]))
        return context

    def page_in(self, context: BrowserContext) -> Page:
        return context.new_page()


@pytest.fixture
def desk(ticket: Ticket, shown: LiveServer, browser: Browser) -> Iterator[Desk]:
    desk = Desk(browser, shown)
    yield desk
    assert [one for refused in desk.refused for one in refused] == []


def write_on(page: Page, ticket: Ticket, desk: Desk) -> None:
    """The editor, ready, by the key that the page names for it."""
    page.goto(f"{desk.url}/requests/{ticket.pk}")
    page.locator("#id_text").focus()
    expect(page.locator(".editor")).to_be_focused()


def paste(page: Page, html: str, *, into: str = ".editor") -> None:
    page.locator(into).evaluate(
        """(editor, html) => {
          editor.focus();
          const carried = new DataTransfer();
          carried.setData("text/html", html);
          carried.setData("text/plain", "words");
          editor.dispatchEvent(new ClipboardEvent("paste", {clipboardData: carried, bubbles: true, cancelable: true}));
        }""",
        html,
    )


def picture(page: Page, name: str) -> None:
    """A look at it, for whoever asks for one."""
    if folder := os.environ.get("BALIE_LOOK"):
        page.screenshot(path=f"{folder}/composer-{name}.png", caret="initial")


def drafts() -> list[str]:
    return elsewhere(lambda: [one.html for one in Draft.objects.being_written().order_by("kind")])


def test_by_keyboard_alone_a_reply_is_written_sent_and_taken_back(
    desk: Desk, committed_cast: Cast, ticket: Ticket
) -> None:
    page = desk.page_in(desk.context_of(committed_cast.ben, viewport={"width": 1440, "height": 900}))
    page.goto(f"{desk.url}/requests/{ticket.pk}")
    page.locator("#id_text").focus()
    # What is typed before the editor is there goes along.
    page.keyboard.type("Dear Ada, ")
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.press("Control+b")
    page.keyboard.type("now")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    page.keyboard.type("- restart it")
    page.keyboard.press("Enter")
    page.keyboard.type("wait")
    expect(page.locator(".editor li")).to_have_count(2)
    expect(page.locator("#draft-state")).to_contain_text("Draft kept at")
    picture(page, "typed")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#held article")).to_contain_text("restart it")
    expect(page.locator(".editor")).to_be_focused()
    expect(page.locator(".editor")).to_have_text("")
    picture(page, "held")
    page.keyboard.press("Control+z")
    expect(page.locator("#held article")).to_have_count(0)
    expect(page.locator(".editor")).to_contain_text("restart it")
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#held article")).to_contain_text("Then the request is resolved.")

    def due() -> None:
        Draft.objects.leaving().update(next_attempt_at=clock.now() - timedelta(seconds=1))
        leaving.let_some_leave()

    elsewhere(due)
    happened(page, f"ticket-{ticket.pk}")
    expect(page.locator("#timeline article", has_text="restart it")).to_be_visible()
    expect(page.locator("#held article")).to_have_count(0)
    said = elsewhere(lambda: Message.objects.latest("pk").html)
    assert "<strong>now</strong>" in said
    assert said.count("<li>") == 2


def test_what_is_pasted_from_word_and_excel_comes_out_clean(desk: Desk, committed_cast: Cast, ticket: Ticket) -> None:
    page = desk.page_in(desk.context_of(committed_cast.ben))
    write_on(page, ticket, desk)
    paste(page, (PASTED / "word.html").read_text())
    expect(page.locator(".editor > ul > li")).to_have_count(2)
    expect(page.locator(".editor > ul > li ul > li")).to_have_text("Only the blue one")
    expect(page.locator(".editor > ol > li")).to_have_count(2)
    expect(page.locator(".editor strong").first).to_have_text("What to bring")
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    paste(page, (PASTED / "excel.html").read_text())
    expect(page.locator(".editor tr")).to_have_count(3)
    expect(page.locator(".editor tr").nth(1).locator("td")).to_have_text(["Laptop", "2", "1.299,00"])
    picture(page, "pasted")
    page.get_by_text("Note", exact=True).click()
    expect(page.locator(".editor")).to_contain_text("1.299,00")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("article.note")).to_be_visible()
    html = elsewhere(lambda: Message.objects.latest("pk").html)
    assert "Mso" not in html
    assert "style" not in html
    assert "·" not in html
    assert html.count("<table>") == 1


def test_what_is_typed_before_the_editor_stands_is_all_in_it(desk: Desk, committed_cast: Cast, ticket: Ticket) -> None:
    page = desk.page_in(desk.context_of(committed_cast.ben))
    page.goto(f"{desk.url}/requests/{ticket.pk}")
    page.keyboard.press("r")
    page.keyboard.type("Dear Ada,\n\nit is here ")
    for _letter in "here ":
        page.keyboard.press("ArrowLeft")
    editor = page.locator(".editor")
    expect(editor).to_be_focused()
    page.keyboard.type("already ")
    page.keyboard.press("End")
    page.keyboard.type("now")
    assert editor.locator("p").all_text_contents() == ["Dear Ada,", "it is already here now"]


def test_what_was_just_sent_is_seen_with_its_way_back(desk: Desk, committed_cast: Cast, ticket: Ticket) -> None:
    def talk() -> None:
        for number in range(8):
            ticket.hear(by=committed_cast.ada, words=Words.from_text(f"Word {number}."), channel="email")
        note = Draft(person=committed_cast.ben, ticket=ticket, kind="note", html="<p>Third today</p>")
        note.version, note.written_at = 1, clock.now()
        note.save()

    elsewhere(talk)
    page = desk.page_in(desk.context_of(committed_cast.ben, viewport={"width": 1440, "height": 800}))
    page.goto(f"{desk.url}/requests/{ticket.pk}#latest")
    page.keyboard.press("r")
    page.keyboard.type("It is on its way.")
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.press("Control+Enter")
    undo = page.locator("#held [data-undo]")
    expect(undo).to_be_in_viewport()
    # Not under the composer: there the mouse would find that.
    undo.click(trial=True)
    # The note that was begun before is in the editor now, and nothing of it is to be taken back.
    expect(page.locator(".editor")).to_contain_text("Third today")
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator("#held article")).to_have_count(0)


def test_what_is_pasted_before_the_editor_stands_is_a_table(desk: Desk, committed_cast: Cast, ticket: Ticket) -> None:
    page = desk.page_in(desk.context_of(committed_cast.ben))
    page.goto(f"{desk.url}/requests/{ticket.pk}")
    paste(page, "<table><tr><td>Chairs</td><td>4</td></tr></table>", into="textarea#id_text")
    expect(page.locator(".editor td").first).to_have_text("Chairs")


def test_a_picture_is_pasted_a_file_is_dropped_and_both_stay_with_the_draft(
    desk: Desk, committed_cast: Cast, ticket: Ticket, tmp_path: Path
) -> None:
    context = desk.context_of(committed_cast.ben)
    page = desk.page_in(context)
    write_on(page, ticket, desk)
    page.locator(".editor").evaluate(
        """(editor, bytes) => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], "screen.png", {type: "image/png"}));
          editor.dispatchEvent(new ClipboardEvent("paste", {clipboardData: carried, bubbles: true, cancelable: true}));
        }""",
        list(PNG),
    )
    expect(page.locator(".editor img[data-cid]")).to_be_visible()
    plan = tmp_path / "plan.txt"
    plan.write_text("plan")
    page.locator("input[type=file]").set_input_files(plan)
    expect(page.locator(".files")).to_contain_text("plan.txt")
    # The words were kept before: what another page shows is what the server has.
    until(lambda: elsewhere(lambda: [len(one.files) for one in Draft.objects.being_written()]) == [2], within=30)
    expect(page.locator("#draft-state")).to_contain_text("Draft kept at")
    second = desk.page_in(context)
    second.goto(f"{desk.url}/requests/{ticket.pk}")
    expect(second.locator(".editor img[data-cid]")).to_be_visible()
    assert second.locator(".editor img[data-cid]").evaluate("(img) => img.decode().then(() => img.naturalWidth)") == 1
    expect(second.locator(".files")).to_contain_text("plan.txt")
    second.get_by_role("button", name="Send", exact=True).click()
    expect(second.locator("#held article img")).to_be_visible()
    files = elsewhere(lambda: [(file["name"], file["is_inline"]) for file in Draft.objects.leaving().get().files])
    assert sorted(files) == [("plan.txt", False), ("screen.png", True)]


def test_two_pages_of_one_person_agree_and_lose_nothing(desk: Desk, committed_cast: Cast, ticket: Ticket) -> None:
    context = desk.context_of(committed_cast.ben)
    first, second = desk.page_in(context), desk.page_in(context)
    write_on(first, ticket, desk)
    write_on(second, ticket, desk)
    first.locator(".editor").press_sequentially("From the first")
    expect(first.locator("#draft-state")).to_contain_text("Draft kept at")
    # It has not heard of the first.
    second.locator(".editor").press_sequentially("From the second")
    expect(second.locator("#composer-notices")).to_contain_text("From the first")
    assert drafts() == ["<p>From the second</p>"]
    second.get_by_role("button", name="Keep both").click()
    expect(second.locator(".editor")).to_contain_text("From the first")
    expect(second.locator("#composer-notices")).to_be_empty()
    elsewhere(lambda: None)
    wait_until(
        first,
        """async (address) => (await (await fetch(address)).json()).html.includes("second")
          && (await (await fetch(address)).json()).html.includes("first")""",
        f"/requests/{ticket.pk}/draft?kind=reply",
    )
    first.evaluate(
        """(name) => document.body.dispatchEvent(new CustomEvent(name, {detail: {page: 1, kind: 0}}))""",
        f"draft-{ticket.pk}",
    )
    expect(first.locator(".editor")).to_contain_text("From the second")


def test_two_experts_see_each_other_and_what_one_answered_meanwhile(
    desk: Desk, committed_cast: Cast, ticket: Ticket
) -> None:
    ben = desk.page_in(desk.context_of(committed_cast.ben))
    eva = desk.page_in(desk.context_of(committed_cast.eva))
    write_on(ben, ticket, desk)
    write_on(eva, ticket, desk)
    expect(eva.locator("#presence")).to_contain_text("Ben Jansen is reading")
    ben.locator(".editor").press_sequentially("I think")
    happened(eva, f"presence-{ticket.pk}")
    expect(eva.locator("#presence")).to_contain_text("Ben Jansen is writing")
    eva.get_by_text("Note", exact=True).click()
    eva.locator(".editor").press_sequentially("It is the battery")
    eva.get_by_role("button", name="Send", exact=True).click()
    expect(eva.locator("article.note")).to_be_visible()
    # Ben's page has not heard of it.
    ben.get_by_role("button", name="Send", exact=True).click()
    expect(ben.locator("#news")).to_contain_text("Eva Beheer")
    expect(ben.locator("article.note")).to_contain_text("It is the battery")
    expect(ben.locator(".editor")).to_contain_text("I think")
    picture(ben, "news")
    ben.get_by_role("button", name="Send anyway").click()
    expect(ben.locator("#held article")).to_contain_text("I think")
    happened(eva, f"presence-{ticket.pk}")
    expect(eva.locator("#presence")).to_contain_text("Ben Jansen is sending a reply")


def test_somebody_is_named_by_the_keyboard(desk: Desk, committed_cast: Cast, ticket: Ticket) -> None:
    page = desk.page_in(desk.context_of(committed_cast.ben))
    write_on(page, ticket, desk)
    page.get_by_text("Note", exact=True).click()
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.type("Ask @ev")
    expect(page.get_by_role("option", name="Eva Beheer")).to_be_visible()
    picture(page, "mention")
    page.keyboard.press("Enter")
    expect(page.locator(".editor bdi")).to_have_text("@Eva Beheer")
    page.keyboard.type("please")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.note bdi")).to_have_text("@Eva Beheer")
    assert elsewhere(lambda: [one.name for one in Message.objects.latest("pk").mentions.all()]) == ["Eva Beheer"]


def test_a_lost_connection_and_an_ended_session_keep_what_was_written(
    desk: Desk, committed_cast: Cast, ticket: Ticket
) -> None:
    context = desk.context_of(committed_cast.ben)
    page = desk.page_in(context)
    write_on(page, ticket, desk)
    context.set_offline(True)
    page.locator(".editor").press_sequentially("Written in a tunnel")
    expect(page.locator("#composer-notices")).to_contain_text("kept in this browser")
    context.set_offline(False)
    expect(page.locator("#draft-state")).to_contain_text("Draft kept at")
    assert drafts() == ["<p>Written in a tunnel</p>"]
    context.clear_cookies()
    page.locator(".editor").press_sequentially(", and signed out")
    expect(page.locator("#composer-notices")).to_contain_text("You are signed out")
    page.locator(".editor").press("Control+Enter")
    expect(page.locator(".editor")).to_contain_text("Written in a tunnel, and signed out")
    page.goto(f"{desk.url}{way_in(committed_cast.ben)}")
    page.goto(f"{desk.url}/requests/{ticket.pk}")
    # Leaving the page, it was sent with the new session; if that had not begun yet, this browser has it.
    whole = "Written in a tunnel, and signed out"
    there = page.locator(".editor", has_text=whole).or_(page.locator("#composer-notices", has_text=whole))
    expect(there.first).to_be_visible()
    page.evaluate(
        """([person, ticket]) => localStorage.setItem(`balie.draft.${person}.${ticket}.reply`,
          JSON.stringify({html: "<p>Only in this browser</p>", at: 0}))""",
        [committed_cast.ben.pk, ticket.pk],
    )
    page.reload()
    expect(page.locator("#composer-notices")).to_contain_text("Only in this browser")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator(".editor")).to_contain_text("Only in this browser")
    expect(page.locator("#draft-state")).to_contain_text("Draft kept at")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('balie.draft')).length") == 0


def test_without_javascript_it_is_sent_and_taken_back(desk: Desk, committed_cast: Cast, ticket: Ticket) -> None:
    page = desk.page_in(desk.context_of(committed_cast.ben, java_script_enabled=False))
    page.goto(f"{desk.url}/requests/{ticket.pk}")
    page.locator("#id_text").fill("Which one?")
    page.get_by_role("button", name="Send and resolve").click()
    expect(page.locator("#held article")).to_contain_text("Which one?")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#id_text")).to_have_value("Which one?")
    expect(page.locator("#held article")).to_have_count(0)


def test_the_composer_fits_a_phone(desk: Desk, committed_cast: Cast, ticket: Ticket) -> None:
    page = desk.page_in(
        desk.context_of(committed_cast.ben, viewport={"width": 390, "height": 844}, color_scheme="dark")
    )
    write_on(page, ticket, desk)
    page.keyboard.type("On my way to you with another one.")
    page.get_by_text("Note", exact=True).click()
    expect(page.locator("#draft-state")).to_contain_text("Draft kept at")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "phone")
