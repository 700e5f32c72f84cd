"""Handing mail to a submission server that wants TLS and a password (RFC 6409, RFC 8314)."""

import dataclasses
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from balie.channels.email import certificate, client
from balie.channels.email.client import TryAgain
from balie.channels.email.tests.sink import Sink, open_sink
from balie.channels.email.tests.test_client import mail

WAYS = ["starttls", "tls"]


@pytest.fixture
def sealed(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that says `localhost`, and that nobody trusts yet."""
    return certificate.context(certificate=None, key=None, data=tmp_path, domain="localhost")


@pytest.fixture
def _strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the server were on another machine: its certificate counts."""
    monkeypatch.setattr(client, "_HERE", frozenset())


@contextmanager
def routed(settings: Any, **how: Any) -> Iterator[Sink]:
    with open_sink(**how) as sink:
        settings.BALIE = dataclasses.replace(settings.BALIE, smtp=sink.route)
        try:
            yield sink
        finally:
            client.hang_up()


def post() -> None:
    client.post_mail(mail(), sender="bounce@desk.localhost", recipient="ada@balie.example")


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize("way", WAYS)
def test_mail_goes_encrypted_and_signed_in(
    way: str, sealed: ssl.SSLContext, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls" / "smtp.pem"))
    with routed(settings, **{way: sealed}, user="desk", password="s3cret") as sink:
        post()
    assert sink.taken[0].rcpt_tos == ["ada@balie.example"]


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(way: str, sealed: ssl.SSLContext, settings: Any) -> None:
    with routed(settings, **{way: sealed}) as sink, pytest.raises(TryAgain, match="certificate"):
        post()
    assert sink.taken == []


@pytest.mark.usefixtures("_strict")
def test_a_certificate_of_another_name_gets_no_mail(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = certificate.context(certificate=None, key=None, data=tmp_path, domain="elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls" / "smtp.pem"))
    with routed(settings, tls=other) as sink, pytest.raises(TryAgain, match="localhost"):
        post()
    assert sink.taken == []


@pytest.mark.parametrize("way", WAYS)
def test_a_server_on_this_machine_needs_nobody_to_vouch_for_it(way: str, sealed: ssl.SSLContext, settings: Any) -> None:
    with routed(settings, **{way: sealed}) as sink:
        post()
    assert len(sink.taken) == 1


def test_a_wrong_password_is_about_us_and_the_mail_waits(sealed: ssl.SSLContext, settings: Any) -> None:
    with routed(settings, tls=sealed, user="desk", password="s3cret") as sink:
        settings.BALIE = dataclasses.replace(settings.BALIE, smtp=dataclasses.replace(sink.route, password="mistaken"))
        with pytest.raises(TryAgain, match="535"):
            post()
    assert sink.taken == []


def test_a_server_without_starttls_gets_neither_password_nor_mail(settings: Any) -> None:
    with routed(settings) as sink:
        settings.BALIE = dataclasses.replace(
            settings.BALIE, smtp=dataclasses.replace(sink.route, starttls=True, user="desk", password="s3cret")
        )
        with pytest.raises(TryAgain, match="STARTTLS"):
            post()
    assert sink.taken == []
