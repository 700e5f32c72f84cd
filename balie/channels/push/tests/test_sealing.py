"""What only the browser can open, and what says who sent it."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from balie.channels.push import naming, sealing
from balie.channels.push.models import SendingKey
from balie.channels.push.tests.service import point, written

# The receiver of RFC 8291, appendix A.
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
RECEIVERS_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
SENDERS_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_it_seals_as_the_example_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    number = int.from_bytes(sealing.from_base64(SENDERS_KEY), "big")
    monkeypatch.setattr(ec, "generate_private_key", lambda _curve: ec.derive_private_key(number, ec.SECP256R1()))
    monkeypatch.setattr(sealing.os, "urandom", lambda _count: sealing.from_base64(SALT))
    monkeypatch.setattr(sealing, "_STEP", 1)
    sealed = sealing.seal(b"When I grow up, I want to be a watermelon", public_key=RECEIVER, secret=SECRET)
    assert sealing.as_base64(sealed) == SEALED


def test_messages_of_different_lengths_look_alike() -> None:
    lengths = {len(sealing.seal(b"x" * length, public_key=RECEIVER, secret=SECRET)) for length in (1, 100, 512)}
    assert len(lengths) == 1
    longest = sealing.seal(b"x" * sealing.LARGEST, public_key=RECEIVER, secret=SECRET)
    assert len(longest) == 4096
    with pytest.raises(ValueError, match="4,096"):
        sealing.seal(b"x" * (sealing.LARGEST + 1), public_key=RECEIVER, secret=SECRET)


@pytest.mark.parametrize("key", ["", "!!!", "AAAA", RECEIVER[:-4], written(b"\4" + b"\1" * 64)])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(sealing.BadKey):
        sealing.public_key_of(key)


def test_a_secret_has_sixteen_bytes() -> None:
    assert len(sealing.secret_of(SECRET)) == 16
    with pytest.raises(sealing.BadKey):
        sealing.secret_of(SECRET[:-4])


@pytest.mark.django_db
def test_the_key_is_made_once_and_kept_sealed() -> None:
    from django.db import connection

    key = SendingKey.current()
    assert SendingKey.current().private == key.private
    assert key.public == written(point(key.opened().public_key()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM push_sendingkey")
        assert "PRIVATE KEY" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox · Windows"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15",
            "Safari · macOS",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge · Windows"),
        ("curl", ""),
    ],
)
def test_a_browser_is_named_by_what_it_is(user_agent: str, name: str) -> None:
    assert naming.name_of(user_agent) == name
