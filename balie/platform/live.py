"""Telling open pages what has changed: one NOTIFY inside the transaction, so that nobody hears of what was rolled back."""

import json

from balie.platform.calls import call

CHANNEL = "balie_live"
# PostgreSQL refuses 8,000 bytes and more.
_LARGEST = 7999


class TooMuchToTell(ValueError):
    """A notice names things by their ids; what they say is fetched by the page, past its own gate."""


def tell(*topics: str, **payload: int | str | None) -> None:
    """Tell every open page that hears one of `topics`, once the current transaction has committed.

    Topics are `team:{id}`, heard by those who work on that team's requests, `person:{id}`, and `experts`, heard by all of
    them. Whoever hears a topic reads the
    whole payload: what only experts may know, such as a note, is told to a team, never to the requester. `rights:{person}`
    reaches no page: what that person hears is read anew, and their streams end if they may no longer sign in; `rights` does
    so for everyone. `id` is the id of the event. `passing=1` is for what nobody needs to hear later, such as who is reading: a
    page that was opened a moment after it does not fetch itself again.
    """
    call(CHANNEL, written(*topics, **payload))


def written(*topics: str, **payload: int | str | None) -> str:
    """What `tell` says on the channel, for a statement that says it itself."""
    notice = json.dumps({"topics": topics, **payload}, separators=(",", ":"))
    if len(notice.encode()) > _LARGEST:
        raise TooMuchToTell(", ".join(topics))
    return notice
