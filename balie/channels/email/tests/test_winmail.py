"""winmail.dat is opened: what Outlook wrapped is there as files."""

import base64
import struct

from balie.channels.email import reading
from balie.channels.email.faults import Fault

ATTACHMENT, MESSAGE = 2, 1


def obj(level: int, name: int, kind: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


WINMAIL = (
    struct.pack("<IH", 0x223E9F78, 1)
    + obj(MESSAGE, 0x9006, 8, struct.pack("<I", 0x10000))
    + obj(MESSAGE, 0x9007, 6, struct.pack("<II", 1252, 0))
    + obj(ATTACHMENT, 0x9002, 6, b"\0" * 14)
    + obj(ATTACHMENT, 0x8010, 1, b"report.pdf\0")
    + obj(ATTACHMENT, 0x800F, 6, b"%PDF-1.4 hello")
    + obj(ATTACHMENT, 0x9005, 6, struct.pack("<I", 0))
)


def mail(content: bytes) -> bytes:
    encoded = base64.encodebytes(content)
    return (
        b"From: ada@balie.example\nMessage-ID: <1@b>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n"
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nSee file\n--x\n"
        b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
        + encoded
        + b"--x--\n"
    )


def test_its_files_take_its_place() -> None:
    said = reading.read(mail(WINMAIL))
    assert [(one.name, one.media_type, one.content) for one in said.enclosed] == [
        ("report.pdf", "application/pdf", b"%PDF-1.4 hello")
    ]
    assert said.text == "See file"
    assert said.faults == ()


def test_one_that_cannot_be_read_is_kept_as_it_is() -> None:
    for broken in (WINMAIL[:40], b"\x78\x9f\x3e\x22" + b"\0" * 40_000, b"no"):
        said = reading.read(mail(broken))
        assert [one.name for one in said.enclosed] == ["winmail.dat"]
        assert said.faults == (Fault.WINMAIL_UNREADABLE.value,)
