"""A sender is believed when the domain of From vouches for it, and caught when that domain says it is not its own."""

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from balie.channels.email import dns, sender
from balie.channels.said import Verdict

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = b"".join(
    KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .splitlines()[1:-1]
).decode()
MAIL = b"From: Ada <ada@balie.example>\r\nTo: it@desk.localhost\r\nSubject: Laptop\r\n\r\nHello\r\n"


class Records:
    """Name servers that know what the test says."""

    def __init__(self, **addresses: list[str]) -> None:
        self.texts = {
            "s._domainkey.balie.example": [f"v=DKIM1; k=rsa; p={PUBLIC}"],
            "_dmarc.balie.example": ["v=DMARC1; p=reject"],
            "balie.example": ["v=spf1 ip4:192.0.2.0/24 include:mx.example -all"],
            "mx.example": ["v=spf1 a:out.mx.example ~all"],
        }
        self.addresses = {"out.mx.example": ["198.51.100.7"]}

    def fetch_texts(self, name: str) -> list[str]:
        return self.texts.get(name, [])

    def fetch_addresses(self, name: str) -> list[str]:
        return self.addresses.get(name, [])

    def fetch_exchangers(self, name: str) -> list[str]:
        return []


class Away(Records):
    def fetch_texts(self, name: str) -> list[str]:
        raise dns.NoAnswerNow(name)


def judge(
    raw: bytes = MAIL, *, ip: str = "203.0.113.1", resolver: Records | None = None, trusted: tuple[str, ...] = ()
) -> Verdict:
    return sender.judge(
        raw, client_ip=ip, helo="mx.example", envelope_from="ada@balie.example", trusted_servers=trusted,
        resolver=resolver or Records(),
    )  # fmt: skip


def signed(raw: bytes = MAIL) -> bytes:
    return bytes(dkim.sign(raw, b"s", b"balie.example", PEM, include_headers=[b"from", b"subject"])) + raw


def test_a_signature_of_the_domain_is_proof() -> None:
    assert judge(signed()) is Verdict.PASS
    assert judge(signed().replace(b"\r\n", b"\n")) is Verdict.PASS


def test_a_signed_mail_that_was_changed_fails() -> None:
    assert judge(signed().replace(b"Hello", b"Pay me")) is Verdict.FAIL


@pytest.mark.parametrize("ip", ["192.0.2.9", "198.51.100.7"])
def test_a_machine_that_the_domain_lists_is_proof(ip: str) -> None:
    assert judge(ip=ip) is Verdict.PASS


def test_another_machine_fails_and_a_domain_without_records_says_nothing() -> None:
    assert judge() is Verdict.FAIL
    silent = Records()
    silent.texts = {}
    assert judge(resolver=silent) is Verdict.NONE
    assert judge(resolver=Away()) is Verdict.NONE


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ("dmarc=pass header.from=balie.example", Verdict.PASS),
        ("dmarc=fail header.from=balie.example", Verdict.FAIL),
        ("dmarc=pass header.from=evil.example", Verdict.NONE),
        ("dkim=pass header.d=balie.example", Verdict.PASS),
        ("dkim=pass header.d=evil.example", Verdict.NONE),
        ("spf=pass smtp.mailfrom=ada@balie.example", Verdict.PASS),
    ],
)
def test_a_trusted_server_is_believed(result: str, verdict: Verdict) -> None:
    raw = f"Authentication-Results: mx.balie.example; {result}\r\n".encode() + MAIL
    assert judge(raw, trusted=("mx.balie.example",)) is verdict


def test_results_that_the_sender_wrote_are_not_believed() -> None:
    forged = b"Authentication-Results: mx.balie.example; dmarc=pass header.from=balie.example\r\n"
    assert judge(forged + MAIL) is Verdict.FAIL
    above = b"Authentication-Results: mx.other.example; dmarc=fail header.from=balie.example\r\n"
    assert judge(above + forged + MAIL, trusted=("mx.balie.example",)) is Verdict.FAIL


def test_several_authors_fail_and_none_prove_nothing() -> None:
    assert (
        judge(signed(MAIL.replace(b"<ada@balie.example>", b"<ada@balie.example>, Dov <d@x.example>"))) is Verdict.FAIL
    )
    assert judge(b"From: dov@x.example\r\n" + signed()) is Verdict.FAIL
    assert judge(MAIL.replace(b"<ada@balie.example>", b"")) is Verdict.NONE


def test_a_name_that_is_another_address_proves_nothing() -> None:
    raw = b'From: "eva@other.example" <ada@balie.example>\r\nSubject: Hi\r\n\r\nHello\r\n'
    assert judge(raw, ip="192.0.2.9") is Verdict.NONE
