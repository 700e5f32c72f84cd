"""What an expert does all day, with the mouse and again with the keyboard alone."""

# ruff: noqa: F811  (a fixture that is imported has the name of the argument that asks for it)

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from balie.operations.tests.hands import Hands, Mouse
from balie.operations.tests.walked import Walk, hands, served, walk  # noqa: F401
from balie.tickets.models import Project, Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words
from balie.workspace.models import Draft, Habit, SavedView

Using = Callable[[Page], Hands]


def test_a_search_is_narrowed_by_clicks_and_by_words_and_kept(walk: Walk, hands: Using) -> None:
    one, other = walk.ask("Toner for the copier", "Ink", words="The toner of the third floor is empty.")
    other.take_status(Status.preset(Group.WAITING), by=walk.cast.ben)
    page = walk.page_of(walk.cast.ben, "/requests/")
    by = hands(page)
    by.press(page.locator("#places [data-key='/']"))
    field = page.get_by_role("searchbox", name="Words, names")
    by.write(field, "ton")
    found = page.locator(".found-one")
    # While one types, the beginning of a word is enough.
    expect(found.filter(has_text=one.subject).first).to_be_visible()
    expect(found.locator("mark").first).to_have_text(re.compile("toner", re.IGNORECASE))
    expect(field).to_be_focused()
    by.write(field, "toner status:waiting")
    expect(found.filter(has_text=one.subject)).to_have_count(0)
    expect(found.filter(has_text=other.subject).first).to_be_visible()
    by.write(field, "toner colour:red")
    expect(page.locator(".search-problem")).to_be_visible()
    by.write(field, f"#{one.pk}")
    expect(found).to_have_count(1)
    by.write(field, "toner")
    expect(found).to_have_count(2)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=toner")
    by.press(page.get_by_role("link", name="Unassigned", exact=True).and_(page.locator(".search-chip")))
    page.wait_for_url("**is%3Aunassigned")
    chosen = page.locator(".search-chip[aria-current=true]")
    expect(chosen).to_contain_text("Unassigned")
    expect(found).to_have_count(2)
    by.press(chosen)
    page.wait_for_url("**q=toner")
    expect(chosen).to_have_count(0)
    by.press(page.get_by_role("link", name="Newest first"))
    expect(page.get_by_role("link", name="Newest first")).to_have_attribute("aria-current", "true")
    by.press(page.get_by_role("link", name="Save the view"))
    by.write(page.get_by_label("Name", exact=True), "Toner")
    by.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("heading", name="Toner")).to_be_visible()
    expect(page.locator(f"#request-{one.pk}")).to_be_visible()
    assert SavedView.objects.get().filters == {"q": "toner"}


def test_a_view_is_made_shared_changed_and_removed(walk: Walk, hands: Using) -> None:
    urgent, calm = walk.ask("Fire", "Tea")
    urgent.prioritise(Ticket.Priority.URGENT, by=walk.cast.ben)
    page = walk.page_of(walk.cast.ben, "/requests/")
    by = hands(page)
    by.press(page.locator("#places [data-key='g v']"))
    by.press(page.get_by_role("link", name="New view"))
    by.write(page.get_by_label("Name", exact=True), "Fires")
    by.choose(page.get_by_label("Shared with"), "All experts")
    by.choose(page.locator("#id_priority"), "Urgent")
    by.choose(page.get_by_label("Order", exact=True), "Age")
    by.tick(page.get_by_role("checkbox", name="Age"))
    by.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("heading", name="Fires")).to_be_visible()
    expect(page.locator(".line-subject")).to_have_text(["Fire"])
    expect(page.locator("#places")).to_contain_text(re.compile(r"Fires\s*1"))
    others = walk.page_of(walk.cast.dov, "/requests/")
    expect(others.locator("#places")).to_contain_text("Fires")
    by.press(page.get_by_role("link", name="Edit the view"))
    by.choose(page.locator("#id_priority"), "Normal")
    by.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator(".line-subject")).to_have_text([calm.subject])
    by.press(page.get_by_role("link", name="Edit the view"))
    by.press(page.get_by_role("button", name="Remove", exact=True))
    expect(page.get_by_text("The view “Fires” has been removed.")).to_be_visible()
    others.reload()
    expect(others.locator("#places")).not_to_contain_text("Fires")


