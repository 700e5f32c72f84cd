"""Pieces as blocks of a message. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, TypeAlias

from balie.channels.slack.form.pieces import Element, Kind, Line, Piece, joined

Block: TypeAlias = dict[str, Any]


def to_blocks(pieces: Sequence[Piece]) -> list[Block]:
    """Neighbours of rich text share one block. A table, if any, is the last of the pieces."""
    blocks: list[Block] = []
    for is_rich, run in groupby(pieces, key=lambda piece: piece.kind not in (Kind.RULE, Kind.TABLE)):
        if is_rich:
            blocks.append({"type": "rich_text", "elements": _rich_text(list(run))})
        else:
            blocks.extend({"type": "divider"} if piece.kind is Kind.RULE else _table(piece) for piece in run)
    return blocks


def _rich_text(pieces: list[Piece]) -> list[Block]:
    elements: list[Block] = []
    before: Piece | None = None
    for piece in pieces:
        match piece.kind:
            case Kind.PARAGRAPH if before is not None and _same_run(before, piece):
                elements[-1]["elements"] = list(joined([*elements[-1]["elements"], _text("\n\n"), *piece.line]))
            case Kind.PARAGRAPH:
                kind = "rich_text_quote" if piece.is_quoted else "rich_text_section"
                elements.append({"type": kind, "elements": list(piece.line)})
            case Kind.ITEM:
                if before is None or not _same_list(before, piece):
                    elements.append(_list(piece))
                elements[-1]["elements"].append({"type": "rich_text_section", "elements": list(piece.line)})
            case _:
                code: Block = {"type": "rich_text_preformatted", "elements": list(piece.line)}
                elements.append(code | ({"border": 1} if piece.is_quoted else {"border": 0}))
        before = piece
    return elements


def _same_run(before: Piece, piece: Piece) -> bool:
    return before.kind is Kind.PARAGRAPH and before.is_quoted == piece.is_quoted


def _same_list(before: Piece, piece: Piece) -> bool:
    if before.kind is not Kind.ITEM or (before.indent, before.is_quoted) != (piece.indent, piece.is_quoted):
        return False
    if before.number is None or piece.number is None:
        return before.number is piece.number
    return piece.number == before.number + 1


def _list(piece: Piece) -> Block:
    written: Block = {
        "type": "rich_text_list",
        "style": "bullet" if piece.number is None else "ordered",
        "indent": piece.indent,
        "border": 1 if piece.is_quoted else 0,
        "elements": [],
    }
    if piece.number is not None and piece.number > 1:
        written["offset"] = piece.number - 1
    return written


def _table(piece: Piece) -> Block:
    width = max(map(len, piece.rows))
    rows = [[_cell(cell) for cell in (*row, *[()] * (width - len(row)))] for row in piece.rows]
    return {"type": "table", "column_settings": [{"is_wrapped": True}] * width, "rows": rows}


def _cell(line: Line) -> Block:
    """A cell must hold at least one character, and Slack did not always draw cells of raw text."""
    section = {"type": "rich_text_section", "elements": list(line) or [_text(" ")]}
    return {"type": "rich_text", "elements": [section]}


def _text(text: str) -> Element:
    return {"type": "text", "text": text}
