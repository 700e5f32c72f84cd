"""People by what somebody types of their names: the beginning of a word, without its accents, or a word with a slip in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

MOST: Final = 300
_SHORTEST_NEARLY: Final = 4
_LONG: Final = 8


def people_called(typed: str, *, most: int = 20) -> list[int]:
    """The numbers of people whose names hold every word typed, or its beginning; of nearly such names when there are none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_to_array(balie_plain(%s), ' ')", [typed[:200]])
        words = [word for word in cursor.fetchone()[0] if word]
        if not words:
            return []
        asked = " & ".join(f"'{word}':*" for word in words)
        cursor.execute(
            "SELECT id FROM people_person WHERE to_tsvector('simple', balie_plain(name)) @@ %s::tsquery "
            "OR email = %s ORDER BY kind, name, id LIMIT %s",
            [asked, typed.strip().lower(), most],
        )
        found = [row[0] for row in cursor.fetchall()]
        if found or not all(len(word) >= _SHORTEST_NEARLY for word in words):
            return found
        cursor.execute(
            "SELECT id, balie_plain(name) FROM people_person WHERE balie_near(name) && balie_near(%s) LIMIT %s",
            [max(words, key=len), MOST],
        )
        rows = cursor.fetchall()
    return [pk for pk, name in rows if all(is_nearly_in(word, name) for word in words)][:most]


def is_nearly_in(word: str, name: str) -> bool:
    """Whether a word of the name, both plain, differs from this one by a slip; by two when it is long."""
    allowed = 1 if len(word) < _LONG else 2
    return any(_slips(word, part, allowed) <= allowed for part in name.split())


def nearly(rows: Sequence[Sequence[Any]], word: str) -> list[int]:
    """The numbers of those rows of number and plain name that hold nearly this word."""
    return [pk for pk, name in rows if is_nearly_in(word, name)]


def _slips(one: str, other: str, most: int) -> int:
    """Letters too many, too few, wrong, or two that changed places (optimal string alignment)."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    previous = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, another in enumerate(other, 1):
            cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (letter != another))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == another:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]
