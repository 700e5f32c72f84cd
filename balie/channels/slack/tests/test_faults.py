"""What goes wrong between us and Slack: everything arrives, in order, once."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.mail import EmailMessage

from balie.channels import delivering, threads
from balie.channels.models import Delivery, Thread
from balie.channels.slack import connecting
from balie.channels.slack.models import Workspace
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.test_conversation import ask
from balie.platform import clock
from balie.tickets.models import Event, Message, Ticket
from balie.tickets.words import Words


def answers(desk: Desk) -> list[str]:
    return [post["text"] for post in desk.slack.posted() if post.get("username")]


@pytest.mark.parametrize("fault", ["500", "hang up", "swallow", "ratelimited", "internal_error"])
def test_an_answer_that_was_lost_is_said_once(desk: Desk, fault: str) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    desk.slack.faults["chat.postMessage"] = [fault, fault]
    for words in ("one", "two", "three"):
        ticket.reply(by=desk.cast.ben, words=Words.from_text(words))
    begun = clock.now()
    for _wait in range(8):
        desk.work()
        desk.clock.shift(timedelta(seconds=30))
    assert answers(desk) == ["one", "two", "three"]
    assert set(Delivery.objects.filter(kind="slack").values_list("state", flat=True)) == {"sent"}
    if fault == "ratelimited":
        assert clock.now() - begun >= timedelta(seconds=7)


def test_a_first_card_that_was_lost_is_found_again(desk: Desk) -> None:
    desk.slack.faults["chat.postMessage"] = ["swallow"]
    ask_form = {"place": str(desk.cast.it.pk), "text": "A keyboard"}
    desk.submit("ask", {}, user="UADA", **ask_form)
    for _wait in range(4):
        desk.work()
        desk.clock.shift(timedelta(seconds=30))
    assert len(desk.slack.posted()) == 1


def begun(desk: Desk, number: int, *, place: str) -> Ticket:
    """A request that was asked in a thread of this channel."""
    ticket = Ticket.open(
        team=desk.cast.it, requester=desk.cast.ada, subject=str(number), words=Words.from_text("Help"), channel="slack"
    )
    Thread.objects.create(channel=desk.workspace, ticket=ticket, place=place, anchor=f"16000000{number:02}.000100")
    return ticket


def owe_answers(desk: Desk, tickets: list[Ticket], *, each: int) -> None:
    """As `ticket.reply` owes them, for many at once."""
    answers = [
        Message(
            ticket=ticket, author=desk.cast.ben, kind=Message.Kind.REPLY, direction=Message.Direction.OUT, channel="web",
            text=f"{ticket.pk}-{number:02}", html=f"<p>{ticket.pk}-{number:02}</p>", created_at=clock.now(),
        )
        for number in range(each)
        for ticket in tickets
    ]  # fmt: skip
    Message.objects.bulk_create(answers)
    said = Event.objects.bulk_create(
        Event(ticket=one.ticket, kind=Event.Kind.REPLIED, by=one.author, message=one, at=clock.now()) for one in answers
    )
    owed = [
        threads.delivery(event.ticket.threads.get(), purpose="reply", recipient=desk.cast.ada, event=event)
        for event in said
    ]
    Delivery.objects.bulk_create(owed)


def test_slack_is_down_for_an_hour_and_500_answers_arrive_in_order_and_once(desk: Desk) -> None:
    tickets = [begun(desk, number, place=f"C{number % 10}") for number in range(20)]
    owe_answers(desk, tickets, each=25)
    desk.slack.always["*"] = "500"
    for _time in range(4):
        while delivering.deliver_some(at_most=50):
            pass
        desk.clock.shift(timedelta(minutes=15))
    assert not answers(desk)
    desk.slack.always.clear()
    desk.slack.faults["chat.postMessage"] = ["swallow", "500", "hang up", "swallow"]
    desk.slack.limits["C0"] = 3
    for _wait in range(6):
        desk.work()
        desk.clock.shift(timedelta(minutes=2))
    assert sorted(answers(desk)) == sorted(f"{ticket.pk}-{number:02}" for ticket in tickets for number in range(25))
    for ticket in tickets:
        mine = [said for said in answers(desk) if said.startswith(f"{ticket.pk}-")]
        assert mine == sorted(mine)
    for place in range(10):
        times = [post["at"] for post in desk.slack.messages[f"C{place}"]]
        assert all(after - before >= timedelta(seconds=1) for before, after in pairwise(times)), "one a second in each"


def test_a_conversation_that_slack_limits_holds_up_no_other(desk: Desk) -> None:
    limited, other = (begun(desk, number, place=f"C{number}") for number in range(2))
    desk.slack.limits["C0"] = 1
    for number in range(3):
        for ticket in (limited, other):
            ticket.reply(by=desk.cast.ben, words=Words.from_text(f"{ticket.pk}-{number}"))
    for _second in range(5):
        delivering.deliver_some(at_most=50)
        desk.clock.shift(timedelta(seconds=1))
    assert answers(desk) == [f"{other.pk}-{number}" for number in range(3)], (
        "Slack asked for seven seconds in the first"
    )
    desk.work()
    assert [said for said in answers(desk) if said.startswith(str(limited.pk))] == [
        f"{limited.pk}-{n}" for n in range(3)
    ]


def test_one_busy_conversation_holds_up_no_other(desk: Desk) -> None:
    ada, _ts = ask(desk, "My laptop is broken")
    cleo, _ts = ask(desk, "My phone is broken", who="cleo")
    desk.slack.calls.clear()
    for number in range(4):
        ada.reply(by=desk.cast.ben, words=Words.from_text(f"ada {number}"))
    cleo.reply(by=desk.cast.ben, words=Words.from_text("cleo"))
    desk.clock.shift(timedelta(seconds=2))
    for _round in range(3):
        delivering.deliver_some(at_most=50)
    assert answers(desk) == ["ada 0", "cleo"], "one a second in each"
    desk.work()
    assert sorted(answers(desk)) == ["ada 0", "ada 1", "ada 2", "ada 3", "cleo"]
    assert [said for said in answers(desk) if said.startswith("ada")] == ["ada 0", "ada 1", "ada 2", "ada 3"]


def test_a_revoked_token_disconnects_and_connecting_again_sends_what_waited(
    desk: Desk, mailoutbox: list[EmailMessage]
) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    desk.slack.always["chat.postMessage"] = "token_revoked"
    ticket.reply(by=desk.cast.ben, words=Words.from_text("one"))
    ticket.reply(by=desk.cast.ben, words=Words.from_text("two"))
    desk.work()
    workspace = Workspace.objects.get()
    assert not workspace.is_connected
    assert [mail.to for mail in mailoutbox] == [["eva@balie.example"]]
    desk.clock.shift(timedelta(days=3))
    desk.work()
    assert not answers(desk)
    desk.slack.always.clear()
    connecting.connect(bot_token="xoxb-2", signing_secret="8f742231b10e8888abcd99yyyzzz85a5")
    desk.work()
    assert answers(desk) == ["one", "two"]
    assert len(mailoutbox) == 1


def test_an_answer_that_was_lost_before_slack_was_disconnected_is_not_said_again(desk: Desk) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    desk.slack.faults["chat.postMessage"] = ["swallow"]
    ticket.reply(by=desk.cast.ben, words=Words.from_text("one"))
    delivering.deliver_some()
    Workspace.objects.get().disconnect("token_revoked")
    desk.clock.shift(timedelta(minutes=5))
    desk.work()
    desk.clock.shift(timedelta(days=3))
    connecting.connect(bot_token="xoxb-2", signing_secret="8f742231b10e8888abcd99yyyzzz85a5")
    desk.work()
    assert answers(desk) == ["one"]
    assert Delivery.objects.get(purpose="reply").state == "sent"


def test_uninstalling_the_app_disconnects(desk: Desk) -> None:
    desk.event({"type": "app_uninstalled"})
    desk.work()
    assert Workspace.objects.get().trouble == "app_uninstalled"


def test_where_slack_refuses_for_good_the_answer_goes_by_mail(desk: Desk) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    desk.slack.always["chat.postMessage"] = "channel_not_found"
    ticket.reply(by=desk.cast.ben, words=Words.from_text("one"))
    desk.work()
    assert Delivery.objects.get(purpose="reply").kind == "email"
