"""Mailboxes on servers that know little or behave badly."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import psycopg
import pytest
from django.db import connection

from balie.channels.email import imap, mailboxes
from balie.channels.email.imap import CannotRead, Waiting
from balie.channels.email.mailboxes import Readers
from balie.channels.email.models import Mailbox, Trouble
from balie.channels.email.tests.fake_imap import FakeImap, run
from balie.channels.email.tests.postbox import mail, until
from balie.channels.email.tests.test_mailboxes import QUICK, reading, subjects
from balie.config.tests.cast import Cast
from balie.platform import listening


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(mailboxes, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(mailboxes, "LONGEST_PAUSE_SECONDS", 0.2)


@pytest.fixture
def fake() -> Iterator[FakeImap]:
    with run(FakeImap()) as running:
        yield running


def described(fake: FakeImap, cast: Cast, **more: object) -> Mailbox:
    settings = {"user": "it@balie.example", "password": "secret", **more}
    return Mailbox(team=cast.it, host="127.0.0.1", port=fake.port, security="none", **settings)


def test_a_server_without_idle_is_asked_now_and_then(fake: FakeImap, committed_cast: Cast) -> None:
    described(fake, committed_cast).connect()
    with reading():
        fake.mails[1] = mail("one")
        until(lambda: subjects() == ["one"])
        fake.mails[2] = mail("two")
        until(lambda: subjects() == ["one", "two"])
    assert not any("IDLE" in said.upper() for said in fake.said)
    assert not any(word in said.upper() for said in fake.said for word in ("STORE", "SELECT"))


def test_news_in_one_breath_with_the_consent_to_wait_is_heard_at_once(fake: FakeImap, committed_cast: Cast) -> None:
    fake.arriving = {1: mail("one")}
    described(fake, committed_cast).connect()
    with reading(Waiting(idle=60, poll=60, look=0.05)):
        until(lambda: subjects() == ["one"])
    assert fake.said.count("IDLE") <= 2


def test_a_mail_that_is_not_handed_over_holds_up_no_other_and_is_asked_for_again(
    fake: FakeImap, committed_cast: Cast
) -> None:
    described(fake, committed_cast).connect()
    fake.mails = {1: mail("one"), 2: mail("poisoned"), 3: mail("three")}
    fake.poisoned = {2}
    with reading():
        until(lambda: subjects() == ["one", "three"])
        until(lambda: Mailbox.objects.get().last_error == Trouble.UNREADABLE_MAIL)
        assert Mailbox.objects.get().unread_uids == [2]
    fake.poisoned = set()
    with reading():
        until(lambda: subjects() == ["one", "three", "poisoned"])
        until(lambda: Mailbox.objects.get().unread_uids == [])


def test_a_lost_connection_is_made_again(fake: FakeImap, committed_cast: Cast) -> None:
    described(fake, committed_cast).connect()
    with reading():
        fake.mails[1] = mail("one")
        until(lambda: subjects() == ["one"])
        fake.drops_next = 3
        fake.mails[2] = mail("two")
        until(lambda: subjects() == ["one", "two"])


def test_one_mailbox_that_fails_does_not_hold_up_another(fake: FakeImap, committed_cast: Cast) -> None:
    described(fake, committed_cast).connect()
    broken = described(fake, committed_cast, user="broken")
    broken.connect()
    Mailbox.objects.filter(pk=broken.pk).update(port=1)
    fake.mails[1] = mail("one")
    with reading():
        until(lambda: subjects() == ["one"])
        until(lambda: Mailbox.objects.get(pk=broken.pk).last_error == Trouble.NOT_LISTENING)


def test_a_secret_that_cannot_be_read_any_more_is_shown(fake: FakeImap, committed_cast: Cast) -> None:
    mailbox = described(fake, committed_cast)
    mailbox.connect()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE channels_email_mailbox SET password = 'gAAAAAnonsense'")
    with reading():
        until(lambda: Mailbox.objects.filter(last_error=Trouble.KEY_LOST).exists())


@contextmanager
def sign_in_server(*answers: tuple[int, dict[str, object]]) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """Gives these answers in turn, the last one for ever."""
    asked: list[dict[str, list[str]]] = []
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            status, said = left.pop(0) if len(left) > 1 else left[0]
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/token", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def oauth(fake: FakeImap, cast: Cast, token_url: str, **more: str) -> Mailbox:
    return described(
        fake, cast, sign_in="oauth2", password="", client_id="balie", client_secret="hush", token_url=token_url, **more
    )


def test_oauth_tokens_are_fetched_and_a_new_refresh_token_is_kept(fake: FakeImap, committed_cast: Cast) -> None:
    fake.tokens = {"good"}
    fake.mails = {1: mail("one")}
    answer = {"access_token": "good", "expires_in": 3600, "refresh_token": "second"}
    with sign_in_server((200, answer)) as (url, asked):
        oauth(fake, committed_cast, url, refresh_token="first").connect()
        with reading():
            until(lambda: subjects() == ["one"])
    assert (asked[0]["grant_type"], asked[0]["refresh_token"]) == (["refresh_token"], ["first"])
    assert len(asked) == 1
    assert Mailbox.objects.get().refresh_token == "second"
    assert "user=it@balie.example\x01auth=Bearer good\x01\x01" in fake.said


def test_an_application_may_sign_in_for_itself(fake: FakeImap, committed_cast: Cast) -> None:
    fake.tokens = {"good"}
    with sign_in_server((200, {"access_token": "good"})) as (url, asked):
        imap.check(oauth(fake, committed_cast, url, scope="imap"))
    assert (asked[0]["grant_type"], asked[0]["scope"]) == (["client_credentials"], ["imap"])


def test_a_refused_token_is_not_used_again(fake: FakeImap, committed_cast: Cast) -> None:
    fake.tokens = {"good"}
    fake.mails = {1: mail("one")}
    bad, good = {"access_token": "bad", "expires_in": 3600}, {"access_token": "good", "expires_in": 3600}
    with sign_in_server((200, bad), (200, good)) as (url, asked):
        oauth(fake, committed_cast, url, refresh_token="first").connect()
        with reading():
            until(lambda: subjects() == ["one"])
    assert len(asked) == 2


def test_what_the_sign_in_server_says_is_shown_and_no_secret_is(fake: FakeImap, committed_cast: Cast) -> None:
    fake.tokens = {"good"}
    revoked = {"error": "invalid_grant", "error_description": "Token has been revoked"}
    with sign_in_server((400, revoked)) as (url, _), pytest.raises(CannotRead) as refusal:
        imap.check(oauth(fake, committed_cast, url, refresh_token="first"))
    assert refusal.value.trouble == Trouble.TOKEN
    assert refusal.value.detail == "invalid_grant: Token has been revoked"
    with pytest.raises(CannotRead) as refusal:
        imap.check(oauth(fake, committed_cast, "http://login.example.com/token"))
    assert refusal.value.trouble == Trouble.TOKEN


def test_waiting_is_shorter_than_the_half_hour_of_the_standard() -> None:
    assert Waiting().idle < 29 * 60
    assert isinstance(Readers(QUICK), Readers)


def test_a_reader_that_was_asked_to_stop_is_not_followed_by_another(fake: FakeImap, committed_cast: Cast) -> None:
    described(fake, committed_cast).connect()
    readers = Readers(QUICK)
    with psycopg.connect(**listening.address(), autocommit=True) as locks:
        readers._look(locks)
        (reader,) = readers._readers.values()
        readers.stop()
        reader.join()
        readers._look(locks)
    assert readers._readers == {}
