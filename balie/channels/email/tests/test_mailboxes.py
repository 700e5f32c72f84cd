"""Mailboxes, read from a real Dovecot."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from balie.channels.email import imap, mailboxes, reply_address
from balie.channels.email.imap import CannotRead, Waiting
from balie.channels.email.mailboxes import Readers
from balie.channels.email.models import Mailbox, Trouble
from balie.channels.email.tests import dovecot
from balie.channels.email.tests.dovecot import PASSWORD, Dovecot
from balie.channels.email.tests.postbox import OpenDoor, database_away, mail, until
from balie.channels.email.tests.test_smtp_door import send
from balie.channels.models import Arrival
from balie.config.tests.cast import Cast
from balie.platform import clock
from balie.teams.models import Team

QUICK = Waiting(idle=5, poll=0.05, look=0.05)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.run() as running:
        yield running


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(mailboxes, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(mailboxes, "LONGEST_PAUSE_SECONDS", 0.2)


@pytest.fixture
def user() -> str:
    return f"user-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def box(committed_cast: Cast, server: Dovecot, user: str) -> Mailbox:
    mailbox = described(server, user, committed_cast.it)
    mailbox.connect()
    return mailbox


def described(server: Dovecot, user: str, team: Team, **more: object) -> Mailbox:
    settings = {"security": "none", "host": "127.0.0.1", "port": server.port, "password": PASSWORD, **more}
    return Mailbox(team=team, user=user, **settings)


@contextmanager
def reading(waiting: Waiting = QUICK) -> Iterator[Readers]:
    readers = Readers(waiting)
    readers.start()
    try:
        yield readers
    finally:
        readers.stop()


def subjects() -> list[str]:
    found = [
        arrival.content().partition(b"Subject: ")[2].partition(b"\r\n")[0] for arrival in Arrival.objects.order_by("pk")
    ]
    return [subject.decode() for subject in found]


def test_new_mail_is_taken_in_for_the_team_and_nothing_in_the_mailbox_changes(
    server: Dovecot, user: str, box: Mailbox
) -> None:
    server.deliver(user, mail("one"))
    before = server.flags(user)
    with reading():
        until(lambda: subjects() == ["one"])
    assert Arrival.objects.get().envelope["recipient"] == "it@desk.localhost"
    assert Arrival.objects.get().envelope["door"] == "imap"
    after = server.flags(user)
    assert len(before) == len(after) == 1
    assert b"\\Seen" not in after[0]
    assert b"\\Deleted" not in after[0]


def test_mail_that_comes_while_it_waits_is_taken_in_without_polling(server: Dovecot, user: str, box: Mailbox) -> None:
    with reading(Waiting(idle=60, poll=60, look=0.05)):
        server.deliver(user, mail("one"))
        until(lambda: subjects() == ["one"])
        server.deliver(user, mail("two"), mail("three"))
        until(lambda: subjects() == ["one", "two", "three"])


def test_nothing_is_taken_in_twice_by_another_start(server: Dovecot, user: str, box: Mailbox) -> None:
    server.deliver(user, mail("one"))
    with reading():
        until(lambda: subjects() == ["one"])
    server.deliver(user, mail("two"))
    with reading():
        until(lambda: subjects() == ["one", "two"])
    box.refresh_from_db()
    assert (box.last_uid, box.last_error) == (2, "")
    assert box.last_seen_at


def test_a_mail_that_came_by_smtp_too_is_one_arrival(server: Dovecot, user: str, box: Mailbox) -> None:
    with OpenDoor() as opened:
        send(opened.port, mail("one"))
    server.deliver(
        user, b"Return-Path: <ada@balie.example>\r\nDelivered-To: somebody@elsewhere.example\r\n" + mail("one")
    )
    with reading():
        until(lambda: Mailbox.objects.get().last_uid == 1)
    assert Arrival.objects.count() == 1


def test_a_folder_that_was_made_anew_is_read_anew_and_what_is_known_is_passed_by(
    server: Dovecot, user: str, box: Mailbox
) -> None:
    server.deliver(user, mail("one"))
    with reading():
        until(lambda: subjects() == ["one"])
    Mailbox.objects.update(uidvalidity=1, last_uid=4000)
    server.deliver(user, mail("two"))
    with reading():
        until(lambda: subjects() == ["one", "two"])
    assert Mailbox.objects.get().last_uid == 2


def test_what_lay_there_long_before_is_left_alone(server: Dovecot, user: str, box: Mailbox) -> None:
    server.deliver(user, mail("old"), at=clock.now() - timedelta(days=3))
    server.deliver(user, mail("yesterday"), at=clock.now() - timedelta(hours=30))
    server.deliver(user, mail("new"))
    with reading():
        until(lambda: Mailbox.objects.get().last_uid == 3)
    assert subjects() == ["new"]


def test_all_that_lies_there_is_taken_in_when_asked(server: Dovecot, user: str, box: Mailbox) -> None:
    server.deliver(user, mail("old"), at=clock.now() - timedelta(days=300))
    box.take_everything()
    with reading():
        until(lambda: subjects() == ["old"])


def test_a_signed_reply_address_is_honoured(server: Dovecot, user: str, box: Mailbox) -> None:
    reply = reply_address.write(team_address="it", ticket=12, person=7)
    server.deliver(user, f"Delivered-To: {reply}@desk.localhost\r\n".encode() + mail("answer"))
    server.deliver(user, b"Delivered-To: it+r1-1-aaaaaaaaaaaaaaaa@desk.localhost\r\n" + mail("forged"))
    with reading():
        until(lambda: Arrival.objects.count() == 2)
    assert [arrival.envelope["recipient"] for arrival in Arrival.objects.order_by("pk")] == [
        f"{reply}@desk.localhost",
        "it@desk.localhost",
    ]


def test_mail_is_deleted_only_when_asked_and_only_what_was_taken_in(server: Dovecot, user: str, box: Mailbox) -> None:
    Mailbox.objects.update(deletes_after_reading=True)
    server.deliver(user, mail("old"), at=clock.now() - timedelta(days=9))
    server.deliver(user, mail("one"), mail("two"))
    with server.account(user) as client:
        client.store("1", "+FLAGS", r"(\Deleted)")
        with reading():
            until(lambda: len(server.flags(user)) == 1)
        assert subjects() == ["one", "two"]


def test_a_mailbox_that_is_added_or_removed_is_noticed_at_once(
    server: Dovecot, user: str, committed_cast: Cast
) -> None:
    server.deliver(user, mail("one"))
    with reading():
        mailbox = described(server, user, committed_cast.it)
        mailbox.connect()
        until(lambda: subjects() == ["one"])
        mailbox.delete()
        until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("mailbox ")])


def test_a_mailbox_whose_settings_are_mended_is_read_at_once(server: Dovecot, user: str, box: Mailbox) -> None:
    Mailbox.objects.update(folder="Nowhere")
    server.deliver(user, mail("one"))
    with reading():
        until(lambda: Mailbox.objects.get().last_error == Trouble.FOLDER)
        mended = Mailbox.objects.get()
        mended.folder = "INBOX"
        mended.connect()
        until(lambda: subjects() == ["one"])
    assert Mailbox.objects.get().last_error == ""


def test_of_two_processes_only_one_reads_and_the_other_takes_over(server: Dovecot, user: str, box: Mailbox) -> None:
    with reading() as second:
        until(lambda: second._readers)
        with reading() as first:
            server.deliver(user, mail("one"))
            until(lambda: subjects() == ["one"])
            assert not first._readers
            second.stop()
            until(lambda: first._readers)
            server.deliver(user, mail("two"))
            until(lambda: subjects() == ["one", "two"])


def test_the_reading_goes_on_after_the_database_was_away(server: Dovecot, user: str, box: Mailbox) -> None:
    with reading():
        server.deliver(user, mail("one"))
        until(lambda: subjects() == ["one"])
        with database_away():
            server.deliver(user, mail("two"))
        until(lambda: subjects() == ["one", "two"])


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_news_are_heard_over_a_sealed_connection_too(
    server: Dovecot, user: str, committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    port = server.tls_port if security == "tls" else server.port
    described(server, user, committed_cast.it, security=security, port=port, host="localhost").connect()
    with reading(Waiting(idle=60, poll=60, look=0.05)):
        until(lambda: Mailbox.objects.get().last_seen_at)
        server.deliver(user, mail("one"))
        until(lambda: subjects() == ["one"])
        server.deliver(user, mail("two"))
        until(lambda: subjects() == ["one", "two"])
    assert Mailbox.objects.get().last_error == ""


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_connection_is_sealed_and_the_certificate_is_checked(
    server: Dovecot, user: str, committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    port = server.tls_port if security == "tls" else server.port
    mailbox = described(server, user, committed_cast.it, security=security, port=port, host="localhost")
    with pytest.raises(CannotRead) as refusal:
        imap.check(mailbox)
    assert refusal.value.trouble == Trouble.CERTIFICATE
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    imap.check(mailbox)


def test_what_is_wrong_is_said_plainly(server: Dovecot, user: str, committed_cast: Cast) -> None:
    def trouble(**changes: object) -> Trouble:
        with pytest.raises(CannotRead) as refusal:
            imap.check(described(server, user, committed_cast.it, **changes))
        assert PASSWORD not in refusal.value.detail
        return refusal.value.trouble

    assert trouble(password="wrong") == Trouble.LOGIN
    assert trouble(folder="Nowhere") == Trouble.FOLDER
    assert trouble(host="nowhere.invalid", security="tls") == Trouble.HOST_UNKNOWN
    assert trouble(port=1) == Trouble.NOT_LISTENING
    assert trouble(security="tls") == Trouble.NO_TLS
    assert trouble(host="mail.example.com") == Trouble.OPEN_LINE


def test_an_open_line_is_for_this_machine_only(server: Dovecot, user: str, committed_cast: Cast) -> None:
    with pytest.raises(ValidationError):
        described(server, user, committed_cast.it, host="mail.example.com").connect()


def test_secrets_are_sealed_in_the_database(box: Mailbox) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM channels_email_mailbox")
        assert PASSWORD not in cursor.fetchone()[0]
    assert Mailbox.objects.get().password == PASSWORD


def test_readers_end_quickly(box: Mailbox, server: Dovecot, user: str) -> None:
    server.deliver(user, mail("one"))
    with reading(Waiting()):
        until(lambda: subjects() == ["one"])
        began = time.monotonic()
    assert time.monotonic() - began < 8
