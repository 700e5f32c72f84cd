"""A company whose Slack is connected, and hands to knock at its doors with."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from balie.channels import delivering, receiving
from balie.channels.models import Delivery
from balie.channels.slack import signature
from balie.channels.slack.manifest import SCOPES
from balie.channels.slack.models import Workspace
from balie.channels.slack.tests import standin
from balie.channels.slack.tests.standin import BOT, TEAM, Slack
from balie.config.tests.cast import Cast
from balie.people.models import Identity, Person
from balie.platform import clock

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
USERS = {"ada": "UADA", "ben": "UBEN", "cleo": "UCLEO", "dov": "UDOV", "eva": "UEVA", "hanna": "UHANNA"}


@dataclass
class Desk:
    """The desk as Slack meets it. Everything that is told it comes through the doors, signed."""

    cast: Cast
    slack: Slack
    workspace: Workspace
    clock: time_machine.Coordinates
    _numbers: Iterator[int] = dataclasses.field(default_factory=itertools.count)

    def event(self, event: dict[str, Any], *, event_id: str = "", **more: Any) -> HttpResponse:
        payload = {
            "type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event": event,
            "event_id": event_id or f"Ev{next(self._numbers)}", "event_time": int(clock.now().timestamp()), **more,
        }  # fmt: skip
        # What the stand-in keeps of a post may hold a moment.
        return self.knock("events", json.dumps(payload, default=str).encode(), "application/json")

    def interaction(self, payload: dict[str, Any]) -> HttpResponse:
        given = {"team": {"id": TEAM}, "trigger_id": f"trigger{next(self._numbers)}", **payload}
        return self.knock("interactions", urlencode({"payload": json.dumps(given)}).encode())

    def command(self, text: str, *, user: str) -> HttpResponse:
        fields = {
            "command": "/ask", "team_id": TEAM, "user_id": user, "text": text, "trigger_id": "t", "channel_id": "D1",
            "n": next(self._numbers),
        }  # fmt: skip
        return self.knock("commands", urlencode(fields).encode())

    def press(
        self, action: str, value: str, *, user: str, place: str, ts: str = "", thread_ts: str = ""
    ) -> HttpResponse:
        return self.interaction(
            {
                "type": "block_actions", "user": {"id": user}, "actions": [{"action_id": action, "value": value}],
                "container": {"type": "message", "channel_id": place, "message_ts": ts, "thread_ts": thread_ts},
            }
        )  # fmt: skip

    def submit(self, form: str, about: dict[str, Any], *, user: str, **values: str) -> HttpResponse:
        state = {name: {name: {"type": "plain_text_input", "value": value}} for name, value in values.items()}
        view = {"callback_id": form, "private_metadata": json.dumps(about), "state": {"values": state}}
        return self.interaction({"type": "view_submission", "user": {"id": user}, "view": view})

    def knock(
        self, door: str, body: bytes, content_type: str = "application/x-www-form-urlencoded", *, secret: str = SECRET,
        late: int = 0,
    ) -> HttpResponse:  # fmt: skip
        timestamp = str(int(clock.now().timestamp()) - late)
        headers = {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature.write(body, secret=secret, timestamp=timestamp),
        }
        return Client().post(f"/channels/slack/{door}", body, content_type=content_type, headers=headers)

    def says(self, who: str, text: str, *, place: str = "", thread_ts: str = "", **more: Any) -> dict[str, Any]:
        """They write, and the desk works it off."""
        user = USERS.get(who, who)
        event = self.slack.said_by_people(place or f"D{user[1:]}", text, user=user, thread_ts=thread_ts) | more
        assert self.event(event).status_code == 200
        self.work()
        return event

    def work(self) -> None:
        """As workers do, with the time that turns take."""
        for _round in range(60):
            taken = receiving.understand_some()
            taken += run_jobs()
            taken += delivering.deliver_some(at_most=50)
            waiting = Delivery.objects.filter(kind="slack", state__in=Delivery.PENDING, next_attempt_at__isnull=False)
            if not taken and not waiting.exists():
                return
            self.clock.shift(timedelta(seconds=1))


def run_jobs() -> int:
    from procrastinate.contrib.django import app

    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name LIKE 'balie.channels.slack.%' AND status = 'todo' "
            "RETURNING id, task_name, args"
        )
        jobs = sorted(cursor.fetchall())
    for _number, name, arguments in jobs:
        app.tasks[name](**(json.loads(arguments) if isinstance(arguments, str) else arguments))
    return len(jobs)


@pytest.fixture
def slack() -> Iterator[Slack]:
    with standin.serving() as served:
        served.scopes = ",".join(SCOPES)
        yield served


@pytest.fixture
def desk(committed_cast: Cast, slack: Slack, settings: Any) -> Iterator[Desk]:
    settings.BALIE = dataclasses.replace(settings.BALIE, slack_api_url=f"{slack.url}/api")
    with time_machine.travel("2026-11-30T09:00:00Z", tick=False) as coordinates:
        workspace = Workspace(external_id=TEAM, name="Balie Example", bot_user_id=BOT, scopes=",".join(SCOPES))
        workspace.take_secrets(bot_token="xoxb-1", signing_secret=SECRET, app_token="")
        workspace.connect()
        for name, user in USERS.items():
            person: Person = getattr(committed_cast, name)
            Identity.objects.create(person=person, kind=Identity.SLACK, external_id=f"{TEAM}:{user}")
            workspace.members.create(
                user_id=user, person=person, name=person.name, picture=f"https://p.example/{user}.png"
            )
        yield Desk(committed_cast, slack, workspace, coordinates)