def test_many_are_changed_in_every_way_and_taken_back(walk: Walk, hands: Using) -> None:
    one, two = walk.ask("Mouse", "Screen")
    page = walk.page_of(walk.cast.ben, "/requests/")
    by = hands(page)
    dialog, toast = page.get_by_role("dialog"), page.locator("#toast")

    def both_with(key: str) -> None:
        for ticket in (one, two):
            by.tick(page.get_by_label(f"Select #{ticket.pk}"))
        expect(page.locator("#how-many")).to_have_text("2 selected")
        by.press(page.locator(f"#chosen [data-bulk={key}]"))

    both_with("s")
    by.choose(dialog.get_by_label("Status"), "Waiting")
    by.press(dialog.get_by_role("button", name="Save"))
    expect(page.locator(f"#request-{one.pk}")).to_contain_text("Waiting")
    by.press(toast.get_by_role("button", name="Undo"))
    expect(page.locator(f"#request-{one.pk}")).to_contain_text("To do")
    both_with("c")
    by.choose(dialog.get_by_label("Category"), "Software")
    by.press(dialog.get_by_role("button", name="Save"))
    expect(page.locator(f"#request-{two.pk}")).to_contain_text("Software")
    both_with("m")
    by.press(dialog.get_by_role("button", name="Merge"))
    expect(toast).to_contain_text("1 request merged.")
    expect(page.locator(".line")).to_have_count(1)
    by.press(toast.get_by_role("button", name="Undo"))
    expect(page.locator(".line")).to_have_count(2)
    both_with("z")
    by.press(dialog.get_by_role("button", name="Snooze"))
    expect(page.locator(".line")).to_have_count(0)
    by.press(toast.get_by_role("button", name="Undo"))
    expect(page.locator(".line")).to_have_count(2)
    both_with("t")
    by.choose(dialog.get_by_label("Team"), "Facilities")
    by.press(dialog.get_by_role("button", name="Move"))
    expect(page.locator(".line")).to_have_count(0)
    assert {ticket.team for ticket in Ticket.objects.select_related("team")} == {walk.cast.facilities}


def test_beside_the_list_one_request_after_the_other_is_answered(walk: Walk, hands: Using) -> None:
    one, two = walk.ask("Mouse", "Screen")
    Habit.objects.create(person=walk.cast.ben, layout=Habit.Layout.LIST)
    page = walk.page_of(walk.cast.ben, "/requests/")
    by = hands(page)
    by.press(page.get_by_role("button", name="Split"))
    by.press(page.locator(f"#request-{one.pk} .line-subject"))
    expect(page.locator("#pane .top")).to_contain_text("Mouse")
    # The editor comes when somebody begins.
    by.press(page.locator("#pane label[data-key=r]"))
    expect(page.locator("#pane .editor")).to_be_focused()
    page.keyboard.type("Which one?")
    # Whoever turns to the next request keeps what was begun, and is seen there.
    by.press(page.locator(f"#request-{two.pk} .line-subject"))
    expect(page.locator("#pane .top")).to_contain_text("Screen")
    by.press(page.locator(f"#request-{one.pk} .line-subject"))
    expect(page.locator("#pane .editor")).to_have_text("Which one?")
    other = walk.page_of(walk.cast.dov, f"/requests/{one.pk}")
    expect(other.locator("#presence")).to_contain_text("Ben Jansen is reading")
    by.press(page.locator("#pane").get_by_role("button", name="Send", exact=True))
    expect(page.locator("#pane #held")).to_contain_text("Which one?")
    by.press(page.locator(f"#request-{two.pk} .line-subject"))
    expect(page.locator("#pane .top")).to_contain_text("Screen")
    expect(page.locator(f"#request-{two.pk}")).to_have_attribute("aria-current", "true")
    by.press(page.locator("#pane #resolve"))
    expect(page.locator("#pane #change-status")).to_contain_text("Resolved")
    page.reload()
    expect(page.locator("#pane .top")).to_contain_text("Screen")


