"""Pieces shared out to messages: at paragraphs, items and rows; then at lines, sentences, words, and last within a word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from balie.channels.slack.form.block_kit import to_blocks
from balie.channels.slack.form.fallback import to_mrkdwn
from balie.channels.slack.form.limits import (
    LONGEST_BLOCKS,
    LONGEST_CELL,
    LONGEST_TEXT,
    MOST_BLOCKS,
    MOST_COLUMNS,
    MOST_ROWS,
)
from balie.channels.slack.form.pieces import Element, Kind, Line, Piece, cut, joined, trimmed, words

# Where a text is rather cut, the best first; each match ends where the next message begins.
_ENDS = tuple(
    regex.compile(pattern)
    for pattern in (
        r"\n\s*",
        r"[.!?…。！？]+[\"'”’»)\]]*\s+|[。！？]",
        r"[\s\ufffc]+",
        r"(?<=[\p{Ideographic}\p{Hiragana}\p{Katakana}])",
    )
)
_LINE_END = regex.compile(r"\n")
_CLUSTER = regex.compile(r"\X")
# Better a cut within a sentence than a message of which this much is empty.
_EMPTIEST = 0.6


def split(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """In order, as few messages as it takes; a table ends its message, because Slack draws it below all else."""
    messages: list[list[Piece]] = []
    used = _Size()
    for piece in _all_fitting(pieces):
        size = used + _size(piece)
        if not messages or messages[-1][-1].kind is Kind.TABLE or not size.fits:
            messages.append([])
            size = _size(piece)
        messages[-1].append(piece)
        used = size
    return [kept for message in messages if (kept := _without_outer_rules(message))]


@dataclass(frozen=True)
class _Size:
    """What pieces take of the limits. Together they take no more than the sum: neighbours share their block."""

    blocks: int = 0
    bytes: int = 0
    text: int = 0

    def __add__(self, other: _Size) -> _Size:
        return _Size(self.blocks + other.blocks, self.bytes + other.bytes, self.text + other.text)

    @property
    def fits(self) -> bool:
        return self.blocks < MOST_BLOCKS and self.bytes <= LONGEST_BLOCKS and self.text <= LONGEST_TEXT


def _size(piece: Piece) -> _Size:
    written = json.dumps(to_blocks([piece]), ensure_ascii=False)
    blocks = 0 if piece.kind not in (Kind.RULE, Kind.TABLE) else 2  # itself, and the text that may follow
    return _Size(blocks, len(written.encode()), len(to_mrkdwn([piece])) + len("\n\n"))


def _fits(piece: Piece) -> bool:
    return _size(piece).fits


def _all_fitting(pieces: Sequence[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        if piece.kind is Kind.TABLE:
            yield from _tables(piece)
        else:
            yield from _cut_to_fit(piece)


def _tables(piece: Piece) -> Iterator[Piece]:
    """A table whose every part fits, each with the head; one that is too wide or has too long a row becomes lines."""
    head = piece.rows[:1] if piece.has_head else ()
    body = list(piece.rows[len(head) :])
    is_small = all(
        len(row) <= MOST_COLUMNS and all(len(words(cell)) <= LONGEST_CELL for cell in row) for row in piece.rows
    )
    if not is_small or not all(_fits(replace(piece, rows=(*head, row))) for row in body or [()]):
        for row in piece.rows:
            yield from _cut_to_fit(Piece(Kind.PARAGRAPH, line=_as_line(row)))
        return
    rows: list[tuple[Line, ...]] = []
    for row in body:
        if rows and (len(head) + len(rows) + 1 > MOST_ROWS or not _fits(replace(piece, rows=(*head, *rows, row)))):
            yield replace(piece, rows=(*head, *rows))
            rows = []
        rows.append(row)
    yield replace(piece, rows=(*head, *rows))


def _as_line(row: tuple[Line, ...]) -> Line:
    bar: Element = {"type": "text", "text": " | "}
    return joined([element for cell in row for element in (bar, *cell)][1:])


def _cut_to_fit(piece: Piece) -> Iterator[Piece]:
    while piece.line and not _fits(piece):
        at = _place(piece)
        head, rest = cut(piece.line, at)
        is_code = piece.kind is Kind.CODE
        yield piece.holding(_without_last_feed(head) if is_code else trimmed(head, start=False))
        piece = replace(piece, line=rest if is_code else trimmed(rest, end=False), continues=True)
    if piece.line or piece.kind is Kind.RULE:
        yield piece


def _place(piece: Piece) -> int:
    """Where to cut a piece that is too long: after as much as fits, at the best end that leaves little room unused."""
    # Each character costs at least one of the limit, so that no more need be looked at.
    text = words(cut(piece.line, LONGEST_TEXT + 1_000)[0])
    most = _longest(piece, len(text))
    for end in (_LINE_END,) if piece.kind is Kind.CODE else _ENDS:
        last = 0
        for found in end.finditer(text, 0, most):
            last = found.end()
        if last > most * (1 - _EMPTIEST):
            return last
    boundary = 0
    for cluster in _CLUSTER.finditer(text):
        if cluster.end() > most:
            break
        boundary = cluster.end()
    return boundary or most


def _longest(piece: Piece, length: int) -> int:
    low, high = 1, length
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(piece.holding(cut(piece.line, middle)[0])):
            low = middle
        else:
            high = middle - 1
    return low


def _without_last_feed(line: Line) -> Line:
    if line and line[-1].get("text", "").endswith("\n"):
        return joined([*line[:-1], {**line[-1], "text": line[-1]["text"][:-1]}])
    return line


def _without_outer_rules(message: list[Piece]) -> list[Piece]:
    while message and message[0].kind is Kind.RULE:
        message = message[1:]
    while message and message[-1].kind is Kind.RULE:
        message = message[:-1]
    return message
