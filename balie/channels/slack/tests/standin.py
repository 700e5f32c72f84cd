"""Slack, as far as we use it: a real HTTP server that speaks these methods of the Web API, with faults to switch on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from balie.platform import clock
from balie.platform.tests.serving import served

TEAM, BOT = "T0BALIE", "UBALIE"


class Slack:
    """What it holds: conversations with their messages, members, files; `calls` is everything that was asked of it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        # With which token each of them was asked.
        self.tokens: list[tuple[str, str]] = []
        self.messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.members: list[dict[str, Any]] = []
        # Of another company: told of when asked, and not listed.
        self.unlisted: list[dict[str, Any]] = []
        self.channels: list[dict[str, Any]] = []
        self.groups: list[dict[str, Any]] = []
        self.emoji: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        # Where files have moved to, by their name.
        self.moved: dict[str, str] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.told_files: dict[str, dict[str, Any]] = {}
        # Of the next calls of a method: "ratelimited", "500", "hang up", "swallow" (takes it, and says nothing), or Slack's word.
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.always: dict[str, str] = {}
        # How often something posted in a conversation is answered with 429.
        self.limits: dict[str, int] = {}
        self.scopes = ""
        self._clock = 1_700_000_000

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == method]

    def posted(self) -> list[dict[str, Any]]:
        """What we said, in that order, wherever it was."""
        ours = [message for messages in self.messages.values() for message in messages if message.get("user") == BOT]
        return sorted(ours, key=lambda message: message["ts"])

    def said_by_people(self, place: str, text: str, *, user: str, thread_ts: str = "") -> dict[str, Any]:
        """A message as the Events API would tell of it."""
        event = {"type": "message", "channel": place, "user": user, "text": text, "ts": self.next_ts()}
        if thread_ts:
            event["thread_ts"] = thread_ts
        self.messages[place].append(event)
        return {**event, "channel_type": "im" if place.startswith("D") else "channel", "event_ts": event["ts"]}

    def next_ts(self) -> str:
        self._clock += 1
        return f"{self._clock}.000100"

    def answer(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        act = getattr(self, "_" + method.replace(".", "_"), None)
        return act(given) if act else {"ok": True}

    def _auth_test(self, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "ok": True,
            "team_id": TEAM,
            "team": "Balie Example",
            "user_id": BOT,
            "bot_id": "BBALIE",
            "url": "https://x.slack.com/",
        }

    def _oauth_v2_access(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "access_token": "xoxb-1", "team": {"id": TEAM}}

    def _chat_postMessage(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        place = given["channel"]
        place = f"D{place[1:]}" if place.startswith("U") else place
        message = {**given, "channel": place, "ts": self.next_ts(), "user": BOT, "bot_id": "BBALIE", "at": clock.now()}
        self.messages[place].append(message)
        return {"ok": True, "channel": place, "ts": message["ts"]}

    def _chat_update(self, given: dict[str, Any]) -> dict[str, Any]:
        for message in self.messages[given["channel"]]:
            if message["ts"] == given["ts"]:
                message.update(text=given["text"], blocks=given.get("blocks"))
                return {"ok": True, "ts": given["ts"], "channel": given["channel"]}
        return {"ok": False, "error": "message_not_found"}

    def _conversations_open(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "channel": {"id": "D" + given["users"][1:]}}

    def _conversations_history(self, given: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in self.messages[given["channel"]] if not one.get("thread_ts") and _is_since(one, given)]
        if given.get("latest"):
            found = [one for one in found if one["ts"] <= given["latest"]]
        return {"ok": True, "messages": found[::-1][: int(given.get("limit", 100))]}

    def _conversations_replies(self, given: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in self.messages[given["channel"]] if given["ts"] in (one.get("thread_ts"), one["ts"])]
        return {"ok": True, "messages": [one for one in found if _is_since(one, given)]}

    def _conversations_list(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "channels": self.channels}

    def _users_list(self, given: dict[str, Any]) -> dict[str, Any]:
        begin, size = int(given.get("cursor") or 0), 2
        more = str(begin + size) if begin + size < len(self.members) else ""
        return {"ok": True, "members": self.members[begin : begin + size], "response_metadata": {"next_cursor": more}}

    def _users_info(self, given: dict[str, Any]) -> dict[str, Any]:
        found = next((one for one in self.members + self.unlisted if one["id"] == given["user"]), None)
        return {"ok": True, "user": found} if found else {"ok": False, "error": "user_not_found"}

    def _files_info(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "file": self.told_files[given["file"]]}

    def _files_getUploadURLExternal(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        file = f"F{len(self.uploads) + 1}"
        self.uploads[file] = {"name": given["filename"]}
        return {"ok": True, "file_id": file, "upload_url": f"{self.url}/upload/{file}"}

    def _files_completeUploadExternal(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        for one in given["files"]:
            self.messages[given["channel_id"]].append(
                {
                    "ts": self.next_ts(), "user": BOT, "thread_ts": given.get("thread_ts"), "text": "",
                    "files": [{"id": one["id"], "name": one["title"]}],
                }
            )  # fmt: skip
        return {"ok": True, "files": given["files"]}

    def _apps_connections_open(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "url": f"{self.sockets}/link/?ticket={self.next_ts()}"}

    def _emoji_list(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "emoji": self.emoji}

    def _usergroups_list(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "usergroups": self.groups}

    url = ""
    # Where websockets are opened, see websocket.py.
    sockets = ""


def _is_since(message: dict[str, Any], given: dict[str, Any]) -> bool:
    """By our clock: a ts counts messages here."""
    return "at" not in message or message["at"].timestamp() >= float(given.get("oldest") or 0)


class _Handler(BaseHTTPRequestHandler):
    slack: Slack

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = parts.path.removeprefix("/files/")
        if name in self.slack.moved:
            self._send(302, b"", {"Location": self.slack.moved[name]})
            return
        if parts.path.startswith("/files/"):
            self._send(200, self.slack.files[parts.path.removeprefix("/files/")])
            return
        if parts.path.startswith("/upload/"):
            self.slack.uploads[parts.path.removeprefix("/upload/")]["content"] = body
            self._send(200, b"OK")
            return
        method = parts.path.removeprefix("/api/")
        given = dict(parse_qsl(parts.query))
        if body:
            is_json = "json" in (self.headers.get("Content-Type") or "")
            given |= json.loads(body) if is_json else dict(parse_qsl(body.decode()))
        self.slack.calls.append((method, given))
        self.slack.tokens.append((method, (self.headers.get("Authorization") or "").removeprefix("Bearer ")))
        queue = self.slack.faults[method]
        fault = queue.pop(0) if queue else self.slack.always.get(method) or self.slack.always.get("*")
        if method == "chat.postMessage" and self.slack.limits.get(given["channel"], 0) > 0:
            self.slack.limits[given["channel"]] -= 1
            fault = "ratelimited"
        if fault == "500":
            self._send(500, b"upstream")
        elif fault == "hang up":
            self.close_connection = True
        elif fault == "ratelimited":
            self._send(429, b'{"ok": false, "error": "ratelimited"}', {"Retry-After": "7"})
        elif fault == "swallow":
            self.slack.answer(method, given)
            self.close_connection = True
        elif fault:
            self._send(200, json.dumps({"ok": False, "error": fault}).encode())
        else:
            self._send(200, json.dumps(self.slack.answer(method, given), default=str).encode())

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-oauth-scopes", self.slack.scopes)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[Slack]:
    slack = Slack()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"slack": slack}))
    slack.url = f"http://127.0.0.1:{server.server_address[1]}"
    with served(server):
        yield slack
