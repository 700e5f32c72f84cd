"""Slack's doors: who is let in, and how they are answered."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client

from balie.channels.models import Arrival
from balie.channels.slack import door, sockets
from balie.channels.slack.models import Link, Workspace
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.standin import TEAM
from balie.config import metrics
from balie.config.tests.counting import numbers
from balie.platform.aside import aside
from balie.tickets.models import Ticket

HELLO = {"type": "message", "channel": "DADA", "channel_type": "im", "user": "UADA", "text": "Hello", "ts": "1.1"}


def body(team: str = TEAM, **more: Any) -> bytes:
    return json.dumps({"type": "event_callback", "team_id": team, "event_id": "Ev1", "event": HELLO, **more}).encode()


def test_a_genuine_event_is_kept_and_answered(desk: Desk) -> None:
    assert desk.knock("events", body(), "application/json").status_code == 200
    assert Arrival.objects.get().external_id == f"{TEAM}-Ev1"


def test_a_replay_is_one_arrival(desk: Desk) -> None:
    for _time in range(3):
        assert desk.knock("events", body(), "application/json").status_code == 200
    assert Arrival.objects.count() == 1


@pytest.mark.parametrize("late", [301, -301])
def test_what_is_stale_or_from_the_future_is_refused(desk: Desk, late: int) -> None:
    assert desk.knock("events", body(), "application/json", late=late).status_code == 401
    assert desk.knock("events", body(), "application/json", late=late // 2).status_code == 200


def test_a_wrong_secret_a_missing_signature_and_a_foreign_workspace_are_refused(desk: Desk) -> None:
    assert desk.knock("events", body(), "application/json", secret="wrong").status_code == 401
    assert desk.knock("events", body("T9"), "application/json").status_code == 401
    assert Client().post("/channels/slack/events", body(), content_type="application/json").status_code == 401
    assert desk.knock("events", b"[1]", "application/json").status_code == 400
    assert desk.knock("interactions", b"payload=%7B").status_code == 400
    assert not Arrival.objects.exists()


def test_the_challenge_is_answered_to_whoever_signs_it(desk: Desk) -> None:
    challenge = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    assert desk.knock("events", challenge, "application/json").content == b"3eZbrw1a"
    assert desk.knock("events", challenge, "application/json", secret="wrong").status_code == 401


def test_while_the_database_is_away_slack_is_asked_to_come_again(desk: Desk) -> None:
    with patch.object(Workspace, "known_as", side_effect=OperationalError):
        assert desk.knock("events", body(), "application/json").status_code == 503
    with patch("balie.channels.receiving.Arrival.objects.bulk_create", side_effect=OperationalError):
        assert desk.knock("events", body(), "application/json").status_code == 503
    assert not Arrival.objects.exists()


def test_a_slow_database_gives_503_in_time_and_what_comes_again_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", timedelta(milliseconds=200))
    with aside() as another:
        another.set_autocommit(False)
        with another.cursor() as cursor:
            cursor.execute("LOCK TABLE channels_arrival IN ACCESS EXCLUSIVE MODE")
        refused = desk.knock("events", body(), "application/json")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        another.rollback()
    assert not Arrival.objects.exists()
    assert desk.knock("events", body(), "application/json").status_code == 200
    assert Arrival.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",), "nobody else is in haste"


def test_a_storm_of_previews_leaves_nothing_behind(desk: Desk) -> None:
    said = desk.says("ada", "See https://a.example and https://b.example")
    before = Arrival.objects.count()
    for number in range(100):
        shown = {**said, "attachments": [{"title": f"Page {number}"}]}
        # With the mark of an edit that was made before, and without.
        for edited in ({}, {"edited": {"user": "UADA", "ts": "1.0"}}):
            changed = {
                "type": "message", "subtype": "message_changed", "channel": "DADA", "channel_type": "im",
                "message": shown | edited, "previous_message": said | edited,
            }  # fmt: skip
            assert desk.event(changed).status_code == 200
    assert Arrival.objects.count() == before


def test_previews_and_what_bots_say_are_not_even_kept(desk: Desk) -> None:
    preview = {**HELLO, "attachments": [{"title": "A page"}]}
    desk.event(
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": "DADA",
            "message": preview,
            "previous_message": HELLO,
        }
    )
    desk.event({**HELLO, "bot_id": "B1"})
    desk.event({**HELLO, "subtype": "channel_join"})
    assert not Arrival.objects.exists()


def test_socket_mode_takes_the_same_in_by_the_same_readers(desk: Desk) -> None:
    assert sockets.hear(desk.workspace, "events_api", json.loads(body())) is None
    assert sockets.hear(desk.workspace, "events_api", json.loads(body("T9"))) is None
    view = {"callback_id": "details", "state": {"values": {"text": {"text": {"value": ""}}}}}
    refused = sockets.hear(
        desk.workspace, "interactive",
        {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "UADA"}, "view": view},
    )  # fmt: skip
    assert refused == {"response_action": "errors", "errors": {"text": "Fill this in."}}
    sockets.hear(
        desk.workspace,
        "slash_commands",
        {"command": "/ask", "team_id": TEAM, "user_id": "UADA", "text": "x", "trigger_id": "t"},
    )
    desk.work()
    assert Arrival.objects.filter(state="understood").count() == 2
    assert desk.slack.asked("views.open")


def test_the_door_asks_the_database_little(desk: Desk, django_assert_max_num_queries: Any) -> None:
    # One of them is what the plan has; four are the transaction and its patience.
    with django_assert_max_num_queries(8):
        desk.knock("events", body(), "application/json")
    assert door.events.audience.value == "anybody"


def test_what_is_refused_is_counted_at_metrics(desk: Desk, counted: None) -> None:
    before = Counter(numbers(metrics.written()))
    desk.knock("events", body(), "application/json", secret="wrong")
    desk.knock("events", body("T9"), "application/json")
    desk.knock("events", body(), "application/json", late=400)
    desk.event({**HELLO, "bot_id": "B1"})
    for _time in range(3):
        desk.knock("events", body(), "application/json")
    said = Counter(numbers(metrics.written())) - before
    assert said["balie_slack_refused_total", "foreign"] == 2
    assert said["balie_slack_refused_total", "stale"] == 1
    assert said["balie_slack_ignored_total", "bot"] == 1
    assert said["balie_slack_ignored_total", "repeated"] == 2


def test_the_timeline_says_what_came_from_slack(desk: Desk, client: Client) -> None:
    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="every")
    event = desk.says("ada", "The printer is on fire", place="C1")
    desk.says("ben", "On my way", place="C1", thread_ts=event["ts"])
    client.force_login(desk.cast.ben)
    page = client.get(f"/requests/{Ticket.objects.get().pk}").content.decode()
    assert "from Slack</span>" in page
    assert "to Ada Vermeer, from Slack" in page
