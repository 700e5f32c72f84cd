"""Where the words of a search stand in a text, as parts to be shown: nothing here is HTML."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from balie.tickets.searching.words import Words

_WORD: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_LIGATURES: Final = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})
_AROUND: Final = 90
_SHORTEST_STEM: Final = 3
_LONGEST_ENDING: Final = 4


@dataclass(frozen=True)
class Part:
    """A piece of a text, and whether it was searched for."""

    text: str
    is_hit: bool = False


def parts(text: str, words: Words) -> list[Part]:
    """The whole text, cut where hits begin and end."""
    return _cut(text, _hits(text, words))


def snippet(text: str, words: Words) -> list[Part]:
    """Some words around the first place with the most hits, or the beginning."""
    text = " ".join(text[:100_000].split())
    hits = _hits(text, words)
    best = max(
        range(len(hits)),
        key=lambda at: (sum(1 for one in hits[at:] if one[0] < hits[at][0] + 2 * _AROUND), -at),
        default=None,
    )
    middle = hits[best][0] if best is not None else 0
    start, end = max(0, middle - _AROUND), min(len(text), middle + 2 * _AROUND)
    if start:
        start = text.find(" ", start, middle) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", middle, end), middle + 1)
    inside = [(one - start, other - start) for one, other in hits if one >= start and other <= end]
    shown = _cut(text[start:end], inside)
    return [*([Part("… ")] if start else []), *shown, *([Part(" …")] if end < len(text) else [])]


def _hits(text: str, words: Words) -> list[tuple[int, int]]:
    stems = sorted({form for form in words.forms if len(form) >= _SHORTEST_STEM}, key=len)
    found = []
    for word in _WORD.finditer(text):
        plain = _plain(word[0])
        if plain in words.forms or any(
            plain.startswith(stem) and len(plain) - len(stem) <= _LONGEST_ENDING for stem in stems
        ) or (words.ends_open and any(len(one) >= _SHORTEST_STEM and plain.startswith(one) for one in words.plain)):  # fmt: skip
            found.append(word.span())
    return found


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_LIGATURES)


def _cut(text: str, hits: list[tuple[int, int]]) -> list[Part]:
    shown: list[Part] = []
    at = 0
    for start, end in hits:
        if start > at:
            shown.append(Part(text[at:start]))
        shown.append(Part(text[start:end], is_hit=True))
        at = end
    if at < len(text):
        shown.append(Part(text[at:]))
    return shown
