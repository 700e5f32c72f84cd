"""Addresses of an SMTP envelope."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balie.channels.email import mail_path


@pytest.mark.parametrize(
    ("said", "address", "rest"),
    [
        ("<ada@balie.example>", "ada@balie.example", ""),
        (" <ada@balie.example> SIZE=100 BODY=8BITMIME", "ada@balie.example", "SIZE=100 BODY=8BITMIME"),
        ("<>", "<>", ""),
        ("<> SIZE=3", "<>", "SIZE=3"),
        ("ada@balie.example", "ada@balie.example", ""),
        ("ada@balie.example SIZE=3", "ada@balie.example", "SIZE=3"),
        ('<"a b"@balie.example>', '"a b"@balie.example', ""),
        ('<"a>b@c"@balie.example>', '"a>b@c"@balie.example', ""),
        ("<@one.example,@two.example:ada@balie.example>", "ada@balie.example", ""),
        ("<postmaster>", "postmaster", ""),
    ],
)
def test_an_address_is_told_from_what_follows(said: str, address: str, rest: str) -> None:
    assert mail_path.split_argument(said) == (address, rest)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "<",
        "<ada@balie.example",
        "<ada@@balie>",
        "<a b@c>",
        "<ada@balie.example>SIZE=3",
        "<\udcff@x>",
        "<a@b>\x00",
        "<" + "a" * 300 + "@b>",
    ],
)
def test_what_is_no_address_is_refused(said: str) -> None:
    assert mail_path.split_argument(said)[0] is None


@given(st.text(max_size=600))
def test_nothing_breaks_it(said: str) -> None:
    address, rest = mail_path.split_argument(said)
    assert address is None or isinstance(rest, str)
    mail_path.read(said)


def test_addresses_are_compared_without_their_quotes_and_case() -> None:
    assert mail_path.read('"I\\T"@Desk.Example.') == mail_path.MailPath("it", "desk.example")
    assert mail_path.read("it@bücher.example") == mail_path.read("it@xn--bcher-kva.example")
