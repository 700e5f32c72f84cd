"""What an employee does twice a year, and what everybody is told of, with the mouse and again with the keyboard alone."""

# ruff: noqa: F811  (a fixture that is imported has the name of the argument that asks for it)

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from playwright.sync_api import Page, expect

from balie.channels.notices.models import Notice, Wishes
from balie.operations.tests.hands import Hands
from balie.operations.tests.walked import Walk, hands, served, walk  # noqa: F401
from balie.tickets import rating
from balie.tickets.models import Rating, Ticket
from balie.tickets.words import Words

Using = Callable[[Page], Hands]


def test_a_question_from_asking_to_rating(walk: Walk, hands: Using) -> None:
    page = walk.page_of(walk.cast.ada, "/my/requests/")
    by = hands(page)
    by.press(page.get_by_role("link", name="Ask a question"))
    by.write(page.get_by_label("Your question"), "My laptop is broken")
    by.tick(page.get_by_role("radio", name="Hardware"))
    by.press(page.get_by_role("button", name="Ask", exact=True))
    expect(page.get_by_role("heading", name="What happens next")).to_be_visible()
    ticket = Ticket.objects.get()
    assert ticket.category == walk.cast.hardware
    by.write(page.get_by_label("Write back"), "It smells.")
    by.press(page.get_by_role("button", name="Send", exact=True))
    expect(page.locator("article", has_text="It smells.")).to_be_visible()
    by.press(page.locator("summary", has_text="Add a colleague"))
    by.write(page.get_by_label("Name or work address"), "cleo")
    by.press(page.get_by_role("button", name="Cleo Meijer"))
    expect(page.get_by_text("Cleo Meijer reads along from now on.")).to_be_visible()
    ticket.reply(by=walk.cast.ben, words=Words.from_text("Here is another."))
    expect(page.locator("article", has_text="Here is another.")).to_be_visible()
    by.press(page.get_by_role("button", name="It is solved"))
    by.tick(page.get_by_role("radio", name="Good", exact=True))
    by.press(page.locator("form.rate").get_by_role("button", name="Send"))
    expect(page.get_by_text("You said: Good")).to_be_visible()
    by.press(page.get_by_role("button", name="Reopen"))
    expect(page.get_by_role("button", name="It is solved")).to_be_visible()
    # Whoever was added finds it, too.
    cleo = walk.page_of(walk.cast.cleo, "/my/requests/?kind=followed")
    expect(cleo.get_by_role("link", name="My laptop is broken")).to_be_visible()


def test_the_answer_is_rated_from_the_mail_and_changed(walk: Walk, hands: Using) -> None:
    (ticket,) = walk.ask("Mouse")
    ticket.reply(by=walk.cast.ben, words=Words.from_text("Here is another."))
    ticket.resolve(by=walk.cast.ben)
    # As from a mail program: nobody is signed in.
    context = walk.context()
    page = walk.page_in(context, f"/rating/{rating.token(ticket.pk, walk.cast.ada.pk)}?score=3")
    by = hands(page)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Rating.objects.given().get().score == Rating.Score.GOOD
    by.tick(page.get_by_role("radio", name="Not good", exact=True))
    by.write(page.get_by_label("Do you want to add something?"), "It broke again")
    by.press(page.get_by_role("button", name="Send"))
    expect(page.get_by_text("The team reads what you said.")).to_be_visible()
    given = Rating.objects.given().get()
    assert (given.score, given.comment) == (Rating.Score.BAD, "It broke again")
    ben = walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}")
    expect(ben.locator("#panel .rating-shown")).to_contain_text("It broke again")


def test_without_a_connection_nothing_written_is_lost(walk: Walk, hands: Using) -> None:
    page = walk.page_of(walk.cast.ada, f"/my/requests/new?place={walk.cast.it.pk}")
    by = hands(page)
    page.context.set_offline(True)
    by.write(page.get_by_label("Your question"), "Written in a tunnel")
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    by.press(page.get_by_role("button", name="Ask", exact=True))
    expect(page.get_by_label("Your question")).to_have_value("Written in a tunnel")
    page.context.set_offline(False)
    expect(page.get_by_text("The connection is back.")).to_be_visible()
    by.press(page.get_by_role("button", name="Ask", exact=True))
    expect(page.get_by_role("heading", name="Written in a tunnel")).to_be_visible()
    assert Ticket.objects.count() == 1


def test_the_bell_is_live_and_what_is_read_is_read_everywhere(walk: Walk, hands: Using) -> None:
    page = walk.page_of(walk.cast.ben, "/requests/")
    elsewhere = walk.page_in(page.context, "/account/")
    by = hands(page)
    bell = page.locator(".bell:visible")
    expect(bell).to_have_attribute("data-count", "0")
    one, two = walk.ask("Mouse", "Screen")
    for shown in (page, elsewhere):
        expect(shown.locator(".bell:visible")).to_have_attribute("data-count", "2")
    expect(page.locator("#bell-status")).to_have_text("2 unread notices")
    by.press(bell)
    listed = page.locator("#bell-list")
    expect(listed.locator(".notice")).to_have_count(2)
    by.press(listed.get_by_role("button", name="Mark as read: Screen"))
    expect(bell).to_have_attribute("data-count", "1")
    expect(elsewhere.locator(".bell:visible")).to_have_attribute("data-count", "1")
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(bell).to_be_focused()
    # Opening it settles it everywhere: the bell of every page, and the mail that has not left.
    mine = Notice.objects.unread().filter(person=walk.cast.ben)
    assert mine.get().ticket_id == one.pk
    by.press(page.get_by_role("link", name="Show 2 new requests"))
    by.press(page.locator(f"#request-{one.pk} .line-subject"))
    expect(page.locator("#timeline")).to_be_visible()
    expect(elsewhere.locator(".bell:visible")).to_have_attribute("data-count", "0")
    assert not mine.all().exists()
    assert {notice.ticket_id for notice in Notice.objects.filter(person=walk.cast.ben)} == {one.pk, two.pk}


def test_everybody_chooses_what_they_are_told_how_and_when(walk: Walk, hands: Using) -> None:
    page = walk.page_of(walk.cast.ben, "/account/notices/")
    by = hands(page)
    assigned = page.locator("tr", has_text="A request is assigned to me")
    by.tick(assigned.get_by_role("radio", name="Not sent"))
    by.tick(page.get_by_label("Every hour, in one mail"))
    quiet = page.get_by_label("Quiet from")
    by.set_time(quiet, "20:00")
    by.set_time(page.locator("#id_quiet_until"), "07:30")
    by.tick(page.get_by_label("Sunday"))
    by.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved")).to_be_visible()
    expect(assigned.get_by_role("radio", name="Not sent")).to_be_checked()
    expect(quiet).to_have_value("20:00")
    wishes = Wishes.objects.get(person=walk.cast.ben)
    assert (wishes.rhythm, wishes.quiet_from, wishes.quiet_days) == (Wishes.Rhythm.HOURLY, time(20), [6])
