"""A conversation in Slack from the first word to the last, as both sides see it."""

from __future__ import annotations

import pytest

from balie.channels.models import Arrival, Delivery, Thread
from balie.channels.slack.tests.conftest import Desk
from balie.tickets.models import Event, Message, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words

LANGUAGES = {
    "nl": ("Mijn laptop doet het niet", "Voor welk team is dit?", "Aanvraag #", "bedankt!", "Hij is weer stuk"),
    "en": ("My laptop is broken", "Which team is this for?", "Request #", "thanks!", "It is broken again"),
    "de": ("Mein Laptop ist kaputt", "Für welches Team ist das?", "Anfrage #", "danke!", "Er ist wieder kaputt"),
}


def ask(desk: Desk, text: str, *, who: str = "ada", team: str = "") -> tuple[Ticket, str]:
    """In a direct message, and the team chosen by a button; gives the request and the ts of its thread."""
    event = desk.says(who, text)
    thread = Thread.objects.get(anchor=event["ts"])
    desk.press("place/menu", team or f"{desk.cast.it.pk}.0", user=event["user"], place=thread.place, ts=thread.card)
    desk.work()
    thread.refresh_from_db()
    assert thread.ticket is not None
    return thread.ticket, event["ts"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_direct_message_to_resolution_and_reopening(desk: Desk, language: str) -> None:
    question, which, number, thanks, again = LANGUAGES[language]
    desk.cast.ada.language = language
    desk.cast.ada.save()
    event = desk.says("ada", question)
    card = desk.slack.posted()[-1]
    assert card["text"] == which
    assert card["thread_ts"] == event["ts"]

    desk.press("place/menu", str(desk.cast.it.pk), user="UADA", place="DADA", ts=card["ts"])
    desk.work()
    assert not Ticket.objects.exists(), "its category is asked for first"
    desk.press("place/0", f"{desk.cast.it.pk}.{desk.cast.hardware.pk}", user="UADA", place="DADA", ts=card["ts"])
    desk.work()
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.team, ticket.category) == (desk.cast.ada, desk.cast.it, desk.cast.hardware)
    assert ticket.messages.get().text == question
    assert len(desk.slack.posted()) == 1, "the card becomes the request's"
    assert desk.slack.posted()[0]["text"].startswith(number)

    ticket.reply(by=desk.cast.ben, words=Words.from_html("<p>Try <b>this</b></p>"))
    desk.work()
    answer = desk.slack.posted()[-1]
    assert (answer["username"], answer["icon_url"]) == ("Ben Jansen", "https://p.example/UBEN.png")
    assert answer["thread_ts"] == event["ts"]
    assert "Try *this*" in answer["text"]
    assert not Delivery.objects.filter(kind="email", recipient=desk.cast.ada).exists()

    ticket.note(by=desk.cast.ben, words=Words.from_text("only for us"))
    ticket.resolve(by=desk.cast.ben)
    desk.work()
    assert not any("only for us" in str(post) for post in desk.slack.posted())
    desk.says("ada", thanks, thread_ts=event["ts"])
    ticket.refresh_from_db()
    assert ticket.group == Group.RESOLVED
    desk.says("ada", again, thread_ts=event["ts"])
    ticket.refresh_from_db()
    assert ticket.group == Group.IN_PROGRESS
    assert ticket.messages.count() == 5
    assert not Delivery.objects.filter(state="refused").exists()


def test_an_expert_answers_from_a_channel_and_others_take_part(desk: Desk) -> None:
    from balie.channels.slack.models import Link

    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="every")
    event = desk.says("ada", "The printer is on fire", place="C1")
    ticket = Ticket.objects.get()
    assert ticket.team == desk.cast.it
    desk.says("ben", "On my way", place="C1", thread_ts=event["ts"])
    desk.says("cleo", "Mine too", place="C1", thread_ts=event["ts"])
    ticket.refresh_from_db()
    assert ticket.first_response_at is not None
    assert [(one.direction, one.channel) for one in ticket.messages.all()] == [
        ("in", "slack"),
        ("out", "slack"),
        ("in", "slack"),
    ]
    assert ticket.has_participant(desk.cast.cleo)
    assert len(desk.slack.posted()) == 1, "what was said in the thread is not said again"
    ticket.reply(by=desk.cast.ben, words=Words.from_text("Done"))
    desk.work()
    assert [post["text"] for post in desk.slack.posted()[1:]] == ["Done"]
    assert not Delivery.objects.filter(kind="email", purpose="reply").exists()


def test_the_same_event_twice_and_our_own_echo_have_one_effect(desk: Desk) -> None:
    event = desk.slack.said_by_people("DADA", "My laptop", user="UADA")
    for _time in range(3):
        desk.event(event, event_id="EvSame")
    desk.event(event, event_id="EvOther")
    desk.work()
    assert Thread.objects.count() == 1
    for post in desk.slack.posted():
        desk.event({**post, "type": "message", "channel": "DADA", "channel_type": "im"})
    desk.event(
        {"type": "message", "subtype": "bot_message", "bot_id": "B9", "text": "hi", "channel": "DADA", "ts": "5.5"}
    )
    desk.work()
    assert Thread.objects.count() == 1
    assert Arrival.objects.count() == 2


def test_a_second_message_joins_the_first_and_can_be_split_off(desk: Desk) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    second = desk.says("ada", "And I need a chair")
    assert ticket.messages.count() == 2
    asked = desk.slack.asked("chat.postMessage")[-1]
    assert "split" in str(asked["blocks"])
    desk.press("split", second["ts"], user="UADA", place="DADA", ts="9.9")
    desk.work()
    assert Ticket.objects.count() == 2
    assert Ticket.objects.order_by("-pk")[0].messages.get().text == "And I need a chair"
    assert ticket.messages.order_by("-pk")[0].text == ""


