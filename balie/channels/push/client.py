"""Hands a sealed message to the push service of a browser: the only part of push that touches the network."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from balie.channels.push import sealing, vapid
from balie.channels.push.models import Browser, SendingKey
from balie.platform import secrets
from balie.platform.guarded_http import PUBLIC_ONLY, CannotFetch, NotAllowed, Policy, post_guarded

# Whoever opens the laptop in the evening sees the morning's notices; those of yesterday are in the bell.
LASTS = timedelta(hours=24)
_PATIENCE = 10.0
_LONGEST_PAUSE = 24 * 3600

# The address comes from a browser, and so from anybody who can sign in.
policy: Policy = Policy(ports=frozenset({443}), allows=PUBLIC_ONLY.allows)


class Gone(Exception):
    """The service knows this browser no longer, or its address was never one: nothing will ever arrive there."""


class TryLater(Exception):
    """It was not taken this time; `pause` is how many seconds the service asks for, if it does."""

    def __init__(self, words: str, *, pause: int | None = None) -> None:
        super().__init__(words)
        self.pause = pause


def post(browser: Browser, message: bytes, *, key: SendingKey, subject: int) -> None:
    """Have it taken; raises `Gone` or `TryLater`. Of several about one `subject`, a sleeping browser gets the last."""
    try:
        body = sealing.seal(message, public_key=browser.public_key, secret=browser.secret)
        answer = post_guarded(
            browser.endpoint, body, headers=_headers(browser, key, subject), most_seconds=_PATIENCE, policy=policy
        )
    except (NotAllowed, sealing.BadKey) as fault:
        raise Gone(str(fault)) from fault
    except CannotFetch as fault:
        raise TryLater(str(fault)) from fault
    if 200 <= answer.status < 300:
        return
    if answer.status in (404, 410):
        raise Gone(f"{answer.status}")
    if answer.status == 429 or answer.status >= 500:
        raise TryLater(f"{answer.status}", pause=_asked_pause(answer.headers.get("retry-after", "")))
    # Another 4xx is about what we sent, or who we are: the same again will not do.
    raise TryLater(f"The push service answers {answer.status}.")


def _headers(browser: Browser, key: SendingKey, subject: int) -> dict[str, str]:
    contact = f"mailto:desk@{settings.BALIE.mail_domain}"
    return {
        "Authorization": vapid.authorization(browser.endpoint, key=key.opened(), public=key.public, contact=contact),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(int(LASTS.total_seconds())),
        "Urgency": "normal",
        # Of the base64url alphabet, 32 letters at most (RFC 8030, 5.4); it does not tell the service which request it is.
        "Topic": secrets.sign("push topic", f"{browser.pk} {subject}", bits=120),
    }


def _asked_pause(written: str) -> int | None:
    return min(int(written), _LONGEST_PAUSE) if written.isdecimal() and len(written) < 9 else None
