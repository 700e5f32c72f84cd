"""From what was typed to what the index is asked: plain words, their stems in every language, and the people so called."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from django.db import connection
from django.utils.translation import get_language

from balie.people.naming import MOST, nearly
from balie.tickets.searching.asking import Asked, Term

# With fewer hits than this, the search looks for beginnings and nearly written names as well.
FEW: Final = 20
# A beginning shorter than this stands for too many words.
_SHORTEST_BEGINNING: Final = 3
_STEMS: Final = {
    "en": "english_stem", "de": "german_stem", "nl": "dutch_stem", "fr": "french_stem", "es": "spanish_stem",
    "it": "italian_stem",
}  # fmt: skip

_READ: Final = """
    SELECT asked.place, word, balie_forms(word),
        ts_lexize('english_stem', word) = '{}' OR ts_lexize(%(stem)s::regdictionary, word) = '{}',
        ARRAY(
            SELECT id FROM people_person
            WHERE to_tsvector('simple', balie_plain(name))
                @@ (quote_literal(word) || CASE WHEN length(word) > 2 THEN ':*' ELSE '' END)::tsquery
            LIMIT %(most)s
        ),
        CASE WHEN length(word) BETWEEN 4 AND 40 THEN (
            SELECT json_agg(json_build_array(id, balie_plain(name))) FROM (
                SELECT id, name FROM people_person WHERE balie_near(name) && balie_near(word) LIMIT %(most)s
            ) AS near
        ) END
    FROM unnest(%(typed)s::text[]) WITH ORDINALITY AS asked (typed, place)
    CROSS JOIN LATERAL unnest(string_to_array(balie_plain(typed), ' ')) WITH ORDINALITY AS part (word, step)
    WHERE word <> ''
    ORDER BY asked.place, step
"""


@dataclass(frozen=True)
class Word:
    """One plain word: its forms, whether it says nothing by itself, and the people whose names hold it, or nearly."""

    plain: str
    forms: tuple[str, ...]
    is_small: bool = False
    people: tuple[int, ...] = ()
    near: tuple[int, ...] = ()

    def asked(self, *, begins: bool, nearly_named: bool) -> str:
        """As part of a tsquery. Plain words hold nothing that would have to be escaped."""
        parts = [f"'{form}'" for form in self.forms]
        if begins and len(self.plain) >= _SHORTEST_BEGINNING:
            parts.append(f"'{self.plain}':*")
        for person in self.people or (self.near if nearly_named else ()):
            parts += [f"'{mark}:{person:d}'" for mark in "raf"]
        return " | ".join(parts)


@dataclass(frozen=True)
class _Read:
    words: tuple[Word, ...]
    is_phrase: bool

    @property
    def is_small(self) -> bool:
        return not self.is_phrase and all(word.is_small for word in self.words)

    def asked(self, *, begins: bool, nearly_named: bool) -> str:
        if self.is_phrase or len(self.words) > 1:
            return " <-> ".join(f"'{word.plain}'" for word in self.words)
        return self.words[0].asked(begins=begins, nearly_named=nearly_named)


@dataclass(frozen=True)
class Words:
    """Each group of `wanted` is met by one of its terms; none of `unwanted` may be."""

    wanted: tuple[tuple[_Read, ...], ...] = ()
    excluded: tuple[_Read, ...] = field(default=())
    ends_open: bool = False

    @property
    def is_given(self) -> bool:
        return bool(self.wanted)

    def attempts(self) -> list[str]:
        """What to ask the index, in turn: as written; then with the beginning of the last word, and names nearly so."""
        return list(dict.fromkeys((
            self._asked(begins=False, nearly_named=False), self._asked(begins=self.ends_open, nearly_named=True)
        )))  # fmt: skip

    @cached_property
    def ranked(self) -> str:
        """What the rank is made of."""
        return self._asked(begins=self.ends_open, nearly_named=False)

    @cached_property
    def unwanted(self) -> str:
        return " | ".join(f"({term.asked(begins=False, nearly_named=False)})" for term in self.excluded)

    @cached_property
    def plain(self) -> frozenset[str]:
        return frozenset(word.plain for group in self.wanted for term in group for word in term.words)

    @cached_property
    def forms(self) -> frozenset[str]:
        return frozenset(form for group in self.wanted for term in group for word in term.words for form in word.forms)

    @cached_property
    def people(self) -> frozenset[int]:
        return frozenset(
            person for group in self.wanted for term in group for word in term.words for person in word.people or word.near
        )  # fmt: skip

    def _asked(self, *, begins: bool, nearly_named: bool) -> str:
        # Small words are asked for when nothing else was typed.
        telling = [group for group in self.wanted if not all(term.is_small for term in group)] or self.wanted
        groups = []
        for group in telling:
            is_last = group is self.wanted[-1]
            terms = [
                term.asked(begins=begins and is_last and term is group[-1], nearly_named=nearly_named) for term in group
            ]  # fmt: skip
            groups.append("(" + " | ".join(f"({term})" for term in terms) + ")")
        return " & ".join(groups)


NONE: Final = Words()


def meant_by(asked: Asked) -> Words:
    """One query for all that was typed."""
    terms = [*(term for group in asked.wanted for term in group), *asked.unwanted]
    if not terms:
        return NONE
    read = _read(terms)
    places = iter(range(len(terms)))
    wanted = [tuple(one for one in (read[next(places)] for _term in group) if one.words) for group in asked.wanted]
    excluded = [one for one in (read[place] for place in places) if one.words]
    last = asked.wanted[-1][-1] if asked.wanted else None
    ends_open = last is not None and not last.is_phrase and asked.text.endswith(last.text)
    return Words(tuple(group for group in wanted if group), tuple(excluded), ends_open)


def _read(terms: list[Term]) -> list[_Read]:
    with connection.cursor() as cursor:
        cursor.execute(
            _READ,
            {
                "typed": [term.text for term in terms],
                "stem": _STEMS.get(get_language() or "en", "simple"),
                "most": MOST,
            },
        )
        rows = cursor.fetchall()
    words: dict[int, list[Word]] = {place: [] for place in range(len(terms))}
    for place, plain, forms, is_small, people, near in rows:
        words[place - 1].append(
            Word(plain, tuple(forms), bool(is_small), tuple(people), tuple(nearly(near or (), plain)))
        )
    return [_Read(tuple(words[place]), term.is_phrase) for place, term in enumerate(terms)]