def test_an_edit_and_a_deletion_are_shown_with_the_former_words(desk: Desk) -> None:
    ticket, ts = ask(desk, "My laptop is broken")
    said = desk.says("ada", "Room 5", thread_ts=ts)
    message = ticket.messages.latest("pk")

    def changed(text: str, at: str) -> None:
        edited = {**said, "text": text, "edited": {"user": "UADA", "ts": at}}
        desk.event(
            {
                "type": "message", "subtype": "message_changed", "channel": "DADA", "channel_type": "im",
                "message": edited, "previous_message": said, "ts": at,
            }
        )  # fmt: skip
        desk.work()

    changed("Room 7", "1800000002.0")
    changed("Room 6", "1800000001.0")
    message.refresh_from_db()
    assert message.text == "Room 7", "the later edit counts, whichever comes first"
    assert message.former_words.get().text == "Room 5"
    preview = {**said, "text": "Room 7", "attachments": [{"title": "x"}]}
    desk.event(
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": "DADA",
            "message": preview,
            "previous_message": preview,
        }
    )
    desk.event(
        {
            "type": "message",
            "subtype": "message_deleted",
            "channel": "DADA",
            "deleted_ts": said["ts"],
            "previous_message": said,
        }
    )
    desk.work()
    message.refresh_from_db()
    assert message.text == ""
    assert [one.text for one in message.former_words.all()] == ["Room 5", "Room 7"]
    kinds = list(ticket.events.values_list("kind", flat=True))
    assert kinds.count(Event.Kind.EDITED) == 1
    assert kinds.count(Event.Kind.RETRACTED) == 1


def test_a_form_makes_a_request_in_a_talk_with_whoever_asks(desk: Desk) -> None:
    desk.command("New keyboard", user="UADA")
    desk.work()
    view = desk.slack.asked("views.open")[0]["view"]
    assert "New keyboard" in str(view)
    refused = desk.submit("ask", {"language": "nl"}, user="UADA", place=str(desk.cast.it.pk), text=" ")
    assert refused.json()["errors"] == {"text": "Vul dit in."}
    desk.submit("ask", {"language": "nl"}, user="UADA", place=str(desk.cast.it.pk), text="A keyboard", subject="Keys")
    desk.work()
    ticket = Ticket.objects.get()
    assert ticket.subject == "Keys"
    thread = Thread.objects.get()
    assert (thread.place, thread.anchor) == ("DADA", desk.slack.posted()[0]["ts"])
    ticket.reply(by=desk.cast.ben, words=Words.from_text("Ordered"))
    desk.work()
    assert desk.slack.posted()[-1]["thread_ts"] == thread.anchor


def test_a_private_teams_request_leaves_the_channel(desk: Desk) -> None:
    from balie.channels.slack.models import Link

    link = Link.make(desk.workspace, place="C1", name="ask-people", team=desk.cast.facilities, mode="every")
    Link.objects.filter(pk=link.pk).update(team=desk.cast.people)
    desk.says("ada", "My salary is wrong", place="C1")
    ticket = Ticket.objects.get()
    assert Thread.objects.get().place == "DADA"
    assert desk.slack.asked("chat.postEphemeral")[0]["channel"] == "C1"
    ticket.reply(by=desk.cast.hanna, words=Words.from_text("It is put right"))
    desk.work()
    assert not [one for one in desk.slack.messages["C1"] if one["user"] == "UBALIE"]
    assert desk.slack.messages["DADA"][-1]["text"] == "It is put right"


def test_an_emoji_makes_a_request_and_a_check_mark_resolves_it(desk: Desk) -> None:
    from balie.channels.slack.models import Link

    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="emoji")
    event = desk.says("ada", "The VPN is down", place="C1")
    assert not Ticket.objects.exists()
    item = {"type": "message", "channel": "C1", "ts": event["ts"]}
    for user in ("UCLEO", "UBEN"):
        desk.event({"type": "reaction_added", "user": user, "reaction": "ticket", "item": item, "item_user": "UADA"})
        desk.work()
    ticket = Ticket.objects.get()
    assert ticket.requester == desk.cast.ada
    for user, group in (("UADA", Group.TODO), ("UBEN", Group.RESOLVED)):
        desk.event({"type": "reaction_added", "user": user, "reaction": "white_check_mark", "item": item})
        desk.work()
        ticket.refresh_from_db()
        assert ticket.group == group


def test_buttons_are_for_those_whom_they_concern(desk: Desk) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    number = str(ticket.pk)
    for user in ("UDOV", "UCLEO"):
        desk.press("close", number, user=user, place="C9")
        desk.press("desk", number, user=user, place="C9")
    desk.work()
    ticket.refresh_from_db()
    assert ticket.is_open
    assert not desk.slack.asked("views.open")
    desk.press("desk", number, user="UBEN", place="C9")
    desk.work()
    assert desk.slack.asked("views.open")
    desk.submit("desk", {"number": number}, user="UBEN", status="", note="looked at it", assign="mine")
    desk.submit("elsewhere", {"number": number}, user="UADA", place=str(desk.cast.facilities.pk))
    desk.work()
    ticket.refresh_from_db()
    assert ticket.assignee == desk.cast.ben
    assert ticket.team == desk.cast.it, "the team has begun"
    assert ticket.messages.filter(kind=Message.Kind.NOTE).get().text == "looked at it"
