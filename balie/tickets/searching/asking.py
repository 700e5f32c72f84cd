"""Reads what was typed into a search: words, "phrases", -exclusions, OR, and filters.

Pure; what it means is `meaning`'s matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from balie.tickets.searching import vocabulary

LONGEST: Final = 400
MOST_TERMS: Final = 20

_PIECE: Final = re.compile(
    r"""(?P<minus>-?)(?:
        (?P<name>[^\W\d_][\w-]*):(?!//)(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]+))
        | "(?P<phrase>[^"]*)"?
        | (?P<word>\S+)
    )""",
    re.VERBOSE,
)
_OR: Final = frozenset({"OR", "OF", "ODER", "OU", "|"})


@dataclass(frozen=True)
class Term:
    """A word, or words that stand side by side."""

    text: str
    is_phrase: bool = False


@dataclass(frozen=True)
class Filter:
    """`name` is one of `vocabulary.FILTERS`, in English whatever language it was typed in."""

    name: str
    value: str
    is_unwanted: bool = False

    def __str__(self) -> str:
        value = f'"{self.value}"' if re.search(r"\s", self.value) else self.value
        return f"{'-' if self.is_unwanted else ''}{self.name}:{value}"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Each group of `wanted` must be met by one of its terms; none of `unwanted` may. `strange` are filters that do not exist."""

    text: str
    wanted: tuple[tuple[Term, ...], ...] = ()
    unwanted: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    strange: tuple[str, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return not (self.wanted or self.unwanted or self.filters)

    @property
    def number(self) -> int | None:
        """The request's number, when nothing but that was typed."""
        written = self.text.removeprefix("#")
        return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else None

    def filter_of(self, name: str) -> Filter | None:
        return next((one for one in self.filters if one.name == name), None)


def read(typed: str) -> Asked:
    """Whatever was typed means something; nothing is refused here."""
    text = " ".join(typed.replace("\0", "").replace("“", '"').replace("”", '"').replace("„", '"').split())[:LONGEST]
    wanted: list[list[Term]] = []
    unwanted: list[Term] = []
    filters: list[Filter] = []
    strange: list[str] = []
    joins = False
    for piece in _PIECE.finditer(text):
        if piece["word"] in _OR and not piece["minus"]:
            joins = bool(wanted)
            continue
        if piece["name"]:
            name = vocabulary.FILTERS.get(piece["name"].casefold())
            value = (piece["quoted"] if piece["quoted"] is not None else piece["value"]).strip()
            if name and value:
                filters.append(Filter(name, value, is_unwanted=bool(piece["minus"])))
                continue
            if not name:
                strange.append(piece["name"])
        term = _term(piece)
        if term is None:
            continue
        if piece["minus"]:
            unwanted.append(term)
        elif joins:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        joins = False
    return Asked(
        text=text, wanted=tuple(tuple(group) for group in wanted[:MOST_TERMS]), unwanted=tuple(unwanted[:MOST_TERMS]),
        filters=tuple(filters[:MOST_TERMS]), strange=tuple(dict.fromkeys(strange)),
    )  # fmt: skip


def _term(piece: re.Match[str]) -> Term | None:
    if piece["phrase"] is not None:
        return Term(piece["phrase"], is_phrase=True) if piece["phrase"].strip() else None
    text = piece["word"] or piece[0].removeprefix("-")
    return Term(text) if any(letter.isalnum() for letter in text) else None
