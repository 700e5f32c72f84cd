"""The address that open pages listen at: server-sent events (HTML standard, section 9.2) as an ASGI application."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import parse_cookie

from balie.platform.hub import ENDED, RESYNC, Client, Hub

log = logging.getLogger("balie.live")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# A browser opens six connections to a host; nobody needs more than a few browsers.
MOST_STREAMS_A_PERSON = 32
# The id makes a browser send `Last-Event-ID` when it comes back, even if it heard nothing.
_GREETING = b"retry: 2000\nid: 0\n\n"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    # nginx holds back what it proxies until a buffer is full, unless told not to.
    (b"x-accel-buffering", b"no"),
]


class Stream:
    """`GET /live`: what the session's person may hear, as it happens. What they hear is decided here, never by the page."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if self._hub.is_closed:
            return await _answer(send, 503, (b"retry-after", b"2"))
        if scope["method"] not in ("GET", "HEAD"):
            return await _answer(send, 405, (b"allow", b"GET, HEAD"))
        if headers.get(b"sec-fetch-site") == b"cross-site":
            return await _answer(send, 403)
        cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
        session = cookies.get(settings.SESSION_COOKIE_NAME, "")
        try:
            client = await self._hub.join(session) if session else None
        except Exception:
            # The database is away, or too much waits before us: not "signed out", which would be final.
            log.warning("live_unavailable", exc_info=True)
            return await _answer(send, 503, (b"retry-after", b"5"))
        if client is None:
            return await _answer(send, 401)
        try:
            if self._hub.streams_of(client.hearing.person) > MOST_STREAMS_A_PERSON:
                return await _answer(send, 429, (b"retry-after", b"30"))
            if scope["method"] == "HEAD":
                return await _answer(send, 200)
            await self._stream(client, scope, receive, send)
        finally:
            self._hub.leave(client)
        return None

    async def _stream(self, client: Client, scope: Message, receive: Receive, send: Send) -> None:
        greeting = _GREETING + (RESYNC if self._lacks_something(client, scope) else b"")
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": greeting, "more_body": True})
        ways_to_end = [
            asyncio.create_task(_send_frames(client, send)),
            asyncio.create_task(_until_gone(receive)),
            asyncio.create_task(client.let_go.wait()),
        ]
        try:
            await asyncio.wait(ways_to_end, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways_to_end:
                way.cancel()
            await asyncio.gather(*ways_to_end, return_exceptions=True)
        await send({"type": "http.response.body", "body": b""})

    def _lacks_something(self, client: Client, scope: Message) -> bool:
        """Whether the page must fetch what it shows once more: it was here before, or was drawn before something happened."""
        if any(name == b"last-event-id" for name, _ in scope["headers"]):
            return True
        drawn = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("since", [""])[0]
        if not drawn.isdigit() or len(drawn) > 10:
            return bool(drawn)
        return self._hub.missed(client, since=datetime.fromtimestamp(int(drawn), UTC))


async def _send_frames(client: Client, send: Send) -> None:
    while (frame := await client.frames.get()) is not None:
        await send({"type": "http.response.body", "body": frame, "more_body": True})
        if frame is ENDED:
            return


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _answer(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    fixed = [(b"content-length", b"0"), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *headers]})
    await send({"type": "http.response.body", "body": b""})
