"""How the deliveries of an answer go, as they stand beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from balie.channels.models import Delivery
from balie.channels.models.delivery import NOTHING_WRONG


@dataclass(frozen=True, kw_only=True)
class State:
    """One delivery. `is_needless` is one that nobody wants any more: the person left, or takes part no longer."""

    pk: int
    state: str
    address: str
    error: str
    at: datetime | None

    @property
    def is_needless(self) -> bool:
        return self.state == Delivery.State.REFUSED and self.error in NOTHING_WRONG


def states_of(owed: Iterable[dict[str, Any]]) -> tuple[State, ...]:
    """From what PostgreSQL wrote as JSON."""
    return tuple(
        State(
            pk=one["pk"], state=one["state"], address=one["address"], error=one["error"].partition("\n")[0],
            at=_time(one["sent_at"] or one["next_attempt_at"]),
        )
        for one in owed
    )  # fmt: skip


def states_of_message(message: int) -> tuple[State, ...]:
    """Those of one message, asked for by themselves."""
    rows = Delivery.objects.filter(message=message, purpose=Delivery.Purpose.REPLY).order_by("pk")
    return tuple(
        State(
            pk=one.pk, state=one.state, address=one.address, error=one.error.partition("\n")[0],
            at=one.sent_at or one.next_attempt_at,
        )
        for one in rows.only("state", "address", "error", "next_attempt_at", "sent_at")
    )  # fmt: skip


def _time(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
