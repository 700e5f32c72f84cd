"""People by what somebody types of their names: the beginning of a word, without its accents, or a word with a slip in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

MOST: Final = 300
_SHORTEST_NEARLY: Final = 4
_LONG: Final = 8
_BEGINNING_SO: Final = """
    SELECT id FROM people_person
    WHERE to_tsvector('simple', balie_plain(name)) @@ array_to_string(ARRAY(
        SELECT quote_literal(word) || ':*' FROM unnest(string_to_array(balie_plain(%s), ' ')) AS word WHERE word <> ''
    ), ' & ')::tsquery OR email = %s
    ORDER BY kind, name, id LIMIT %s
"""
_NEARLY_SO: Final = """
    SELECT id, balie_plain(name), string_to_array(balie_plain(%s), ' ') FROM people_person
    WHERE balie_near(name) && balie_near(%s) LIMIT %s
"""


def people_called(typed: str, *, most: int = 20) -> list[int]:
    """The numbers of people whose names hold every word typed, or its beginning; of nearly such names when there are none."""
    typed = typed[:200].strip()
    with connection.cursor() as cursor:
        cursor.execute(_BEGINNING_SO, [typed, typed.lower(), most])
        found = [row[0] for row in cursor.fetchall()]
        words = typed.split()
        if found or not words or not all(len(word) >= _SHORTEST_NEARLY for word in words):
            return found
        cursor.execute(_NEARLY_SO, [typed, max(words, key=len), MOST])
        rows = cursor.fetchall()
    return [
        pk for pk, name, asked in rows
        if all(len(word) >= _SHORTEST_NEARLY and is_nearly_in(word, name) for word in asked if word)
    ][:most]  # fmt: skip


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
