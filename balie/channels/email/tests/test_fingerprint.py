"""One mail by two roads is one mail; two mails that share an id are two."""

from balie.channels.email.fingerprint import fingerprint

MAIL = (
    b"Message-ID: <1@b.example>\nFrom: Ada <ada@balie.example>\nDate: x\nSubject: Laptop\n it is slow\n\nHello\nBen\n"
)


def test_the_road_does_not_count() -> None:
    by_smtp = b"Received: from a by b\nReturn-Path: <ada@balie.example>\nARC-Seal: i=1\n" + MAIL
    by_imap = b"Delivered-To: it@desk.localhost\r\n" + MAIL.replace(b"\n", b"\r\n") + b"\r\n\r\n"
    assert fingerprint(by_smtp) == fingerprint(by_imap) == fingerprint(MAIL)


def test_two_mails_with_one_id_differ() -> None:
    assert fingerprint(MAIL) != fingerprint(MAIL.replace(b"Hello", b"Hallo"))
    assert fingerprint(MAIL) != fingerprint(MAIL.replace(b"Laptop", b"Screen"))


def test_pieces_of_a_long_mail_join_exactly() -> None:
    body = b"x" * (1024 * 1024 - 1) + b"\r\n" + b"y\n" * 10
    head = b"Message-ID: <1@b>\n\n"
    assert fingerprint(head + body) == fingerprint(head + body.replace(b"\r\n", b"\n"))
