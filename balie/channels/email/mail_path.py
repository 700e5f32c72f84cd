"""The addresses of an SMTP envelope, as RFC 5321 (4.1.2) writes them: stricter than those in a header, and quick to read."""

import re
from dataclasses import dataclass

LONGEST = 254  # octets (RFC 5321, 4.5.3.1.3, without the angle brackets)

_ATEXT = r"[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]+"
_PATH = re.compile(
    # A source route is read and ignored (RFC 5321, appendix C).
    r"<(?:@[^\s<>:]{1,250}:)?"
    rf"(?P<local>{_ATEXT}(?:\.{_ATEXT})*\.?|\"(?:[^\x00-\x1f\x7f\"\\]|\\[\x20-\x7e])*\")"
    r"(?:@(?P<domain>[^\s<>@\"()\\,;]{1,253}))?>"
)
_BARE = re.compile(r"[^\s<>]+")
_QUOTED_PAIR = re.compile(r"\\(.)")


@dataclass(frozen=True)
class MailPath:
    """An address in two parts, both in lower case; the local part without its quotes, the domain "" when there is none."""

    local_part: str
    domain: str

    @property
    def address(self) -> str:
        return f"{self.local_part}@{self.domain}"


def split_argument(argument: str) -> tuple[str | None, str]:
    """What follows `MAIL FROM:` or `RCPT TO:`, as (address, parameters).

    The address is "<>" for the null sender and None when it cannot be an address. An address without angle brackets is
    taken too: old devices that send mail write it so.
    """
    argument = argument.strip()
    if argument == "<>" or argument.startswith("<> "):
        return "<>", argument[2:].strip()
    if not argument.startswith("<"):
        bare = _BARE.match(argument)
        argument = f"<{bare[0]}>{argument[bare.end() :]}" if bare else ""
    found = _PATH.match(argument)
    rest = argument[found.end() :] if found else ""
    if found is None or (rest and not rest.startswith(" ")) or not _fits(found[0]):
        return None, ""
    return found[0].strip("<>").rpartition(":")[2] if found[0].startswith("<@") else found[0][1:-1], rest.strip()


def read(address: str) -> MailPath | None:
    """The two parts of an address; None when it is none."""
    found = _PATH.fullmatch(f"<{address.strip()}>")
    if found is None or not _fits(found[0]):
        return None
    local = found["local"]
    if local.startswith('"'):
        local = _QUOTED_PAIR.sub(r"\1", local[1:-1])
    return MailPath(local.lower(), _domain(found["domain"] or ""))


def _fits(path: str) -> bool:
    try:
        return len(path.encode()) <= LONGEST + 2
    except UnicodeEncodeError:  # bytes that are no UTF-8
        return False


def _domain(domain: str) -> str:
    """The domain as it is compared: lower case, without the dot at its end, international names as their ASCII form."""
    domain = domain.lower().rstrip(".")
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