def test_an_answer_with_everything_in_it_is_sent_and_the_next_request_opened(
    walk: Walk, hands: Using, tmp_path: Path
) -> None:
    below, ticket = walk.ask("Mouse", "Screen")
    page = walk.page_of(walk.cast.ben, "/requests/")
    by = hands(page)
    by.press(page.locator(f"#request-{ticket.pk} .line-subject"))
    by.press(page.locator("label[data-key=r]"))
    editor = page.locator(".editor")
    expect(editor).to_be_focused()
    plan = tmp_path / "plan.txt"
    plan.write_text("The third floor.")
    with page.expect_file_chooser() as chooser:
        by.press(page.locator("#composer input[type=file]"))
    chooser.value.set_files(plan)
    expect(page.locator("#composer .files")).to_contain_text("plan.txt")
    by.press(page.locator("label[data-key=r]"))
    expect(editor).to_be_focused()
    by.press(page.get_by_role("button", name="Bold"))
    page.keyboard.type("Today")
    by.press(page.get_by_role("button", name="Bold"))
    page.keyboard.type(" see ")
    by.press(page.get_by_role("button", name="Link"))
    page.keyboard.type("help.example/screens")
    page.keyboard.press("Enter")
    page.keyboard.type(" or ask @do")
    dov = page.get_by_role("option", name="Dov Katz")
    expect(dov).to_be_visible()
    if isinstance(by, Mouse):
        by.press(dov)
    else:
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    by.press(page.get_by_role("button", name="List", exact=True))
    page.keyboard.type("a cable")
    expect(page.locator("#draft-state")).to_contain_text("Draft kept at")
    by.press(page.locator(".more-sends summary"))
    by.press(page.get_by_role("button", name="Send and open the next"))
    expect(page.locator("#top")).to_contain_text(below.subject)
    # On its way, it is taken back from there.
    by.press(page.locator(".leaving-elsewhere").get_by_role("button", name="Undo"))
    expect(page.locator("#top")).to_contain_text(ticket.subject)
    expect(page.locator("#composer .files")).to_contain_text("plan.txt")
    for part, words in (("strong", "Today"), ("a", "help.example/screens"), ("bdi", "@Dov Katz"), ("li", "a cable")):
        expect(editor.locator(part)).to_contain_text(words)
    by.press(page.get_by_role("button", name="Send and resolve"))
    expect(page.locator("#held")).to_contain_text("Then the request is resolved.")
    held = Draft.objects.leaving().get()
    assert (held.then, [file["name"] for file in held.files]) == ("resolve", ["plan.txt"])
    assert 'href="https://help.example/screens"' in held.html


def test_a_long_conversation_is_walked_and_printed(walk: Walk, hands: Using) -> None:
    (ticket,) = walk.ask("Mouse")
    for number in range(60):
        ticket.hear(by=walk.cast.ada, words=Words.from_text(f"Word {number:03d}."), channel="email")
        if number == 40:
            ticket.see(by=walk.cast.ben)
    page = walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}#latest")
    by = hands(page)
    # One begins where one had stopped.
    expect(page.locator("#unread")).to_be_in_viewport()
    by.press(page.get_by_role("link", name="Newest message"))
    expect(page.get_by_text("Word 059.")).to_be_in_viewport()
    by.press(page.get_by_role("link", name="First new message"))
    expect(page.locator("#unread")).to_be_in_viewport()
    by.press(page.get_by_role("link", name="Earlier messages"))
    expect(page.get_by_text("Word 000.")).to_have_count(1)
    with page.context.expect_page() as printed:
        by.press(page.get_by_role("link", name="Print"))
    expect(printed.value.get_by_text("Word 000.")).to_be_visible()


def test_a_card_goes_through_the_columns(walk: Walk, hands: Using) -> None:
    (ticket,) = walk.ask("Mouse")
    Habit.objects.create(person=walk.cast.ben, layout=Habit.Layout.BOARD)
    page = walk.page_of(walk.cast.ben, "/requests/")
    by = hands(page)
    card = page.locator(f"#request-{ticket.pk}")
    for group in (Group.IN_PROGRESS, Group.WAITING, Group.RESOLVED):
        column = page.locator(f'.column-of[data-status="{Status.preset(group).pk}"]')
        by.carry(card, column, steps=1)
        expect(column.locator(".card")).to_have_count(1)
    by.press(page.locator("#toast").get_by_role("button", name="Undo"))
    expect(page.locator(f'.column-of[data-status="{Status.preset(Group.WAITING).pk}"] .card')).to_have_count(1)


def test_a_project_from_its_beginning_to_the_archive(walk: Walk, hands: Using) -> None:
    one, two = walk.ask("New desks", "New screens")
    page = walk.page_of(walk.cast.ben, "/requests/")
    by = hands(page)
    by.press(page.locator("#places [data-key='g p']"))
    by.press(page.get_by_role("link", name="New project"))
    by.write(page.get_by_label("Name", exact=True), "Third floor")
    by.press(page.get_by_role("button", name="Make the project"))
    expect(page.get_by_role("heading", name="Third floor")).to_be_visible()
    for ticket in (one, two):
        by.write(page.get_by_label("Number of the request"), str(ticket.pk))
        by.press(page.get_by_role("button", name="Add", exact=True))
        expect(page.locator(".project-requests")).to_contain_text(ticket.subject)
    by.press(page.get_by_role("link", name="New desks"))
    by.press(page.locator("#resolve"))
    expect(page.locator("#change-status")).to_contain_text("Resolved")
    by.press(page.get_by_role("link", name="Third floor"))
    expect(page.locator(".project-facts")).to_contain_text("1 of 2")
    by.press(page.locator(".project-requests li", has_text="New desks").get_by_role("button"))
    expect(page.locator(".project-requests li")).to_have_count(1)
    by.press(page.get_by_role("link", name="Change", exact=True))
    by.choose(page.get_by_label("Owner"), "Dov Katz")
    by.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator(".project-facts")).to_contain_text("Dov Katz")
    assert Project.objects.get().owner == walk.cast.dov


