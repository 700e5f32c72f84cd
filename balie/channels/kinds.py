"""The kinds of channel there are. Adding one is adding a folder and a line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from balie.channels.models import Arrival, Delivery

EMAIL: Final = "email"
WEB: Final = "web"

_DRIVERS: Final = {EMAIL: "balie.channels.email.driver"}


class Driver(Protocol):
    """What every channel can do."""

    def understand(self, arrival: Arrival) -> None:
        """Read what came in, find the person and the request, call the verb, settle the arrival; in one transaction."""

    def deliver(self, delivery: Delivery) -> None:
        """Write and send what is owed, and record how it went."""


def driver(kind: str) -> Driver:
    return cast("Driver", import_module(_DRIVERS[kind]))
