"""Names in the order in which the reader's language looks them up.

PostgreSQL's own order is that of the code points unless it was built with ICU, which the embedded one is not: short lists that
are read whole are put in order here. Accents and capitals count only where nothing else differs (CLDR's root); Spanish has a
letter of its own between n and o.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Collate
from django.utils.translation import get_language

Row = TypeVar("Row")

# What follows everything that begins with the letter before it.
_AFTER: Final = "\U0010ffff"
_OWN_LETTERS: Final = {"es": {"n\u0303": f"n{_AFTER}"}}
# Letters that no mark was put on, and that are looked up as others.
_AS_OTHERS: Final = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"}


def alphabetical(rows: Iterable[Row], *, by: Callable[[Row], str]) -> list[Row]:
    """The rows in the order of these names, for whoever reads."""
    return sorted(rows, key=lambda row: place(by(row)))


def place(name: str) -> tuple[str, str, str]:
    """What to compare: the letters, then their marks, then their case."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = plain
    for letter, stands_as in _OWN_LETTERS.get((get_language() or "")[:2], {}).items():
        letters = letters.replace(letter, stands_as)
    bare = "".join(_AS_OTHERS.get(one, one) for one in letters if not unicodedata.combining(one))
    return bare, plain, name.swapcase()


def placed(column: str = "name") -> Collate:
    """The same order for lists that PostgreSQL puts in order: the letters of this column, for whoever reads.

    `balie_place` compares as `place` does; people have an index of it for each language with letters of its own.
    """
    language = (get_language() or "")[:2]
    letters = Func(
        F(column), Value(language if language in _OWN_LETTERS else ""), function="balie_place", output_field=TextField()
    )
    return Collate(letters, "C")
