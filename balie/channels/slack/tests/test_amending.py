"""What was written may be changed, taken back and split off: each post by itself, whichever message of a request it is in."""

from __future__ import annotations

import json
from typing import Any

from balie.channels.models import Arrival, Thread
from balie.channels.slack.models import Question
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.test_asking import linked, marks
from balie.channels.slack.tests.test_files import PNG, named, shared
from balie.platform import clock
from balie.tickets.models import Event, Ticket


def choose(desk: Desk, anchor: str) -> Ticket:
    """The team of what is asked in this thread."""
    thread = Thread.objects.get(anchor=anchor)
    desk.press("place/menu", f"{desk.cast.it.pk}.0", user="UADA", place="DADA", ts=thread.card)
    desk.work()
    thread.refresh_from_db()
    assert thread.ticket is not None
    return thread.ticket


def edit(desk: Desk, said: dict[str, Any], text: str, *, at: str, user: str = "") -> None:
    edited = {**said, "text": text, "edited": {"user": user or said["user"], "ts": at}}
    if user:
        edited["user"] = user
    desk.event(
        {
            "type": "message", "subtype": "message_changed", "channel": said["channel"], "message": edited,
            "previous_message": said, "ts": at,
        }
    )  # fmt: skip
    desk.work()


def delete(desk: Desk, said: dict[str, Any]) -> None:
    desk.event(
        {
            "type": "message", "subtype": "message_deleted", "channel": said["channel"], "deleted_ts": said["ts"],
            "previous_message": said,
        }
    )  # fmt: skip
    desk.work()


def test_two_messages_before_a_team_is_chosen_are_one_request_each_changed_by_itself(desk: Desk) -> None:
    first = desk.says("ada", "My laptop is broken")
    second = desk.says("ada", "It is a Dell")
    ticket = choose(desk, first["ts"])
    message = ticket.messages.get()
    assert message.text == "My laptop is broken\n\nIt is a Dell"
    edit(desk, second, "It is a Lenovo", at="1800000001.0")
    message.refresh_from_db()
    assert message.text == "My laptop is broken\n\nIt is a Lenovo"
    delete(desk, first)
    message.refresh_from_db()
    assert message.text == "It is a Lenovo"
    delete(desk, second)
    message.refresh_from_db()
    assert message.text == ""
    assert list(ticket.events.filter(kind=Event.Kind.RETRACTED).values_list("message", flat=True)) == [message.pk]


def test_what_was_added_before_a_team_was_chosen_can_be_split_off(desk: Desk) -> None:
    first = desk.says("ada", "My laptop is broken")
    second = desk.says("ada", "And I need a chair")
    offered = desk.slack.asked("chat.postMessage")[-1]
    assert (offered["thread_ts"], offered["text"]) == (second["ts"], "Toegevoegd aan wat je net vroeg.")
    for _twice in range(2):
        desk.press("split", second["ts"], user="UADA", place="DADA", ts="9.9")
        desk.work()
    assert Question.objects.count() == 2
    assert [choose(desk, one["ts"]).messages.get().text for one in (first, second)] == [
        "My laptop is broken", "And I need a chair",
    ]  # fmt: skip


def test_what_was_added_is_split_off_with_its_own_files_after_a_team_was_chosen(desk: Desk) -> None:
    first = desk.says("ada", "Broken", subtype="file_share", files=[shared(desk, "laptop.png", PNG)])
    second = desk.says("ada", "A chair", subtype="file_share", files=[shared(desk, "chair.png", PNG)])
    former = choose(desk, first["ts"])
    assert set(named(former)) == {"laptop.png", "chair.png"}
    desk.press("split", second["ts"], user="UADA", place="DADA", ts="9.9")
    desk.work()
    made = Ticket.objects.latest("pk")
    assert (former.messages.get().text, made.messages.get().text) == ("Broken", "A chair")
    assert (set(named(former)), set(named(made))) == ({"laptop.png"}, {"chair.png"})
    edit(desk, second, "A green chair", at="1800000001.0")
    assert (former.messages.get().text, made.messages.get().text) == ("Broken", "A green chair")


def test_what_somebody_else_wrote_changes_nothing_of_a_request_that_was_made_of_it(desk: Desk) -> None:
    root = desk.slack.said_by_people("C1", "The printer burns", user="UCLEO")
    about = json.loads(marks(desk, root)["private_metadata"])
    desk.submit("ask", about, user="UADA", place=str(desk.cast.it.pk), text="Cleo says that the printer burns")
    desk.work()
    edit(desk, root, "It was nothing", at="1800000001.0")
    delete(desk, root)
    assert Ticket.objects.get().messages.get().text == "Cleo says that the printer burns"


def test_an_edit_that_comes_first_waits_for_its_message(desk: Desk) -> None:
    linked(desk)
    now = int(clock.now().timestamp())
    said = desk.slack.said_by_people("C1", "The printer burns", user="UADA") | {"ts": f"{now}.000100"}
    edit(desk, said, "The printer smokes", at=f"{now + 1}.000100")
    assert Arrival.objects.get().state == "retrying"
    desk.event(said)
    desk.work()
    desk.clock.shift(15)
    desk.work()
    assert Ticket.objects.get().messages.get().text == "The printer smokes"


def test_edits_of_what_is_no_request_are_done_with_at_once(desk: Desk) -> None:
    linked(desk, "emoji")
    now = int(clock.now().timestamp())
    for number in range(30):
        said = desk.slack.said_by_people("C1", f"Lunch {number}?", user="UADA") | {"ts": f"{now}.{number:06}"}
        edit(desk, said, "Dinner?", at="1800000001.0")
    assert set(Arrival.objects.values_list("state", "outcome")) == {("ignored", "unknown")}
