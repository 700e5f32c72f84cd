"""Several browsers at once, with the live pages as they are: what one does, the others see, and nobody loses a word."""

# ruff: noqa: F811  (a fixture that is imported has the name of the argument that asks for it)

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from balie.config.tests.browser import wait_until
from balie.operations.tests.walked import Served, Walk, hands, served, walk  # noqa: F401
from balie.tickets.models import Project, Status, Task, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words

# Where the focus is, as something that stays the same while its element is drawn anew.
FOCUSED = "document.activeElement.closest('[id]')?.id"


def listening(page: Page) -> Page:
    """Once its stream is open. What happened since the page was drawn is told then, too."""
    wait_until(page, "performance.getEntriesByType('resource').some((one) => one.name.includes('/live'))")
    return page


def say(page: Page, words: str) -> None:
    """Into the composer, whose editor comes when somebody begins."""
    page.locator("#id_text").focus()
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.type(words)


def test_three_new_requests_wait_while_one_reads(walk: Walk) -> None:
    one, two = walk.ask("Mouse", "Screen")
    ben = listening(walk.page_of(walk.cast.ben, "/requests/"))
    ben.locator(f"#request-{one.pk} .line-subject").focus()
    ada = walk.page_of(walk.cast.ada, "/my/requests/new")
    for subject in ("A chair", "A lamp", "A door"):
        ada.goto(f"{walk.url}/my/requests/new?place={walk.cast.it.pk}")
        ada.get_by_label("Your question").fill(subject)
        ada.get_by_role("button", name="Ask", exact=True).click()
        expect(ada.get_by_role("heading", name=subject)).to_be_visible()
    fresh = ben.get_by_role("link", name="Show 3 new requests")
    expect(fresh).to_be_visible()
    expect(ben.locator("#fresh")).to_have_attribute("role", "status")
    expect(ben.locator(".line-subject")).to_have_text(["Screen", "Mouse"])
    expect(ben.locator("#places")).to_contain_text(re.compile(r"All requests\s*5"))
    # Somebody else changes rows that are shown; they stay where they are.
    eva = listening(walk.page_of(walk.cast.eva, f"/requests/{one.pk}"))
    eva.keyboard.press("i")
    expect(ben.locator(f"#request-{one.pk}")).to_contain_text("Eva Beheer")
    two.resolve(by=walk.cast.eva)
    expect(ben.locator(f"#request-{two.pk}")).to_contain_text("Resolved")
    assert ben.evaluate(FOCUSED) == f"request-{one.pk}"
    fresh.click()
    expect(ben.locator(".line-subject")).to_have_text(["A door", "A lamp", "A chair", "Mouse"])


def test_the_page_changes_when_the_button_is_up(walk: Walk) -> None:
    """What is heard while somebody holds a button down waits, and is not lost."""
    (ticket,) = walk.ask("Mouse")
    page = listening(walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}"))
    page.get_by_text("Please help.").hover()
    page.mouse.down()
    ticket.hear(by=walk.cast.ada, words=Words.from_text("And hot."), channel="email")
    other = walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}")
    expect(other.get_by_text("And hot.")).to_be_visible()
    page.wait_for_timeout(600)
    expect(page.get_by_text("And hot.")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_text("And hot.")).to_be_visible()


def test_two_pages_of_one_person_agree(walk: Walk) -> None:
    (ticket,) = walk.ask("Mouse")
    first = listening(walk.page_of(walk.cast.ben, "/requests/"))
    second = listening(walk.page_in(first.context, f"/requests/{ticket.pk}"))
    expect(first.locator("#bell-status")).to_be_attached()
    second.keyboard.press("i")
    expect(first.locator(f"#request-{ticket.pk}")).to_contain_text("Ben Jansen")
    expect(first.locator("#places")).to_contain_text(re.compile(r"Assigned to me\s*1"))
    say(second, "Half a")
    expect(second.locator("#draft-state")).to_contain_text("Draft kept at")
    third = walk.page_in(first.context, f"/requests/{ticket.pk}")
    expect(third.locator(".editor")).to_have_text("Half a")


