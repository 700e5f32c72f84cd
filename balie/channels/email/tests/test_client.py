"""Handing mail to a real server that has its faults."""

import dataclasses
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from balie.channels.email import client
from balie.channels.email.header_lines import POLICY, mailbox
from balie.channels.email.tests.sink import Sink, open_sink
from balie.platform.environment import MailRoute


@pytest.fixture
def sink(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    monkeypatch.setattr(client, "PATIENCE", 0.5)
    with open_sink() as opened:
        settings.BALIE = dataclasses.replace(settings.BALIE, smtp=opened.route)
        yield opened
        client.hang_up()


def mail(text: str = "Hello") -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"] = mailbox("IT", "it@desk.localhost")
    message["To"] = mailbox("Ada", "ada@balie.example")
    message["Subject"] = "Re: Laptop"
    message["Message-ID"] = "<d1.abc@desk.localhost>"
    message.set_content(text)
    return message


def post(text: str = "Hello", *, to: str = "ada@balie.example") -> None:
    client.post_mail(mail(text), sender="bounce@desk.localhost", recipient=to)


def test_a_mail_is_taken_with_its_envelope(sink: Sink) -> None:
    post("First\n.\n..dots\n")
    assert sink.taken[0].mail_from == "bounce@desk.localhost"
    assert sink.taken[0].rcpt_tos == ["ada@balie.example"]
    assert sink.mails[0].get_content() == "First\n.\n..dots\n"


def test_a_connection_is_used_again(sink: Sink) -> None:
    for _mail in range(5):
        post()
    assert len(sink.taken) == 5
    assert sink.connections == 1


def test_a_connection_carries_a_hundred_mails_at_most(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MOST_ON_ONE_LINE", 2)
    for _mail in range(5):
        post()
    assert sink.connections == 3


def test_an_idle_connection_is_not_trusted(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    post()
    monkeypatch.setattr(client, "KEPT_IDLE", -1.0)
    post()
    assert sink.connections == 2


def test_a_connection_that_the_server_closed_is_opened_anew(sink: Sink) -> None:
    post()
    sink.hang_up()
    post()
    assert len(sink.taken) == 2


def test_a_refused_recipient_is_refused_for_good_and_the_next_mail_goes(sink: Sink) -> None:
    sink.says_to["gone@balie.example"] = "550 5.1.1 No such user"
    with pytest.raises(client.RefusedForGood, match=r"^550 5\.1\.1 No such user$"):
        post(to="gone@balie.example")
    post()
    assert len(sink.taken) == 1
    assert sink.connections == 1


def test_a_refused_sender_or_mail_is_refused_for_good(sink: Sink) -> None:
    sink.says_to_sender = "553 Not you"
    with pytest.raises(client.RefusedForGood, match="553"):
        post()
    sink.says_to_sender = "250 OK"
    sink.says_after_data = "554 5.7.1 Spam"
    with pytest.raises(client.RefusedForGood, match="Spam"):
        post()


def test_a_greylisting_server_is_tried_again(sink: Sink) -> None:
    sink.says_to["ada@balie.example"] = "450 4.2.0 Greylisted"
    with pytest.raises(client.TryAgain, match="Greylisted"):
        post()
    sink.says_to.clear()
    post()
    assert len(sink.taken) == 1


def test_a_server_that_wants_a_sign_in_is_our_fault_and_not_the_mails(sink: Sink) -> None:
    sink.says_to_sender = "530 5.7.0 Authentication required"
    with pytest.raises(client.TryAgain):
        post()


def test_a_mail_that_is_taken_back_after_data_is_tried_again(sink: Sink) -> None:
    sink.says_after_data = "451 Disk full"
    with pytest.raises(client.TryAgain, match="Disk full"):
        post()


@pytest.mark.parametrize("fault", ["stalls", "drops_in_data", "drops_after_data"])
def test_a_server_that_falls_silent_or_vanishes_is_tried_again(sink: Sink, fault: str) -> None:
    setattr(sink, fault, True)
    with pytest.raises(client.TryAgain):
        post("word " * 1000)
    setattr(sink, fault, False)
    post()
    assert sink.mails[-1].get_content() == "Hello\n"


def test_no_server_at_all_is_tried_again(settings: Any) -> None:
    route = MailRoute(host="127.0.0.1", port=1, user="", password="", starttls=False, tls=False)
    settings.BALIE = dataclasses.replace(settings.BALIE, smtp=route)
    with pytest.raises(client.TryAgain, match="Nothing listens"):
        post()


def test_a_server_without_the_promised_encryption_gets_no_mail(sink: Sink, settings: Any) -> None:
    settings.BALIE = dataclasses.replace(settings.BALIE, smtp=dataclasses.replace(sink.route, starttls=True))
    with pytest.raises(client.TryAgain, match="STARTTLS"):
        post()
    assert sink.taken == []


def test_an_address_beyond_ascii_goes_with_smtputf8_and_only_then(sink: Sink) -> None:
    post()
    assert "SMTPUTF8" not in sink.taken[0].mail_options
    post(to="jürgen@bücher.example")
    assert "SMTPUTF8" in sink.taken[1].mail_options
    assert sink.taken[1].rcpt_tos == ["jürgen@xn--bcher-kva.example"]
    post(to="ada@bücher.example")
    assert "SMTPUTF8" not in sink.taken[2].mail_options


def test_a_server_that_takes_no_such_address_refuses_it_for_good(settings: Any) -> None:
    with open_sink(speaks_utf8=False) as sink:
        settings.BALIE = dataclasses.replace(settings.BALIE, smtp=sink.route)
        with pytest.raises(client.RefusedForGood):
            post(to="jürgen@balie.example")
        client.hang_up()


def test_without_a_server_mail_is_put_into_the_outbox(settings: Any) -> None:
    settings.BALIE = dataclasses.replace(settings.BALIE, smtp=None)
    post()
    (path,) = (Path(settings.BALIE.data) / "outbox").iterdir()
    assert path.name.endswith("-d1-abc.eml")
    assert path.read_bytes().endswith(b"Hello\r\n")
