"""What Slack's doors count for `/metrics`."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

from prometheus_client import Counter


def refused(why: str) -> None:
    """A call that was turned away."""
    _count("balie_slack_refused", "Calls of Slack's doors that were refused.", why)


def ignored(why: str) -> None:
    """An event from which nothing follows."""
    _count("balie_slack_ignored", "Events of Slack from which nothing follows.", why)


def _count(name: str, words: str, why: str) -> None:
    # Where no folder for numbers has been made, nobody asks for them.
    with suppress(OSError):
        _counter(name, words).labels(why).inc()


@cache
def _counter(name: str, words: str) -> Counter:
    return Counter(name, words, ["why"], registry=None)
