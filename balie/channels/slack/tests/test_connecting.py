"""Connecting workspaces by the settings pages: the manifest, keys, "Add to Slack", and the check."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from balie.channels.slack import connecting, tasks
from balie.channels.slack.manifest import EVENTS, SCOPES, manifest
from balie.channels.slack.models import Link, Workspace
from balie.channels.slack.tests.conftest import SECRET, Desk
from balie.channels.slack.tests.standin import BOT
from balie.channels.slack.tests.test_conversation import ask
from balie.people.models import Identity
from balie.platform.languages import CODES
from balie.tickets.models import Ticket
from balie.tickets.words import Words

HOME = "/settings/integrations/slack/"


@pytest.fixture
def eva(desk: Desk, client: Client) -> Client:
    client.force_login(desk.cast.eva)
    return client


# Lengths: https://docs.slack.dev/reference/app-manifest
@pytest.mark.parametrize("language", sorted(CODES))
def test_slack_takes_the_manifest_in_every_language(desk: Desk, eva: Client, language: str) -> None:
    made = eva.get(f"{HOME}manifest", {"language": language}).json()
    assert made["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    settings, features = made["settings"], made["features"]
    assert settings["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert settings["event_subscriptions"]["request_url"].endswith("/channels/slack/events")
    assert settings["interactivity"]["request_url"].endswith("/channels/slack/interactions")
    [command] = features["slash_commands"]
    assert (command["command"], command["url"].rpartition("/")[2]) == ("/ask", "commands")
    assert {one["type"] for one in features["shortcuts"]} == {"message", "global"}
    for shortcut in features["shortcuts"]:
        assert 0 < len(shortcut["name"]) <= 24
        assert 0 < len(shortcut["description"]) <= 150
    assert 0 < len(made["display_information"]["description"]) <= 140


def test_the_names_of_shortcuts_are_in_the_language_that_was_chosen(desk: Desk, eva: Client) -> None:
    named = {code: eva.get(f"{HOME}manifest", {"language": code}).json()["features"]["shortcuts"] for code in CODES}
    assert len({shortcuts[0]["name"] for shortcuts in named.values()}) == len(CODES)


def test_for_socket_mode_the_manifest_names_no_address() -> None:
    made = manifest(language="en", socket_mode=True)
    assert made["settings"]["socket_mode_enabled"]
    doors = made["settings"], made["features"]
    assert "/channels/slack/" not in json.dumps(doors)


def test_with_add_to_slack_the_administrator_agrees_there_and_comes_back(desk: Desk, eva: Client) -> None:
    keys = {"client_id": "1.2", "client_secret": "c-secret", "signing_secret": SECRET, "app_token": "xapp-1"}
    sent = eva.post(f"{HOME}installation", keys).headers["Location"]
    asked = parse_qs(urlsplit(sent).query)
    assert sent.startswith(f"{desk.slack.url}/oauth/v2/authorize?")
    assert asked["scope"] == [",".join(SCOPES)]
    assert "secret" not in sent
    back = "/channels/slack/oauth"
    assert eva.get(back, {"code": "x", "state": "another"}).status_code == 403
    assert eva.get(back, {"code": "x", "state": asked["state"][0]}).status_code == 403, "a state is worth one try"
    state = parse_qs(urlsplit(eva.post(f"{HOME}installation", keys).headers["Location"]).query)["state"][0]
    assert eva.get(back, {"error": "access_denied", "state": state}).headers["Location"] == HOME
    state = parse_qs(urlsplit(eva.post(f"{HOME}installation", keys).headers["Location"]).query)["state"][0]
    done = eva.get(back, {"code": "x", "state": state})
    assert done.headers["Location"] == f"{HOME}{desk.workspace.pk}"
    assert desk.slack.asked("oauth.v2.access")[0]["code"] == "x"
    assert Workspace.objects.get().app_token == "xapp-1"


def test_nothing_is_kept_of_keys_that_slack_does_not_accept(desk: Desk, eva: Client) -> None:
    given = {"bot_token": "xoxb-new", "signing_secret": "new", "app_token": "xapp-wrong"}
    desk.slack.always["apps.connections.open"] = "invalid_auth"
    refused = eva.post(HOME, given)
    assert refused.status_code == 422
    with translation.override("en"):
        assert "Slack does not accept the app token: invalid_auth" in refused.content.decode()
    desk.slack.always["auth.test"] = "invalid_auth"
    assert eva.post(HOME, {**given, "app_token": ""}).status_code == 422
    assert eva.post(HOME, {**given, "bot_token": "xapp-swapped"}).status_code == 422
    assert Workspace.objects.get().bot_token == "xoxb-1"


def test_keys_are_sealed_and_neither_shown_nor_logged(
    desk: Desk, eva: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    eva.post(HOME, {"bot_token": "xoxb-secret-1", "signing_secret": SECRET, "app_token": "xapp-secret-2"})
    ticket, _ts = ask(desk, "My laptop is broken")
    ticket.reply(by=desk.cast.ben, words=Words.from_text("Done"))
    desk.slack.faults["chat.postMessage"] = ["500", "not_in_channel"]
    desk.work()
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace::text FROM channels_slack_workspace AS workspace")
        [(kept,)] = cursor.fetchall()
    pages = "".join(eva.get(page).content.decode() for page in (HOME, f"{HOME}{desk.workspace.pk}"))
    for secret in ("xoxb-secret-1", "xapp-secret-2", SECRET):
        assert secret not in kept
        assert secret not in pages
        assert secret not in caplog.text


def test_the_check_says_which_scope_and_which_event_is_missing(desk: Desk, eva: Client) -> None:
    desk.slack.scopes = ",".join(set(SCOPES) - {"emoji:read"})
    page = f"{HOME}{desk.workspace.pk}"
    said = eva.post(f"{page}/check", follow=True).content.decode()
    assert "These scopes are missing: emoji:read" in said
    assert "<code>team_join</code>" in said
    desk.event({"type": "team_join", "user": {"id": "UNEW", "profile": {"real_name": "Noor"}}})
    desk.work()
    desk.slack.scopes = ",".join(SCOPES)
    said = eva.post(f"{page}/check", follow=True).content.decode()
    assert "no scope is missing" in said
    assert "<code>team_join</code>" not in said
    desk.slack.always["auth.test"] = "token_revoked"
    said = eva.post(f"{page}/check", follow=True).content.decode()
    assert "Disconnected (token_revoked)" in said


def test_a_channel_is_linked_to_a_team_that_may_be_asked_there(desk: Desk, eva: Client) -> None:
    desk.slack.channels = [
        {"id": "C1", "name": "it-help", "is_member": True}, {"id": "C2", "name": "random", "is_member": False},
    ]  # fmt: skip

    def link(channel: str, team: Any) -> Any:
        return eva.post(f"{HOME}{desk.workspace.pk}/links", {"channel": channel, "team": team.pk, "mode": "mention"})

    assert "A private team cannot be linked" in link("#it-help", desk.cast.people).content.decode()
    assert "/invite @Balie" in link("#random", desk.cast.it).content.decode()
    assert link("#nowhere", desk.cast.it).status_code == 422
    assert not Link.objects.exists()
    assert link("#it-help", desk.cast.it).status_code == 302
    assert link("it-help", desk.cast.facilities).status_code == 302
    found = Link.objects.get()
    assert (found.place, found.team, found.mode) == ("C1", desk.cast.facilities, "mention")


def test_each_of_several_workspaces_has_its_own_keys_people_and_threads(desk: Desk) -> None:
    other = Workspace(external_id="T2", name="Second", bot_user_id=BOT, scopes=",".join(SCOPES))
    other.take_secrets(bot_token="xoxb-2", signing_secret="another secret", app_token="")
    other.connect()
    hello = {"type": "message", "channel": "DADA", "channel_type": "im", "user": "UADA", "text": "Hello", "ts": "1.1"}
    body = json.dumps({"type": "event_callback", "team_id": "T2", "event_id": "Ev1", "event": hello}).encode()
    assert desk.knock("events", body, "application/json").status_code == 401
    assert desk.knock("events", body, "application/json", secret="another secret").status_code == 200
    desk.work()
    assert [token for method, token in desk.slack.tokens if method == "chat.postMessage"] == ["xoxb-2"]
    stranger = Identity.objects.get(external_id="T2:UADA").person
    assert stranger != desk.cast.ada, "one id in two workspaces is two people"
    ticket, _ts = ask(desk, "My laptop is broken")
    ticket.reply(by=desk.cast.ben, words=Words.from_text("Done"))
    desk.work()
    assert [token for method, token in desk.slack.tokens if method == "chat.postMessage"] == [
        "xoxb-2",
        "xoxb-1",
        "xoxb-1",
    ]
    assert Ticket.objects.get() == ticket


def test_a_revocation_that_is_told_late_ends_nothing(desk: Desk) -> None:
    connected = int(desk.workspace.connected_at.timestamp())
    desk.event({"type": "tokens_revoked", "tokens": {"bot": [BOT]}}, event_time=connected - 60)
    desk.work()
    assert Workspace.objects.get().is_connected
    desk.event({"type": "tokens_revoked", "tokens": {"oauth": ["UADA"]}}, event_time=connected + 60)
    desk.work()
    assert Workspace.objects.get().is_connected, "it was a person's"
    desk.event({"type": "tokens_revoked", "tokens": {"bot": [BOT]}}, event_time=connected + 60)
    desk.work()
    assert Workspace.objects.get().trouble == "tokens_revoked"


def test_each_night_the_members_of_connected_workspaces_are_compared(desk: Desk) -> None:
    desk.workspace.disconnect("token_revoked")
    tasks.compare_slack_members(0)
    desk.work()
    assert not desk.slack.asked("users.list")
    connecting.look_again(Workspace.objects.get())
    tasks.compare_slack_members(0)
    desk.work()
    assert len(desk.slack.asked("users.list")) == 1
