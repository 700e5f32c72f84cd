"""A small ASGI client: what a server would say to an application, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """What the application answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def scope(
    path: str, *, method: str = "GET", headers: Iterable[tuple[str, str]] = (), query: str = ""
) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }


async def ask(application: Any, asked: dict[str, Any], *, body: Iterable[bytes] = (), leaves: bool = False) -> Reply:
    """One request; `leaves` hangs up after the given chunks of the body."""
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    for chunk in body:
        messages.put_nowait({"type": "http.request", "body": chunk, "more_body": True})
    messages.put_nowait({"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b""})
    reply = Reply()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            reply.body += message["body"]

    await application(asked, messages.get, send)
    return reply
