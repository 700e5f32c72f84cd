"""Pieces as mrkdwn: what notifications, search and screen readers show where the blocks are not drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from balie.channels.slack.form.pieces import Element, Kind, Line, Piece

_MARKS = (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*"))
_ACCENTS = re.compile("`{3,}")
_BULLETS = "•◦▪"


def to_mrkdwn(pieces: Sequence[Piece]) -> str:
    """Everything typed is escaped, so that it names and calls nobody; code that goes on in the next part is fenced there anew."""
    written: list[str] = []
    before: Piece | None = None
    for piece in pieces:
        if before is not None:
            written.append("\n" if before.kind is piece.kind is Kind.ITEM else "\n\n")
        written.append(_piece(piece))
        before = piece
    return "".join(written)


def escape(text: str) -> str:
    """The three characters that have a meaning to Slack. https://docs.slack.dev/messaging/formatting-message-text"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _piece(piece: Piece) -> str:
    match piece.kind:
        case Kind.RULE:
            written = "———"
        case Kind.TABLE:
            written = "\n".join(" | ".join(_line(cell).replace("\n", " ") for cell in row) for row in piece.rows)
        case Kind.CODE:
            typed = "".join(element["text"] for element in piece.line)
            written = f"```\n{_without_fence(escape(typed))}\n```"
        case Kind.ITEM:
            mark = _BULLETS[min(piece.indent, 2)] if piece.number is None else f"{piece.number}."
            written = f"{'    ' * piece.indent}{'' if piece.continues else mark + ' '}{_line(piece.line)}"
        case _:
            written = _line(piece.line)
    return "\n".join(f"> {line}" for line in written.split("\n")) if piece.is_quoted else written


def _line(line: Line) -> str:
    return _without_fence("".join(map(_element, line)))


def _without_fence(text: str) -> str:
    """Three accents that somebody typed would begin or end a fence."""
    return _ACCENTS.sub(lambda run: "\u200b".join(run[0]), text)


def _element(element: Element) -> str:
    if element["type"] == "user":
        return _marked(f"<@{element['user_id']}>", element)
    if element["type"] == "link":
        url = escape(element["url"]).replace("|", "%7C")
        label = escape(element["text"]).replace("|", "¦").replace("\n", " ")
        return _marked(f"<{url}|{label}>", element)
    return _marked(escape(element["text"]), element)


def _marked(text: str, element: Element) -> str:
    """Marks stand next to the words, or Slack shows them as they are."""
    style = element.get("style", {})
    bare = text.strip()
    if not style or not bare or "\n" in bare:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    for name, mark in _MARKS:
        if style.get(name):
            bare = f"{mark}{bare}{mark}"
    return before + bare + after
