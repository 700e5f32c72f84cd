"""Names after an @ that become mentions: of those who were named by us, and of nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from balie.channels.slack.form.pieces import Element, Kind, Line, Piece, joined


def with_mentions(pieces: list[Piece], mentions: Mapping[str, str]) -> list[Piece]:
    """The pieces in which "@Ada Vermeer" is her Slack id. Not within code or links, nor within a longer word or an address."""
    ids = {" ".join(name.split()).casefold(): id for name, id in mentions.items() if name.strip() and id}
    if not ids:
        return pieces
    longest_first = sorted(ids, key=len, reverse=True)
    names = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
    called = re.compile(rf"(?<!\w)@({names})(?!\w)", re.IGNORECASE)

    def named(line: Line) -> Line:
        return joined(part for element in line for part in _parts(element, called, ids))

    return [
        piece
        if piece.kind is Kind.CODE
        else replace(piece, line=named(piece.line), rows=tuple(tuple(map(named, row)) for row in piece.rows))
        for piece in pieces
    ]


def _parts(element: Element, called: re.Pattern[str], ids: Mapping[str, str]) -> Iterator[Element]:
    style = element.get("style", {})
    if element["type"] != "text" or style.get("code"):
        yield element
        return
    end = 0
    for found in called.finditer(element["text"]):
        id = ids.get(" ".join(found[1].split()).casefold())
        if id is None:
            continue
        yield {**element, "text": element["text"][end : found.start()]}
        yield {"type": "user", "user_id": id} | ({"style": style} if style else {})
        end = found.end()
    yield {**element, "text": element["text"][end:]}
