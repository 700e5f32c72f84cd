"""What of a page is the same in every language: its elements, roles, ids and references, and where words stand, but not which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from lxml import etree, html

# What is read aloud or shown of an attribute.
_WORDS: Final = {
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
}
# Addresses, moments, hashes, words that a button says or a script will, and which choice is made: that they are there is enough.
_LEFT_ASIDE: Final = {"action", "alt", "content", "d", "datetime", "href", "nonce", "src", "srcset", "value"}


@dataclass(frozen=True)
class Skeleton:
    """Equal for pages that differ in their words only: of these, axe says of each what it says of one.

    A name is known by which others are the same, since axe minds two landmarks that share one.
    """

    bones: tuple[object, ...]
    # Which attributes are there to be read and hold nothing.
    silent: tuple[str, ...]

    @classmethod
    def of(cls, body: bytes) -> Self:
        bones: list[object] = []
        silent: list[str] = []
        names: dict[tuple[object, str, str], int] = {}
        for step, one in etree.iterwalk(html.document_fromstring(body), events=("start", "end")):
            if not isinstance(one.tag, str):
                continue
            if step == "end":
                bones.append(None)
                continue
            bones += [one.tag, _speaks(one)]
            for attribute, value in sorted(one.attrib.items()):
                if attribute in _WORDS:
                    said = " ".join(value.split())
                    bones.append((attribute, names.setdefault((one.tag, attribute, said), len(names))))
                    if not said:
                        silent.append(f"{one.tag} {one.get('id', '')} has an empty {attribute}")
                elif (
                    attribute.startswith("data-")
                    or attribute in _LEFT_ASIDE
                    or (one.tag, attribute) == ("html", "lang")
                ):
                    bones.append((attribute, bool(value.strip())))
                elif attribute != "selected":
                    bones.append((attribute, value))
        return cls(tuple(bones), tuple(silent))


def _speaks(one: etree._Element) -> bool:
    """Whether words of its own stand in it, wherever among its children."""
    return one.tag not in ("script", "style") and any(said and not said.isspace() for said in _own_words(one))


def _own_words(one: etree._Element) -> Iterator[str | None]:
    yield one.text
    for child in one:
        yield child.tail
