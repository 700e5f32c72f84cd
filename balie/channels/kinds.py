"""The kinds of channel there are. Adding one is adding a folder and a line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar, cast, runtime_checkable

from balie.organisation.models import Organisation
from balie.organisation.plan import Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from balie.channels.models import Arrival, Delivery

    Row = TypeVar("Row", Arrival, Delivery)
    # Keeps what goes wrong within with one row.
    Alone: TypeAlias = Callable[[Row], AbstractContextManager[None]]

EMAIL: Final = "email"
WEB: Final = "web"
PUSH: Final = "push"
SLACK: Final = "slack"

# Who asks there sees a card of the request in the thread.
WITH_CARDS: Final = frozenset({SLACK})

_DRIVERS: Final = {
    EMAIL: "balie.channels.email.driver", PUSH: "balie.channels.push.driver", SLACK: "balie.channels.slack.driver",
}  # fmt: skip


_FEATURES: Final = {EMAIL: Feature.EMAIL, PUSH: Feature.PUSH, SLACK: Feature.SLACK}


def is_open(kind: str) -> bool:
    """Whether the plan has this way out."""
    feature = _FEATURES.get(kind)
    return feature is None or Organisation.current().plan.includes(feature)


class Driver(Protocol):
    """What every channel can do."""

    def understand(self, arrivals: Sequence[Arrival], *, alone: Alone[Arrival]) -> None:
        """Read what came in, find the people and the requests, call the verbs, settle the arrivals.

        What concerns one arrival only is done within `alone`, which keeps a failure with it; several share a transaction
        only where each can still fail by itself.
        """

    def deliver(self, delivery: Delivery) -> None:
        """Write and send what is owed, and record how it went."""


@runtime_checkable
class DeliversMany(Protocol):
    """What a channel can do that has much to deliver."""

    def deliver_all(self, deliveries: Sequence[Delivery], *, alone: Alone[Delivery]) -> None:
        """The same for several, the first first; what concerns one only is done within `alone`, as above."""


def driver(kind: str) -> Driver:
    return cast("Driver", import_module(_DRIVERS[kind]))
