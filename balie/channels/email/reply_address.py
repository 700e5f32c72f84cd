"""The address that a reply is sent to: it says which request and which person, and only we can make one."""

import re
from dataclasses import dataclass
from typing import Self

from balie.platform import secrets

LONGEST = 64  # octets of a local part (RFC 5321, 4.5.3.1.1)

_PURPOSE = "reply address"
_WRITTEN = re.compile(
    r"(?P<team>[a-z0-9][a-z0-9._-]*)\+r(?P<ticket>[1-9][0-9]{0,14})-(?P<person>[1-9][0-9]{0,14})-(?P<signature>[a-z2-7]{16})"
)


@dataclass(frozen=True, kw_only=True)
class ReplyAddress:
    """What a reply address says. The team's address is there for people to read: requests move, and teams are renamed,
    so that it is not signed, and is shortened where there is no room for it."""

    team_address: str
    ticket: int
    person: int

    @property
    def local_part(self) -> str:
        """The part before the @, in lower case, at most 64 characters."""
        says = f"+r{self.ticket}-{self.person}-{secrets.sign(_PURPOSE, self._signed)}"
        return self.team_address[: LONGEST - len(says)].rstrip("._-").lower() + says

    @classmethod
    def read(cls, local_part: str) -> Self | None:
        """What the part before the @ says, in any case; None when it is no reply address or its signature is not ours."""
        found = _WRITTEN.fullmatch(local_part.lower()) if len(local_part) <= LONGEST else None
        if found is None:
            return None
        address = cls(team_address=found["team"], ticket=int(found["ticket"]), person=int(found["person"]))
        return address if secrets.is_signed(_PURPOSE, address._signed, found["signature"]) else None

    @property
    def _signed(self) -> str:
        return f"{self.ticket}-{self.person}"


def write(*, team_address: str, ticket: int, person: int) -> str:
    """The part before the @ of the address that this person's replies about this request are sent to."""
    return ReplyAddress(team_address=team_address, ticket=ticket, person=person).local_part


def read(local_part: str) -> ReplyAddress | None:
    """What a reply address says; None when it is none, or not signed by us."""
    return ReplyAddress.read(local_part)
