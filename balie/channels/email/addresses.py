"""The people that a header names."""

import re
from collections.abc import Iterable
from email.utils import getaddresses

from balie.channels.email.headers import text
from balie.channels.said import Speaker
from balie.platform.characters import clean_name

MOST = 200
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+\.?[^\s@<>()\[\],;:\"\\]*")
_BRACKETED = re.compile(r"""(?P<name>[^<>,;]*)<\s*(?P<address>[^<>\s]+@[^<>\s]+)\s*>""")


def speakers(values: Iterable[str]) -> tuple[Speaker, ...]:
    """Everyone named in these fields, each address once, lower case. Words are decoded after addresses are told apart,
    so that an encoded comma or bracket in a name makes no second address."""
    found: dict[str, Speaker] = {}
    for name, address in _pairs([re.sub(r"[\r\n\0]+[ \t]*", " ", value) for value in values]):
        address = clean_address(address)
        if address and address not in found and len(found) < MOST:
            found[address] = Speaker(address=address, name=_name(name, address))
    return tuple(found.values())


def clean_address(address: str) -> str:
    """The address as it is compared: lower case, IDN domains in Unicode left as sent; "" when it is none."""
    address = text(address).strip("<>'\" ").lower()
    if address.startswith("mailto:"):
        address = address.removeprefix("mailto:")
    return address if len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address) else ""


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].rstrip(".").lower()


def _pairs(values: list[str]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for value in values:
        pairs += _parsed(value)
    return pairs


def _parsed(value: str) -> list[tuple[str, str]]:
    try:
        # The standard library recurses into nested comments and reads long fields slowly.
        pairs = getaddresses([value]) if value.count("(") < 50 else []
    except (ValueError, IndexError, TypeError, RecursionError, AttributeError):
        pairs = []
    if any(_ADDRESS.fullmatch(address) for _, address in pairs):
        return pairs
    bracketed = [(found["name"], found["address"]) for found in _BRACKETED.finditer(value)]
    return bracketed or [("", found) for found in _ADDRESS.findall(value)]


def _name(name: str, address: str) -> str:
    name = clean_name(text(name).strip("'\" "))
    return "" if name.lower() == address else name