def test_who_reads_and_writes_is_seen_and_what_was_said_meanwhile_stops_the_sending(walk: Walk) -> None:
    (ticket,) = walk.ask("Mouse")
    ben = listening(walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}"))
    dov = listening(walk.page_of(walk.cast.dov, f"/requests/{ticket.pk}"))
    expect(ben.locator("#presence")).to_contain_text("Dov Katz is reading")
    expect(dov.locator("#presence")).to_contain_text("Ben Jansen is reading")
    say(ben, "Dear Ada, I")
    expect(dov.locator("#presence")).to_contain_text("Ben Jansen is writing")
    # Dov answers all the same. Ben's words and his place in them stay, and he is told.
    say(dov, "It is the battery")
    dov.get_by_role("button", name="Send", exact=True).click()
    expect(dov.locator("#held article")).to_contain_text("It is the battery")
    expect(ben.locator("#presence")).to_contain_text("Dov Katz is sending a reply")
    ben.get_by_role("button", name="Send", exact=True).click()
    expect(ben.locator("#news")).to_contain_text("Dov Katz")
    expect(ben.locator(".editor")).to_have_text("Dear Ada, I")
    # Dov thinks better of it, and has his words back; nothing has left.
    dov.keyboard.press("Control+z")
    expect(dov.locator(".editor")).to_have_text("It is the battery")
    expect(dov.locator("#held article")).to_have_count(0)
    expect(ben.locator("#presence")).not_to_contain_text("is sending")
    assert ticket.messages.count() == 1
    dov.close()
    expect(ben.locator("#presence")).not_to_contain_text("Dov Katz")


def test_what_comes_by_itself_takes_neither_focus_nor_words(walk: Walk) -> None:
    (ticket,) = walk.ask("Mouse")
    ben = listening(walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}"))
    ada = listening(walk.page_of(walk.cast.ada, f"/my/requests/{ticket.pk}"))
    answer = ada.get_by_label("Write back")
    answer.press_sequentially("By the")
    for number, focused in enumerate(("tab-requester", "change-priority", "resolve", "change-merge", "take")):
        ben.locator(f"#{focused}").focus()
        said = f"Word {number}."
        ticket.hear(by=walk.cast.ada, words=Words.from_text(said), channel="email")
        expect(ben.locator("#timeline").get_by_text(said)).to_be_visible()
        expect(ben.locator("#announced")).to_contain_text("Ada Vermeer")
        ticket.prioritise(Ticket.Priority(1 + number % 2), by=walk.cast.eva)
        expect(ben.locator("#timeline").get_by_text("set the priority to")).to_have_count(number + 1)
        assert ben.evaluate(FOCUSED) == focused
    ticket.reply(by=walk.cast.ben, words=Words.from_text("Here is another."))
    expect(ada.get_by_text("Here is another.")).to_be_visible()
    expect(answer).to_be_focused()
    expect(answer).to_have_value("By the")
    expect(ada.locator("#announced")).to_contain_text("New message: Ben Jansen.")


def test_every_list_says_what_changed_on_it(walk: Walk) -> None:
    one, _other = walk.ask("Mouse", "Screen")
    project = Project.begin("Third floor", by=walk.cast.ben)
    project.include(one, by=walk.cast.ben)
    mine = listening(walk.page_of(walk.cast.ada, "/my/requests/"))
    inbox = listening(walk.page_of(walk.cast.ben, "/requests/"))
    tasks = listening(walk.page_in(inbox.context, "/requests/tasks"))
    third_floor = listening(walk.page_in(inbox.context, f"/requests/projects/{project.pk}"))
    mine.locator(f"#open-{one.pk}").focus()
    inbox.locator(f"#request-{one.pk} .line-subject").focus()
    Task.add(one, "Order it", by=walk.cast.eva, assignee=walk.cast.ben)
    expect(tasks.locator("#announced")).to_contain_text("Order it")
    one.take_status(Status.preset(Group.WAITING), by=walk.cast.eva)
    expect(mine.locator("#announced")).to_contain_text("Mouse: Waiting")
    assert mine.evaluate(FOCUSED) == f"open-{one.pk}"
    one.resolve(by=walk.cast.eva)
    expect(mine.locator("#announced")).to_contain_text("Mouse: Not in this list any more.")
    expect(inbox.locator("#row-said")).to_contain_text("Mouse, Resolved")
    expect(third_floor.locator("#announced")).to_contain_text("1 of 1")
    assert inbox.evaluate(FOCUSED) == f"request-{one.pk}"


