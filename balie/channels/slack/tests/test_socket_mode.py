"""Socket Mode by a real websocket, driven by Slack's own client: acknowledged once kept, brought again otherwise."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connections
from slack_sdk.errors import SlackApiError

from balie.channels import receiving
from balie.channels.models import Arrival, Thread
from balie.channels.slack import door, sockets
from balie.channels.slack.tests import websocket
from balie.channels.slack.tests.conftest import SECRET, Desk
from balie.channels.slack.tests.standin import TEAM
from balie.channels.slack.tests.websocket import Line, Sockets

HELLO = {"type": "message", "channel": "DADA", "channel_type": "im", "user": "UADA", "text": "Hello", "ts": "1.1"}
EVENT = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": HELLO}
_PATIENCE = 20


@dataclass
class Open:
    """A line that the desk holds open to the stand-in."""

    desk: Desk
    sockets: Sockets
    line: Line

    def bring(self, envelope: str, payload: dict[str, Any], *, kind: str = "events_api", **more: Any) -> None:
        self.line.say(
            {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True, **more}
        )

    def heard(self) -> dict[str, Any]:
        return self.line.heard.get(timeout=_PATIENCE)


@pytest.fixture
def opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    # The client listens in threads of its own, whose connections end with what they did.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    desk.workspace.take_secrets(bot_token="xoxb-1", signing_secret=SECRET, app_token="xapp-1")
    desk.workspace.save()
    with websocket.serving() as served:
        desk.slack.sockets = served.url
        client = sockets.open_line(desk.workspace)
        try:
            yield Open(desk, served, served.opened.get(timeout=_PATIENCE))
        finally:
            # Otherwise Slack's client ends when it has heard nothing for three seconds.
            client.auto_reconnect_enabled = False
            for line in served.lines:
                line.hang_up()
            client.close()


def test_what_comes_is_kept_and_then_acknowledged(opened: Open) -> None:
    opened.bring("E1", EVENT)
    assert opened.heard()["envelope_id"] == "E1"
    assert Arrival.objects.get().external_id == f"{TEAM}-Ev1"
    opened.desk.work()
    assert Thread.objects.get().place == "DADA"
    assert opened.desk.slack.posted()


def test_what_is_brought_twice_is_acknowledged_twice_and_kept_once(opened: Open) -> None:
    opened.bring("E1", EVENT)
    opened.bring("E2", EVENT, retry_attempt=1, retry_reason="timeout")
    assert {opened.heard()["envelope_id"], opened.heard()["envelope_id"]} == {"E1", "E2"}
    assert Arrival.objects.count() == 1


def test_what_could_not_be_kept_is_not_acknowledged_and_comes_again(opened: Open) -> None:
    tried = threading.Event()

    def refuse(*_given: Any, **_named: Any) -> None:
        tried.set()
        raise receiving.NotKept

    with patch.object(door, "take", side_effect=refuse):
        opened.bring("E1", EVENT)
        opened.bring("E2", {**EVENT, "team_id": "T9"})
        # Of a foreign workspace nothing is kept, and it need not come again.
        assert opened.heard()["envelope_id"] == "E2"
        assert tried.wait(timeout=_PATIENCE)
    assert not Arrival.objects.exists()
    opened.bring("E3", EVENT, retry_attempt=1)
    assert opened.heard()["envelope_id"] == "E3"
    assert Arrival.objects.count() == 1


def test_what_is_wrong_with_a_form_is_said_with_the_acknowledgement(opened: Open) -> None:
    view = {"callback_id": "details", "state": {"values": {"text": {"text": {"value": ""}}}}}
    payload = {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "UADA"}, "view": view}
    opened.bring("E1", payload, kind="interactive")
    assert opened.heard()["payload"] == {"response_action": "errors", "errors": {"text": "Fill this in."}}


def test_when_slack_ends_the_line_it_is_opened_again(opened: Open) -> None:
    opened.line.say({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "x"}})
    again = opened.sockets.opened.get(timeout=_PATIENCE)
    assert again is not opened.line
    assert len(opened.desk.slack.asked("apps.connections.open")) == 2
    opened.line = again
    opened.bring("E9", EVENT)
    assert opened.heard()["envelope_id"] == "E9"
    assert Arrival.objects.count() == 1


def test_a_line_that_cannot_be_opened_leaves_nothing_behind(opened: Open) -> None:
    opened.desk.slack.always["apps.connections.open"] = "invalid_auth"

    def own_threads() -> set[threading.Thread]:
        return {one for one in threading.enumerate() if "(_run)" in one.name}

    before = own_threads()
    with pytest.raises(SlackApiError):
        sockets.open_line(opened.desk.workspace)
    assert own_threads() == before
