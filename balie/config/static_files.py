"""Styles, scripts and shapes: answered from memory on the event loop, compressed beforehand, and kept by browsers for a year.

Their names carry a digest of their content, see `operations/static_files.py`, which also writes the compressed ones beside them.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from balie.config.bridge import Message, Send, answer_plainly
from balie.config.shrinking import takes_gzip

PREFIX: Final = "/static/"
COMPRESSED: Final = ".gz"
_A_YEAR: Final = b"public, max-age=31536000, immutable"
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class _Kept:
    content: bytes
    headers: list[tuple[bytes, bytes]]


class StaticFiles:
    """An ASGI application. What was asked for once stays in memory: there are few, and all of them are ours."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._kept: dict[tuple[str, bool], _Kept | None] = {}

    async def __call__(self, scope: Message, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await answer_plainly(send, 405, "This can only be read.", (b"allow", b"GET, HEAD"))
            return
        accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        kept = self._of(scope["path"].removeprefix(PREFIX), compressed=takes_gzip(accepted.decode("latin-1")))
        if kept is None:
            await answer_plainly(send, 404, "There is no such file.")
            return
        await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else kept.content})

    def _of(self, name: str, *, compressed: bool) -> _Kept | None:
        key = (name, compressed)
        if key not in self._kept:
            found = self._read(name, compressed=compressed)
            if found is None:
                # Not remembered: anybody can ask for anything, and tomorrow it may be there.
                return None
            self._kept[key] = found
        return self._kept[key]

    def _read(self, name: str, *, compressed: bool) -> _Kept | None:
        if "\0" in name or name.endswith(COMPRESSED):
            return None
        path = (self._root / name).resolve()
        if not path.is_relative_to(self._root) or not path.is_file():
            return None
        small = path.with_name(path.name + COMPRESSED)
        is_small = compressed and small.is_file()
        content = (small if is_small else path).read_bytes()
        media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = [
            (b"content-type", media_type.encode() + (b"; charset=utf-8" if media_type.startswith("text/") else b"")),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", _A_YEAR),
            (b"vary", b"Accept-Encoding"),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if is_small:
            headers.append((b"content-encoding", b"gzip"))
        return _Kept(content, headers)
