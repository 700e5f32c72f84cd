"""The certificate of the SMTP door."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from balie.channels.email import certificate
from balie.channels.email.certificate import CertificateUnusable
from balie.platform import clock


def test_it_is_made_once_and_again_before_it_ends(tmp_path: Path) -> None:
    def made() -> bytes:
        certificate.context(certificate=None, key=None, data=tmp_path, domain="desk.example.com")
        return (tmp_path / "tls" / "smtp.pem").read_bytes()

    first = made()
    assert made() == first
    with time_machine.travel(clock.now() + timedelta(days=3640)):
        assert made() != first


def test_nobody_else_can_read_its_key(tmp_path: Path) -> None:
    certificate.context(certificate=None, key=None, data=tmp_path, domain="desk.example.com")
    assert stat.S_IMODE((tmp_path / "tls" / "smtp.pem").stat().st_mode) == 0o600


def test_one_that_was_given_is_used(tmp_path: Path) -> None:
    certificate.context(certificate=None, key=None, data=tmp_path, domain="desk.example.com")
    given = tmp_path / "tls" / "smtp.pem"
    assert certificate.context(certificate=given, key=None, data=tmp_path / "other", domain="x.example")
    assert not (tmp_path / "other").exists()


def test_one_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    with pytest.raises(CertificateUnusable, match=r"no\.pem"):
        certificate.context(certificate=tmp_path / "no.pem", key=None, data=tmp_path, domain="x.example")