def test_a_request_changes_in_place(walk: Walk, hands: Using) -> None:
    (ticket,) = walk.ask("Mouse")
    page = walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}")
    by = hands(page)
    by.press(page.locator("#take"))
    expect(page.locator("#change-assignee")).to_contain_text("Ben Jansen")
    for fact, label, choice in (
        ("status", "Status", "Waiting"),
        ("category", "Category", "Software"),
        ("priority", "Priority", "High"),
        ("assignee", "Assignee", "Dov Katz"),
    ):
        by.press(page.locator(f"#change-{fact}"))
        by.choose(page.get_by_label(label, exact=True), choice)
        by.press(page.locator(".fact-form").get_by_role("button", name="Save"))
        expect(page.locator(f"#change-{fact}")).to_contain_text(choice)
        expect(page.locator(f"#change-{fact}")).to_be_focused()
    by.press(page.locator("#change-subject"))
    by.write(page.locator("#verb").get_by_label("Subject"), "A new mouse")
    by.press(page.locator("#verb").get_by_role("button", name="Save"))
    expect(page.locator("#top")).to_contain_text("A new mouse")
    by.press(page.locator("#change-followers"))
    by.write(page.locator("#verb input:not([type=hidden])").first, "cleo@balie.example")
    by.press(page.locator("#verb").get_by_role("button", name="Add"))
    by.press(page.get_by_role("button", name="Remove Cleo Meijer"))
    expect(page.get_by_role("button", name="Remove Cleo Meijer")).to_have_count(0)
    by.press(page.locator("#tab-requester"))
    expect(page.locator("#panel")).to_contain_text("Ada Vermeer")


def test_requests_are_linked_put_to_sleep_woken_and_merged(walk: Walk, hands: Using) -> None:
    one, two = walk.ask("Mouse", "Mouse again")
    page = walk.page_of(walk.cast.ben, f"/requests/{two.pk}")
    by = hands(page)
    verb = page.locator("#verb")
    by.press(page.locator("#change-links"))
    by.write(verb.get_by_label("Number of the other request"), str(one.pk))
    by.press(verb.get_by_role("button", name="Link"))
    expect(page.locator("#panel .people")).to_contain_text(f"#{one.pk} Mouse")
    by.press(page.get_by_role("button", name=f"Remove the link with #{one.pk}"))
    expect(page.locator("#panel .people")).to_have_count(0)
    by.press(page.locator("#change-snooze"))
    by.press(page.get_by_role("button", name="Tomorrow morning"))
    expect(page.locator("#panel")).to_contain_text("Asleep until")
    by.press(page.locator("#wake"))
    expect(page.locator("#panel")).not_to_contain_text("Asleep until")
    by.press(page.locator("#change-merge"))
    by.write(verb.get_by_label("Number of the other request"), str(two.pk))
    by.press(verb.get_by_role("button", name="Merge"))
    expect(verb.locator(".error").first).to_be_visible()
    by.write(verb.get_by_label("Number of the other request"), str(one.pk))
    by.press(verb.get_by_role("button", name="Merge"))
    page.wait_for_url(f"**/requests/{one.pk}*")
    expect(page.locator("#panel")).to_contain_text(f"#{two.pk}")


def test_tasks_are_given_done_moved_and_found_again(walk: Walk, hands: Using) -> None:
    (ticket,) = walk.ask("Mouse")
    page = walk.page_of(walk.cast.ben, f"/requests/{ticket.pk}")
    by = hands(page)
    by.press(page.locator("#tab-tasks"))
    for title, who in (("Order it", "Ben Jansen"), ("Bring it", "Ben Jansen")):
        by.write(page.get_by_label("What is to be done"), title)
        by.choose(page.get_by_label("Assignee"), who)
        by.press(page.get_by_role("button", name="Add the task"))
        expect(page.locator(".task-title").last).to_have_text(title)
    by.press(page.get_by_role("button", name="Move up: Bring it"))
    expect(page.locator(".task-title").first).to_have_text("Bring it")
    by.press(page.get_by_role("link", name="Order it"))
    by.write(page.locator(".task-body").get_by_label("What is to be done"), "Order two")
    by.press(page.locator(".task-body").get_by_role("button", name="Save"))
    expect(page.locator(".task-title").last).to_have_text("Order two")
    by.press(page.get_by_role("button", name="Done: Bring it"))
    expect(page.locator("#tab-tasks")).to_contain_text("1/2")
    by.press(page.locator("[data-key='g t']").first)
    expect(page.locator("#my-tasks")).to_contain_text("Order two")
    by.press(page.get_by_role("button", name="Done: Order two"))
    expect(page.get_by_role("heading", name="Nothing to do")).to_be_visible()
