"""A mail that somebody passed on: who wrote it first, about what, and what they wrote."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from balie.channels.email.header_block import Block, find_block
from balie.channels.email.phrases import RULE, is_forward_separator, is_forward_subject, is_separator
from balie.channels.email.subjects import without_prefixes
from balie.channels.said import Forwarded
from balie.platform.text import clean_html, html_from_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from balie.channels.said import Said

MOST_LINES = 20_000


@dataclass(frozen=True)
class _Found:
    block: Block
    remark: str


def forwarded_in(text: str, *, subject: str, is_answer: bool) -> Forwarded | None:
    """The forwarded mail within the whole plain text of a mail, or None.

    A header block alone is also what Outlook writes above the history of an answer: then the subject tells them apart.
    """
    lines = text.split("\n")[:MOST_LINES]
    found = _find(lines, needs_separator=not is_forward_subject(subject), is_answer=is_answer)
    if found is None or found.block.by is None:
        return None
    written = _unquoted(lines[found.block.end :])
    return Forwarded(
        by=found.block.by,
        subject=without_prefixes(found.block.subject) or without_prefixes(subject),
        text=written,
        html=clean_html(html_from_text(written)),
        said_at=found.block.said_at,
        remark=found.remark,
    )


def forwarded_mail(original: bytes, *, remark: str, read: "Callable[[bytes], Said]") -> Forwarded | None:
    """The forwarded mail that is enclosed as a file (message/rfc822), or None when it names no sender."""
    said = read(original)
    if not said.by.address:
        return None
    return Forwarded(
        by=said.by, subject=said.subject, text=said.text, html=said.html, said_at=said.said_at, remark=remark
    )


def _find(lines: list[str], *, needs_separator: bool, is_answer: bool) -> _Found | None:
    for number, line in enumerate(lines):
        if is_forward_separator(line):
            block = _block_below(lines, number + 1)
            return _Found(block, _remark(lines, number)) if block else None
        if is_separator(line) and not needs_separator:
            block = _block_below(lines, number + 1)
            return _Found(block, _remark(lines, number)) if block else None
        if not needs_separator and not is_answer and (block := find_block(lines, number)):
            return _Found(block, _remark(lines, number))
    return None


def _block_below(lines: list[str], number: int) -> Block | None:
    for start in range(number, min(number + 4, len(lines))):
        if block := find_block(lines, start):
            return block
        if lines[start].strip(" >\xa0"):
            return None
    return None


def _remark(lines: list[str], end: int) -> str:
    above = lines[:end]
    while above and (not above[-1].strip() or RULE.fullmatch(above[-1])):
        above.pop()
    return "\n".join(above).strip()


def _unquoted(lines: list[str]) -> str:
    """The forwarded text; one level of quote marks, which Apple Mail and some others put before it, is taken away."""
    said = [line for line in lines if line.strip()]
    if said and all(line.lstrip().startswith(">") for line in said):
        lines = [line.lstrip()[1:].removeprefix(" ") for line in lines]
    return "\n".join(lines).strip()
