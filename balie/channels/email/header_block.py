"""The lines "From: … Sent: … To: … Subject: …" that mail programs put above what was written earlier."""

import re
from dataclasses import dataclass
from datetime import datetime

from balie.channels.email.addresses import speakers
from balie.channels.email.headers import date
from balie.channels.email.phrases import COPY_LINE, FROM_LINE, SENT_LINE, SUBJECT_LINE, TO_LINE
from balie.channels.said import Speaker

LONGEST = 24

_FIELDS = {"from": FROM_LINE, "subject": SUBJECT_LINE, "to": TO_LINE, "sent": SENT_LINE, "copies": COPY_LINE}
_ZONE = re.compile(r"[+-]\d{4}\b|\b(?:GMT|UTC)\b")
_MAILTO = re.compile(r"[\[<(]\s*mailto:([^\]\s>)]+)\s*[\])>]", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """The header lines of an earlier mail, as their program wrote them, and where what follows them begins."""

    sender: str
    subject: str
    sent: str
    end: int

    @property
    def by(self) -> Speaker | None:
        """Who wrote it; None where the program gives no address."""
        line = _MAILTO.sub(r"<\1>", self.sender.replace("*", ""))
        named = speakers([line]) or speakers([re.sub(r"[\[\]()]", " ", line)])
        return named[0] if named else None

    @property
    def said_at(self) -> datetime | None:
        """When, where that can be told without guessing: programs that write no zone mean one that we do not know."""
        return date(self.sent)[0] if _ZONE.search(self.sent) else None


def find_block(lines: list[str], start: int) -> Block | None:
    """The block that begins at this line: a sender, and two more of date, recipient and subject, with at most a few
    wrapped lines between. Its order differs between programs, but all begin with the sender, or (Lotus, Zimbra) the date."""
    first = lines[start]
    if ":" not in first or not (FROM_LINE.match(first) or SENT_LINE.match(first) or SUBJECT_LINE.match(first)):
        return None
    found: dict[str, str] = {}
    number, gaps, last = start, 0, ""
    while number < min(len(lines), start + LONGEST):
        line = lines[number]
        if not line.strip(" \t\xa0>*|"):
            gaps += 1
            # Apple and some web mails put an empty line between header lines; two end the block anywhere.
            if gaps > 1 or len(found) >= 4 or not _has_field(lines, number + 1):
                break
        elif name := _field_of(line, found):
            gaps = 0
            match = _FIELDS[name].match(line)
            found[name] = match["value"].strip(" *\xa0") if match else ""
            last = name
        elif last in ("to", "copies", "subject", "from") and not gaps and _is_wrapped(line):
            found[last] += " " + line.strip(" >*\xa0")
        else:
            break
        number += 1
    if "from" not in found or len(found.keys() & {"sent", "to", "subject"}) < 2 or not found["from"]:
        return None
    while number < len(lines) and not lines[number].strip(" \t\xa0>*|"):
        number += 1
    return Block(found["from"], found.get("subject", ""), found.get("sent", ""), number)


def _field_of(line: str, found: dict[str, str]) -> str:
    """Which field a line is. One word means several ("De:" is from, in French and Spanish; "Da:" in Italian and Danish),
    so a field found already is not found again."""
    for name, pattern in _FIELDS.items():
        if name not in found and pattern.match(line):
            return name
    return "copies" if COPY_LINE.match(line) else ""


def _has_field(lines: list[str], number: int) -> bool:
    return number < len(lines) and any(pattern.match(lines[number]) for pattern in _FIELDS.values())


def _is_wrapped(line: str) -> bool:
    """Whether a line goes on with the one above: a recipient list over several lines, or a folded subject."""
    return line[:1] in " \t" or "@" in line or line.rstrip().endswith((";", ","))
