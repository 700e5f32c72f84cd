"""Buttons, forms and marks, and the settings that they follow."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.test_asking import linked
from balie.channels.slack.tests.test_conversation import ask
from balie.tickets.models import Event, Ticket
from balie.tickets.models.status import Group, Status


def test_the_card_closes_adds_details_and_hands_over_for_whoever_asked(desk: Desk) -> None:
    ticket, ts = ask(desk, "My chair is broken")
    number = str(ticket.pk)
    card = desk.slack.posted()[0]
    assert {one["action_id"] for one in card["blocks"][1]["elements"]} >= {"details", "elsewhere", "close"}
    for name in ("details", "elsewhere"):
        desk.press(name, number, user="UADA", place="DADA")
    desk.work()
    details, elsewhere = (json.loads(one["view"]["private_metadata"]) for one in desk.slack.asked("views.open"))
    desk.submit("details", details, user="UADA", text="The left leg")
    desk.submit("elsewhere", elsewhere, user="UADA", place=str(desk.cast.facilities.pk))
    desk.work()
    ticket.refresh_from_db()
    assert ticket.team == desk.cast.facilities
    assert ticket.messages.latest("pk").text == "The left leg"
    assert "Facilities" in card["text"]
    desk.press("close", number, user="UADA", place="DADA")
    desk.work()
    ticket.refresh_from_db()
    assert ticket.group == Group.RESOLVED
    assert "close" not in str(card["blocks"])
    assert card["thread_ts"] == ts


def test_an_expert_sets_a_status_and_resolves_from_the_form(desk: Desk) -> None:
    linked(desk)
    desk.says("ada", "The VPN is down", place="C1")
    ticket = Ticket.objects.get()
    about = {"number": str(ticket.pk)}
    for key in (Group.WAITING, Group.RESOLVED):
        desk.submit("desk", about, user="UDOV", status=str(Status.preset(key).pk))
        desk.work()
        desk.submit("desk", about, user="UBEN", status=str(Status.preset(key).pk))
        desk.work()
        ticket.refresh_from_db()
        assert ticket.group == key
    changes = ticket.events.filter(kind__in=[Event.Kind.STATUS_CHANGED, Event.Kind.RESOLVED]).order_by("pk")
    assert [one.by for one in changes] == [desk.cast.ben, desk.cast.ben]


@pytest.mark.parametrize("is_on", [True, False])
def test_whether_a_check_mark_resolves_is_a_setting(desk: Desk, client: Client, is_on: bool) -> None:
    linked(desk)
    client.force_login(desk.cast.eva)
    wishes = {"emoji": ":sos:", "joins_within": "5", **({"check_mark_resolves": "on"} if is_on else {})}
    assert client.post(f"/settings/integrations/slack/{desk.workspace.pk}", wishes).status_code == 302
    event = desk.says("ada", "The VPN is down", place="C1")
    item = {"type": "message", "channel": "C1", "ts": event["ts"]}
    desk.event({"type": "reaction_added", "user": "UBEN", "reaction": "white_check_mark", "item": item})
    desk.work()
    assert Ticket.objects.get().is_open is not is_on
