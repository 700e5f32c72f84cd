"""What email remembers."""

from balie.channels.email.models.known_id import KnownId
from balie.channels.email.models.mailbox import Mailbox, Trouble

__all__ = ["KnownId", "Mailbox", "Trouble"]
