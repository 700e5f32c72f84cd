"""Subjects, without what mail programs put before them."""

import re

# Re and Fwd as the mail programs of our languages write them, numbered or not: Re[2]:, AW:, WG:, Antw:, Doorst:, TR:, RV:, R:, I:
_PREFIX = re.compile(
    r"^\s*(?:re|aw|antw|antwoord|sv|ref|rv|r|res|tr|fwd?|fw|wg|doorst|doorgestuurd|i|enc|inoltro|rif)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*",
    re.IGNORECASE,
)


def without_prefixes(subject: str) -> str:
    """`Re: Fwd: Laptop` gives `Laptop`."""
    rest = subject
    for _round in range(10):
        shorter = _PREFIX.sub("", rest, count=1)
        if shorter == rest:
            break
        rest = shorter
    return rest.strip()
