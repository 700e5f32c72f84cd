"""Access tokens for mailboxes that ask for OAuth 2 (RFC 6749): from a refresh token, or for the application itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from balie.channels.email.models import Mailbox

_PATIENCE = 20.0
_MARGIN = 120.0  # seconds that a token must still be good for


class NoToken(Exception):
    """The server for sign-in gave no token; the message holds its own words."""


@dataclass
class _Token:
    token: str
    good_until: float


class AccessTokens:
    """Access tokens by mailbox, each kept until shortly before its end."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[int, _Token] = {}

    def fetch_for(self, mailbox: Mailbox) -> str:
        """A token that is good for some minutes; raises `NoToken`. A new refresh token is stored with the mailbox."""
        kept = self._kept.get(mailbox.pk)
        if kept and kept.good_until - _MARGIN > self._now():
            return kept.token
        answer = _post(mailbox)
        token = _Token(str(answer.get("access_token", "")), self._now() + _seconds(answer.get("expires_in")))
        if not token.token:
            raise NoToken("no access_token in its answer")
        if mailbox.pk:
            self._kept[mailbox.pk] = token
        refreshed = str(answer.get("refresh_token", ""))
        if refreshed and refreshed != mailbox.refresh_token:
            if mailbox.pk:
                mailbox.keep_refresh_token(refreshed)
            mailbox.refresh_token = refreshed
        return token.token

    def forget(self, mailbox: Mailbox) -> None:
        """The mail server did not take the token."""
        self._kept.pop(mailbox.pk, None)


def _post(mailbox: Mailbox) -> dict[str, object]:
    if urlsplit(mailbox.token_url).scheme != "https" and urlsplit(mailbox.token_url).hostname not in (
        "localhost",
        "127.0.0.1",
    ):
        raise NoToken("the token address must begin with https://")
    asked = {"client_id": mailbox.client_id, "client_secret": mailbox.client_secret, "scope": mailbox.scope}
    if mailbox.refresh_token:
        asked |= {"grant_type": "refresh_token", "refresh_token": mailbox.refresh_token}
    else:
        asked |= {"grant_type": "client_credentials"}
    try:
        response = httpx2.post(
            mailbox.token_url, data={name: value for name, value in asked.items() if value}, timeout=_PATIENCE
        )
        answer = response.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as fault:
        raise NoToken(type(fault).__name__) from None
    if not isinstance(answer, dict):
        raise NoToken(f"HTTP {response.status_code}")
    if response.status_code != httpx2.codes.OK:
        raise NoToken(f"{answer.get('error', response.status_code)}: {str(answer.get('error_description', ''))[:200]}")
    return answer


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float | str) and str(value).isdecimal() else 300.0
