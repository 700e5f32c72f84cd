"""How much the SMTP door takes from one client, and from all of them together."""

from dataclasses import dataclass

from balie.channels.email.taking_in import LARGEST


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Sizes in bytes, times in seconds. The defaults suit a desk of some thousand people in a process of 100 MB."""

    size: int = LARGEST
    line: int = 16 * 1024
    recipients: int = 100
    errors: int = 20
    connections: int = 200
    connections_of_one: int = 100
    large: int = 256 * 1024  # beyond this a mail waits on the disk, and large ones are stored one at a time
    large_at_once: int = 20
    idle: float = 300  # between two commands (RFC 5321, 4.5.3.2.7)
    hurried: float = 20  # the same when more than half of the connections are in use
    letter: float = 600  # for the whole of DATA
    keeping: float = 60  # until the database has the mail
    farewell: float = 5  # at the end, for mails on their way