def test_a_lost_connection_is_said_and_mended_by_itself(walk: Walk, served: Served) -> None:
    (ticket,) = walk.ask("Mouse")
    ben = listening(walk.page_of(walk.cast.ben, "/requests/"))
    status = ben.locator("#live-status")
    expect(status).to_be_hidden()
    served.stop()
    expect(status).to_be_visible()
    walk.ask("Screen")
    ticket.assign(walk.cast.ben, by=walk.cast.eva)
    served.start()
    expect(status).to_be_hidden(timeout=60_000)
    expect(ben.get_by_role("link", name="Show 1 new request")).to_be_visible()
    expect(ben.locator(f"#request-{ticket.pk}")).to_contain_text("Ben Jansen")


def test_what_did_not_reach_the_desk_is_said_and_stays(walk: Walk) -> None:
    (ticket,) = walk.ask("Mouse")
    ben = listening(walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}"))
    ben.keyboard.press("p")
    ben.get_by_label("Priority", exact=True).select_option("High")
    ben.context.set_offline(True)
    ben.locator(".fact-form").get_by_role("button", name="Save").click()
    expect(ben.get_by_role("alert")).to_contain_text("That did not work.")
    ben.context.set_offline(False)
    ben.locator(".fact-form").get_by_role("button", name="Save").click()
    expect(ben.locator("#change-priority")).to_contain_text("High")


def test_a_session_that_ends_elsewhere_keeps_the_draft(walk: Walk) -> None:
    (ticket,) = walk.ask("Mouse")
    ben = listening(walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}"))
    say(ben, "Dear Ada")
    expect(ben.locator("#draft-state")).to_contain_text("Draft kept at")
    other = walk.page_in(ben.context, "/sign-out/")
    other.locator("main form button[type=submit]").click()
    other.wait_for_url(re.compile("sign-in"))
    expect(ben.locator("#live-status")).to_be_visible()
    ben.locator(".editor").press("End")
    ben.locator(".editor").press_sequentially(", all the same")
    expect(ben.locator("#composer-notices")).to_contain_text("You are signed out")
    # What is asked for now brings no page to sign in into the middle of this one.
    ben.locator("#change-status").click()
    ben.locator("#tab-requester").click()
    expect(ben.locator("#live-status")).to_contain_text("You are signed out")
    expect(ben.locator("#panel").get_by_text("Sign in")).to_have_count(0)
    expect(ben.locator("#change-status")).to_be_visible()
    again = walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}")
    expect(again.locator(".editor")).to_have_text("Dear Ada")
    # In the browser where they were written, the words that came after are offered.
    session = next(one for one in again.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    ben.context.add_cookies([{"name": session["name"], "value": session["value"], "url": walk.url}])
    ben.reload()
    expect(ben.locator("main")).to_contain_text("Dear Ada, all the same")


@pytest.mark.parametrize(
    ("person", "address", "part"), [("ada", "/my/requests/{}", "talk"), ("ben", "/requests/{}", "timeline")]
)
def test_what_is_said_while_an_answer_is_on_its_way_is_shown(walk: Walk, person: str, address: str, part: str) -> None:
    """The answer was written before it, and takes the place of what would have asked for more."""
    (ticket,) = walk.ask("Mouse")
    page = walk.page_of(getattr(walk.cast, person), address.format(ticket.pk))
    expect(page.locator("article", has_text="Please help.")).to_be_visible()
    held: list[Route] = []
    page.route(f"**/*part={part}*", lambda route: route.continue_() if held else held.append(route))
    page.evaluate(
        "(name) => { window.heard = new Promise((done) => document.body.addEventListener(name, done, { once: true })); }",
        f"ticket-{ticket.pk}",
    )
    for _time in range(300):
        if held:
            break
        page.evaluate("document.body.dispatchEvent(new CustomEvent('resync', { bubbles: true }))")
        page.wait_for_timeout(100)
    before = held[0].fetch()
    ticket.reply(by=walk.cast.dov, words=Words.from_text("Here is another."))
    page.evaluate("window.heard.then(() => true)")
    held[0].fulfill(response=before)
    expect(page.locator("article", has_text="Here is another.")).to_be_visible()
