"""Browsers, as `channels/kinds.py` knows a channel. Nothing ever comes in from them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from balie.channels.models import Arrival
from balie.channels.push.sending import send as deliver

__all__ = ["deliver", "understand"]


def understand(arrivals: Sequence[Arrival], *, alone: Callable[[Arrival], AbstractContextManager[None]]) -> None:
    for arrival in arrivals:
        with alone(arrival):
            arrival.settle(Arrival.State.IGNORED, outcome="nothing comes in by this channel")
