"""The files that come with the demo's messages: small real ones, made from their names."""

from __future__ import annotations

import hashlib
import io
import mimetypes
import struct
import zlib
from collections.abc import Callable
from typing import Final

from openpyxl import Workbook

from balie.platform import files
from balie.tickets.words import KeptFile

_WIDTH, _HEIGHT = 640, 400


def paper(name: str) -> KeptFile:
    """Make and keep the file of this name; what is in it follows from the name."""
    content = _MAKERS[name.rpartition(".")[2]](name)
    kept = files.keep(content)
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return KeptFile(name=name, media_type=media_type, sha256=kept.sha256, size=kept.size)


def _digits(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _png(name: str) -> bytes:
    """A picture of plain fields of colour: a photograph for who does not look too closely."""
    seed = _digits(name)
    sky, ground, thing = (bytes(90 + one % 130 for one in seed[at : at + 3]) for at in (0, 3, 6))
    horizon, left, top = 150 + seed[9] % 120, 60 + seed[10], 60 + seed[11] % 150
    rows = []
    for y in range(_HEIGHT):
        row = (sky if y < horizon else ground) * _WIDTH
        if top <= y < top + 140:
            row = row[: left * 3] + thing * 220 + row[(left + 220) * 3 :]
        rows.append(b"\0" + row)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _pdf(name: str) -> bytes:
    """One page that says its name (PDF 1.4, a standard font)."""
    title = name.rpartition(".")[0].replace("-", " ").capitalize()
    shown = f"BT /F1 24 Tf 72 760 Td ({title}) Tj 0 -36 Td /F1 12 Tf (Balie Example) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    written, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(written),
    )  # fmt: skip


def _rows(name: str) -> list[tuple[str, int]]:
    return [(f"{number:02}", value) for number, value in enumerate(_digits(name)[:24], start=1)]


def _csv(name: str) -> bytes:
    return "".join(f"{label};{value}\n" for label, value in (("nr", "value"), *_rows(name))).encode()


def _txt(name: str) -> bytes:
    return "".join(f"09:{label} session closed after {value} s\n" for label, value in _rows(name)).encode()


def _xlsx(name: str) -> bytes:
    book = Workbook()
    for row in _rows(name):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


_MAKERS: Final[dict[str, Callable[[str], bytes]]] = {
    "png": _png, "pdf": _pdf, "csv": _csv, "txt": _txt, "xlsx": _xlsx,
}  # fmt: skip
