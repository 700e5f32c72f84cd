"""The roads by which somebody asks, and who reads it then."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from balie.channels.models import Arrival, Thread
from balie.channels.slack import fetching
from balie.channels.slack.client import CannotReach
from balie.channels.slack.models import Link, Workspace
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.standin import BOT
from balie.channels.slack.tests.test_conversation import ask
from balie.tickets.models import Ticket


def linked(desk: Desk, mode: str = "every", *, place: str = "C1") -> Link:
    return Link.make(desk.workspace, place=place, name="it-help", team=desk.cast.it, mode=mode)


def marks(desk: Desk, message: dict[str, Any]) -> Any:
    """Ada uses the shortcut on the message; gives the form that opens."""
    desk.interaction(
        {
            "type": "message_action", "callback_id": "create_request", "user": {"id": "UADA"}, "channel": {"id": "C1"},
            "message": message,
        }
    )  # fmt: skip
    desk.work()
    return desk.slack.asked("views.open")[-1]["view"]


def whispered(desk: Desk) -> list[str]:
    return [str(one["text"]) for one in desk.slack.asked("chat.postEphemeral")]


def test_in_a_channel_of_mentions_only_a_mention_asks_and_asks_once(desk: Desk) -> None:
    linked(desk, "mention")
    desk.says("ada", "Who has the key?", place="C1")
    assert not Ticket.objects.exists()
    said = desk.slack.said_by_people("C1", f"<@{BOT}> the printer burns", user="UADA")
    # Slack tells of it twice: as a message of the channel, and as a mention.
    for kind in ("message", "app_mention", "message"):
        desk.event({**said, "type": kind})
        desk.work()
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.subject, ticket.team) == (desk.cast.ada, "the printer burns", desk.cast.it)
    assert [post["thread_ts"] for post in desk.slack.posted()] == [said["ts"]]


def test_a_mention_in_a_thread_makes_a_request_of_it(desk: Desk) -> None:
    linked(desk, "mention")
    root = desk.says("cleo", "Lunch?", place="C1")
    said = desk.slack.said_by_people("C1", f"<@{BOT}> no gas", user="UADA", thread_ts=root["ts"])
    desk.event({**said, "type": "app_mention"})
    desk.work()
    assert Thread.objects.get().anchor == root["ts"]
    assert Ticket.objects.get().requester == desk.cast.ada


def test_whoever_calls_us_in_a_channel_of_nobody_is_told_so_in_their_language(desk: Desk) -> None:
    said = desk.slack.said_by_people("C9", f"<@{BOT}> help", user="UADA")
    desk.event({**said, "type": "app_mention"})
    desk.work()
    assert whispered(desk) == [
        "Dit kanaal hoort bij geen team. Stuur mij een direct bericht, dan zoek ik wie kan helpen."
    ]


def test_a_shortcut_from_everywhere_asks(desk: Desk) -> None:
    desk.interaction({"type": "shortcut", "callback_id": "ask", "user": {"id": "UADA"}})
    desk.work()
    view = desk.slack.asked("views.open")[0]["view"]
    desk.submit("ask", json.loads(view["private_metadata"]), user="UADA", place=str(desk.cast.it.pk), text="A keyboard")
    desk.work()
    assert Ticket.objects.get().requester == desk.cast.ada
    assert Thread.objects.get().place == "DADA"


def test_whoever_waits_for_a_form_in_vain_is_told(desk: Desk) -> None:
    desk.slack.always["views.open"] = "expired_trigger_id"
    desk.command("New keyboard", user="UADA")
    desk.work()
    [told] = desk.slack.posted()
    assert (told["channel"], told["text"]) == ("DADA", "Dat duurde te lang voor Slack. Probeer het opnieuw.")


def test_a_message_that_is_taken_over_keeps_its_form_and_all_its_words(desk: Desk) -> None:
    words = "word " * 900
    elements = [
        {"type": "text", "text": "Broken", "style": {"bold": True}}, {"type": "text", "text": f": {words}"},
    ]  # fmt: skip
    root = desk.slack.said_by_people("C1", "Broken", user="UCLEO")
    root["blocks"] = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}]
    view = marks(desk, root)
    shown = next(block["element"]["initial_value"] for block in view["blocks"] if block["block_id"] == "text")
    assert len(shown) == 3000
    desk.submit("ask", json.loads(view["private_metadata"]), user="UADA", place=str(desk.cast.it.pk), text=shown)
    desk.work()
    message = Ticket.objects.get().messages.get()
    assert message.html.startswith("<p><b>Broken</b>: word")
    assert message.text.count("word") == 900


def test_whoever_asks_a_private_team_about_their_message_in_public_is_advised_to_delete_it(desk: Desk) -> None:
    root = desk.slack.said_by_people("C1", "My salary is wrong", user="UADA")
    about = json.loads(marks(desk, root)["private_metadata"])
    desk.submit("ask", about, user="UADA", place=str(desk.cast.people.pk), text="My salary is wrong")
    desk.work()
    ticket = Ticket.objects.get()
    assert Thread.objects.get().place == "DADA"
    assert [one["channel"] for one in desk.slack.asked("chat.postEphemeral")] == ["C1"]
    assert "Verwijder" in whispered(desk)[0]
    assert {one["channel"] for one in desk.slack.asked("chat.postMessage")} == {"UADA"}
    # An expert who answers where it was asked answers nobody in the talk yet: it is said there.
    desk.says("hanna", "Let us talk about it", place="C1", thread_ts=root["ts"])
    assert ticket.messages.latest("pk").direction == "out"
    assert desk.slack.posted()[-1]["channel"] == "DADA"
    assert desk.slack.posted()[-1]["text"] == "Let us talk about it"


def test_a_message_in_a_private_channel_reaches_the_team_and_whoever_asked_alone(desk: Desk, client: Client) -> None:
    linked(desk, place="G1")
    desk.says("ada", "Secret printer", place="G1", channel_type="group")
    desk.says("ada", "Not for a desk", place="G2", channel_type="group")
    ticket = Ticket.objects.get()
    seen = {}
    for name in ("ada", "ben", "cleo", "dov", "eva", "hanna"):
        person = getattr(desk.cast, name)
        client.force_login(person)
        lists = client.get("/requests/").content.decode() + client.get("/my/requests/").content.decode()
        seen[name] = (Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists(), "Secret printer" in lists)
    nobody, all_of_it = (False, False), (True, True)
    assert seen == {
        "ada": all_of_it,
        "ben": all_of_it,
        "eva": all_of_it,
        "cleo": nobody,
        "dov": nobody,
        "hanna": nobody,
    }
    assert {one["channel"] for one in desk.slack.asked("chat.postMessage")} == {"G1"}


def test_bots_ask_nothing_whatever_they_do(desk: Desk) -> None:
    linked(desk)
    robot = {"id": "UROBOT", "is_bot": True, "profile": {"real_name": "Robot"}}
    desk.event({"type": "team_join", "user": robot})
    desk.work()
    before = Arrival.objects.count()
    # Two bots answering each other: each message of the other one is nothing, so that neither goes on.
    for number in range(50):
        desk.event(
            {
                "type": "message", "channel": "C1", "channel_type": "channel", "user": "UROBOT", "bot_id": "B9",
                "text": f"You said: Request #{number}", "ts": f"5.{number}",
            }
        )  # fmt: skip
        desk.event({**desk.slack.said_by_people("C1", "Reminder: lunch", user="USLACKBOT")})
    assert Arrival.objects.count() == before
    said = desk.slack.said_by_people("C1", "Lunch?", user="UCLEO")
    item = {"type": "message", "channel": "C1", "ts": said["ts"]}
    desk.event({"type": "reaction_added", "user": "UROBOT", "reaction": "ticket", "item": item, "item_user": "UCLEO"})
    desk.work()
    assert not Ticket.objects.exists()
    assert not desk.slack.posted()


def test_an_emoji_that_came_while_slack_was_disconnected_is_not_lost(desk: Desk) -> None:
    linked(desk, "emoji")
    said = desk.slack.said_by_people("C1", "The VPN is down", user="UADA")
    desk.workspace.disconnect("token_revoked")
    about = {"place": "C1", "ts": said["ts"], "user": "UCLEO"}
    with pytest.raises(CannotReach):
        fetching.fetch_marked(desk.workspace.pk, **about)
    Workspace.objects.get().connect()
    fetching.fetch_marked(desk.workspace.pk, **about)
    desk.work()
    assert Ticket.objects.get().requester == desk.cast.ada


def test_what_one_person_alone_sees_is_in_their_language(desk: Desk) -> None:
    desk.cast.ada.language = "de"
    desk.cast.ada.save()
    ticket, _ts = ask(desk, "Mein Laptop ist kaputt")
    desk.says("ada", "Und ich brauche einen Stuhl")
    assert desk.slack.posted()[-1]["text"] == f"Zu deiner Anfrage #{ticket.pk} hinzugefügt."
