"""The address that a bounce comes back to (the envelope sender of what we send): it says which delivery it concerns."""

import re
from dataclasses import dataclass
from typing import Self

from balie.platform import secrets

_PURPOSE = "return address"
_WRITTEN = re.compile(r"bounce\+(?P<delivery>[1-9][0-9]{0,17})-(?P<signature>[a-z2-7]{16})")


@dataclass(frozen=True, kw_only=True)
class ReturnAddress:
    """What a return address says."""

    delivery: int

    @property
    def local_part(self) -> str:
        """The part before the @, in lower case, at most 64 characters."""
        return f"bounce+{self.delivery}-{secrets.sign(_PURPOSE, str(self.delivery))}"

    @classmethod
    def read(cls, local_part: str) -> Self | None:
        """What the part before the @ says, in any case; None when it is no return address or its signature is not ours."""
        found = _WRITTEN.fullmatch(local_part.lower())
        if found is None or not secrets.is_signed(_PURPOSE, found["delivery"], found["signature"]):
            return None
        return cls(delivery=int(found["delivery"]))


def write(*, delivery: int) -> str:
    """The part before the @ of the envelope sender of one delivery."""
    return ReturnAddress(delivery=delivery).local_part


def read(local_part: str) -> ReturnAddress | None:
    """What a return address says; None when it is none, or not signed by us."""
    return ReturnAddress.read(local_part)
