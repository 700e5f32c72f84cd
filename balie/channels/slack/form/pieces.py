"""What a text is made of, in the order it is read: paragraphs, items, quotations, code, tables and rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias

# An element of rich text, as Slack names its parts: {"type": "text", "text": …, "style": {…}}, a link, or a user.
Element: TypeAlias = dict[str, Any]
Line: TypeAlias = tuple[Element, ...]


class Kind(Enum):
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CODE = "code"
    RULE = "rule"
    TABLE = "table"


@dataclass(frozen=True)
class Piece:
    """One of them. Pieces stay whole in one message, unless one alone is too long for it.

    `number` is that of an item of an ordered list, and None in the other kind of list. `continues` says that it is the
    rest of the piece before it, which was cut.
    """

    kind: Kind
    line: Line = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    has_head: bool = False
    is_quoted: bool = False
    indent: int = 0
    number: int | None = None
    continues: bool = False

    def holding(self, line: Iterable[Element]) -> Piece:
        return replace(self, line=tuple(line))


def words(line: Sequence[Element]) -> str:
    """What a line says, as many characters long as `cut` counts: a person who is named counts as one."""
    return "".join(element.get("text", "\ufffc") for element in line)


def cut(line: Line, at: int) -> tuple[Line, Line]:
    """The line in two, before its character number `at`."""
    head: list[Element] = []
    for place, element in enumerate(line):
        length = len(element["text"]) if "text" in element else 1
        if at < length:
            rest = line[place + 1 :]
            if at == 0:
                return tuple(head), (element, *rest)
            return (*head, {**element, "text": element["text"][:at]}), (
                {**element, "text": element["text"][at:]},
                *rest,
            )
        head.append(element)
        at -= length
    return tuple(head), ()


def trimmed(line: Line, *, start: bool = True, end: bool = True) -> Line:
    """The line without white space at its ends."""
    parts = list(line)
    while start and parts and "text" in parts[0]:
        text = parts[0]["text"].lstrip(" \n\t\r\f")
        if text:
            parts[0] = {**parts[0], "text": text}
            break
        parts.pop(0)
    while end and parts and "text" in parts[-1]:
        text = parts[-1]["text"].rstrip(" \n\t\r\f")
        if text:
            parts[-1] = {**parts[-1], "text": text}
            break
        parts.pop()
    return tuple(parts)


def joined(line: Iterable[Element]) -> Line:
    """The line with neighbours made one that differ in nothing but their text."""
    parts: list[Element] = []
    for element in line:
        if parts and "text" in element and _alike(parts[-1], element):
            parts[-1] = {**parts[-1], "text": parts[-1]["text"] + element["text"]}
        elif element.get("text", "…"):
            parts.append(element)
    return tuple(parts)


def _alike(one: Element, other: Element) -> bool:
    return "text" in one and {**one, "text": ""} == {**other, "text": ""}
