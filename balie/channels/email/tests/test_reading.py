"""Whatever bytes come, they are read: what is broken is named, and nothing is lost."""

import base64
import time
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from balie.channels.email import reading
from balie.channels.email.faults import Fault
from balie.channels.said import Said

HEAD = "From: Ada <ada@balie.example>\nTo: it@desk.localhost\nDate: Tue, 3 Nov 2026 10:00:00 +0100\nMessage-ID: <1@b.example>\n"


def read(body: str | bytes, *, head: str = HEAD + "Subject: Laptop\n") -> Said:
    return reading.read(head.encode() + (body.encode() if isinstance(body, str) else body))


def text(content: bytes, charset: str) -> Said:
    return read(f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n".encode() + content)


@given(st.binary(max_size=2_000))
@example(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\n--a--")
@example(b"From: " + b"(" * 5_000)
@example(b"Content-Type: text/plain; charset=\xff\n\n\xff")
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    reading._read(raw, envelope_from=None)


_LINES = st.sampled_from(
    [b"From: a@b.c", b"Subject: =?utf-8?b?4pyT?=", b"Content-Type: multipart/mixed; boundary=x", b"--x", b"--x--", b"",
     b"Content-Type: text/html", b"<div class=gmail_quote><blockquote type=cite>", b"Content-Transfer-Encoding: base64",
     b"Content-Type: message/rfc822", b"\xff\x00\xfe", b"On 1 Jan 2020, a@b.c wrote:", b"> quoted", b"-- ", b"From: x <x@y.z>",
     b"Sent: now", b"To: you", b"Subject: that", b"Content-Type: multipart/alternative; boundary=x", b"</div>text",
     b"Content-Type: multipart/report; report-type=delivery-status; boundary=x", b"Content-Type: message/delivery-status",
     b"Final-Recipient: rfc822; a@b.c", b"Action: failed", b"Content-Type: text/calendar", b"BEGIN:VCALENDAR"]
)  # fmt: skip


@given(st.lists(_LINES, max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_lines_of_mail_make_it_raise(lines: list[bytes]) -> None:
    reading._read(b"\n".join(lines), envelope_from=None)


@pytest.mark.parametrize(
    ("content", "charset", "expected", "fault"),
    [
        ("Grüße".encode(), "iso-8859-1", "Grüße", Fault.CHARSET_WRONG),
        ("Grüße".encode(), "us-ascii", "Grüße", None),
        ("Grüße aus Köln".encode("cp1252"), "utf-8", "Grüße aus Köln", Fault.CHARSET_WRONG),
        ("„Preis“ 5 €".encode("cp1252"), "iso-8859-1", "„Preis“ 5 €", None),
        ("Grüße".encode(), "x-what", "Grüße", Fault.CHARSET_UNKNOWN),
        ("Привет, как дела".encode("koi8-r"), "koi8-r", "Привет, как дела", None),
        ("你好，世界".encode("gb18030"), "gb2312", "你好，世界", None),
        ("こんにちは".encode("iso-2022-jp"), "iso-2022-jp", "こんにちは", None),
        ("안녕하세요".encode("cp949"), "ks_c_5601-1987", "안녕하세요", None),
        ("Zażółć".encode("iso-8859-2"), "iso-8859-2", "Zażółć", None),
        (b"punycode-", "punycode", "punycode-", None),
    ],
)
def test_every_charset_and_wrong_label_is_read(
    content: bytes, charset: str, expected: str, fault: Fault | None
) -> None:
    said = text(content, charset)
    assert said.text == expected
    assert said.faults == ((fault.value,) if fault else ())


def test_flowed_lines_are_joined_again() -> None:
    said = read("Content-Type: text/plain; format=flowed; delsp=yes\n\nHel \nlo there,\nBen\n")
    assert said.text == "Hello there,\nBen"


def test_a_note_mark_is_taken_off_both_forms() -> None:
    said = read("Content-Type: text/html\n\n<div>#note</div><div>Only for us</div>")
    assert (said.is_note, said.text) == (True, "Only for us")
    assert "#note" not in said.html
    assert "Only for us" in said.html


def test_a_picture_that_the_letter_shows_is_inline() -> None:
    png = base64.b64encode(b"\x89PNG1").decode()
    said = read(
        "Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>See <img src='cid:a@b'></p>\n"
        f"--x\nContent-Type: image/png; name=a.png\nContent-ID: <a@b>\nContent-Transfer-Encoding: base64\n\n{png}\n"
        f"--x\nContent-Type: image/png; name=b.png\nContent-ID: <c@d>\nContent-Transfer-Encoding: base64\n\n{png}\n--x--\n"
    )
    assert [(one.name, one.is_inline, one.content) for one in said.enclosed] == [
        ("a.png", True, b"\x89PNG1"),
        ("b.png", False, b"\x89PNG1"),
    ]


def test_an_enclosed_mail_is_kept_as_a_file_and_known_as_forwarded() -> None:
    said = read(
        "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nFor you\n--x\nContent-Type: message/rfc822\n\n"
        "From: Cleo <cleo@balie.example>\nSubject: Chair\n\nMy chair broke\n--x--\n",
        head=HEAD + "Subject: Fwd: Chair\n",
    )
    assert said.enclosed[0].name == "Chair.eml"
    assert b"My chair broke" in said.enclosed[0].content
    assert said.forwarded is not None
    assert (said.forwarded.by.address, said.forwarded.text) == ("cleo@balie.example", "My chair broke")


def test_an_invitation_is_told_in_words_and_kept() -> None:
    said = read(
        "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
        "UID:1\nDTSTAMP:20261103T090000Z\nDTSTART:20261104T090000Z\nDTEND:20261104T100000Z\nSUMMARY:Move desks\n"
        "LOCATION:Room 4\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    assert "Move desks" in said.text
    assert "2026-11-04 09:00" in said.text
    assert "Room 4" in said.html
    assert [one.media_type for one in said.enclosed] == ["text/calendar"]


def test_encrypted_and_signed_parts_are_kept_as_files() -> None:
    said = read("Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nAAAA\n")
    assert [(one.name, one.content) for one in said.enclosed] == [("smime.p7m", b"\0\0\0")]


def test_two_thousand_parts_are_read_and_more_are_named() -> None:
    parts = "".join(f"--x\nContent-Disposition: attachment; filename={n}.txt\n\n{n}\n" for n in range(2_500))
    said = read(f"Content-Type: multipart/mixed; boundary=x\n\n{parts}--x--\n")
    assert len(said.enclosed) == 1_999
    assert Fault.TOO_MANY_PARTS.value in said.faults


def test_deep_nesting_keeps_the_mail_as_a_file() -> None:
    body = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3_000))
    said = read(body)
    assert said.by.address == "ada@balie.example"
    assert said.enclosed[0].name == "mail.eml"


def test_a_header_cannot_be_injected() -> None:
    said = read("\nHello", head=HEAD + "Subject: =?utf-8?q?Hi=0D=0ABcc:_dov@balie.example?=\n")
    assert "\n" not in said.subject
    assert said.copies == ()
    assert Fault.HEADER_INJECTION.value in said.faults


def test_null_bytes_are_taken_out() -> None:
    said = read(b"\nHel\0lo\0")
    assert said.text == "Hello"
    assert Fault.NULL_BYTES.value in said.faults


def test_hostile_patterns_take_no_time() -> None:
    hostile = [
        "\n" + "From: a\n" * 20_000, "\n" + "On " * 200_000, "\n" + "> " * 200_000, "\n" + "-" * 400_000,
        "Content-Type: text/html\n\n" + "<div>" * 30_000, "Content-Type: text/html\n\n" + "<blockquote type=cite>" * 5_000,
        "Content-Type: text/html\n\n" + "<b>From:</b> x<br>" * 9_000, "\n" + "sent from my " * 50_000,
    ]  # fmt: skip
    for body in hostile:
        started = time.process_time()
        read(body)
        assert time.process_time() - started < 8, body[:60]


def test_25_megabytes_cost_at_most_150_more() -> None:
    content = base64.encodebytes(bytes(range(256)) * (18 * 4096))
    raw = HEAD.encode() + (
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nSee file\n--x\nContent-Type: application/zip; name=a.zip\n"
        b"Content-Transfer-Encoding: base64\n\n" + content + b"\n--x--\n"
    )
    tracemalloc.start()
    said = reading.read(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(said.enclosed[0].content) == 18 * 1024 * 1024
    assert peak < 150 * 1024 * 1024
