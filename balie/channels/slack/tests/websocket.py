"""The server's side of a websocket (RFC 6455), as much as a test of Socket Mode needs: text frames, pings and closing."""

from __future__ import annotations

import base64
import hashlib
import json
import queue
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from balie.platform.tests.serving import served

_MAGIC: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
# The status of a close (section 7.4.1); of a frame without it Slack's client waits three seconds for more.
_NORMAL: Final = (1000).to_bytes(2, "big")


class Line:
    """One websocket that Slack's client has opened; `heard` is each JSON that it sent."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._sending = threading.Lock()
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.is_closed = threading.Event()

    def say(self, told: dict[str, Any]) -> None:
        self._send(_TEXT, json.dumps(told).encode())

    def hang_up(self) -> None:
        with suppress(OSError):
            self._send(_CLOSE, _NORMAL)

    def listen(self) -> None:
        with suppress(OSError, EOFError):
            while True:
                kind, content = self._frame()
                if kind == _TEXT:
                    self.heard.put(json.loads(content))
                elif kind == _PING:
                    self._send(_PONG, content)
                elif kind == _CLOSE:
                    break
        self.is_closed.set()

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._read(2)
        length = second & 0x7F
        if length > 125:
            length = int.from_bytes(self._read(2 if length == 126 else 8), "big")
        mask = self._read(4) if second & 0x80 else bytes(4)
        return first & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(self._read(length)))

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self._request.recv(size - len(found))
            if not more:
                raise EOFError
            found += more
        return found

    def _send(self, kind: int, content: bytes) -> None:
        length = len(content)
        head = bytes([0x80 | kind, length]) if length < 126 else bytes([0x80 | kind, 126]) + length.to_bytes(2, "big")
        with self._sending:
            self._request.sendall(head + content)


class Sockets:
    """Where Slack's clients open their websockets; `lines` are all that were ever opened, the newest last."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opened: queue.Queue[Line] = queue.Queue()
        self.lines: list[Line] = []


class _Handler(socketserver.BaseRequestHandler):
    sockets: Sockets

    def handle(self) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += self.request.recv(4096)
        headers = dict(line.split(": ", 1) for line in asked.decode().split("\r\n")[1:] if ": " in line)
        key = next(value for name, value in headers.items() if name.lower() == "sec-websocket-key")
        proof = base64.b64encode(hashlib.sha1((key + _MAGIC).encode(), usedforsecurity=False).digest()).decode()
        self.request.sendall(
            f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {proof}\r\n\r\n".encode()
        )
        line = Line(self.request)
        line.say({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}})
        self.sockets.lines.append(line)
        self.sockets.opened.put(line)
        line.listen()


@contextmanager
def serving() -> Iterator[Sockets]:
    sockets = Sockets("")
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"sockets": sockets}))
    server.daemon_threads = True
    sockets.url = f"ws://127.0.0.1:{server.server_address[1]}"
    with served(server):
        yield sockets
