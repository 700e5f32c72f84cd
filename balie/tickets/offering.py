"""Who can probably help, for somebody who just writes: by the words of the question, and nothing else.

A word speaks for a place when it is one of the names or own words of that place, or of the same matter as one of them
(`teams/vocabulary.py`), or when several people used it to ask there before (`tickets/learning.py`). A word that speaks for many
places says little about each. The page says which of the asker's words it was.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from balie.teams.vocabulary import is_like, words_of
from balie.tickets import learning
from balie.tickets.places import Place

MOST: Final = 3
_FEWEST_POINTS: Final = 0.9
_OF_THE_BEST: Final = 0.35
_SHORTEST: Final = 3
_MOST_WORDS: Final = 150
_OWN, _RELATED, _DESCRIBED, _LEARNED = 3.0, 2.0, 1.0, 2.0

_Terms = dict[str, list[tuple[tuple[int, int | None], float]]]


@dataclass(frozen=True)
class Offer:
    """A place, and the asker's own words that speak for it."""

    place: Place
    because: tuple[str, ...]


@dataclass
class _Tally:
    points: float = 0.0
    because: dict[str, float] = field(default_factory=dict)

    def add(self, word: str, points: float) -> None:
        self.points += points
        self.because[word] = self.because.get(word, 0) + points


def offers(text: str, *, places: Sequence[Place], language: str) -> list[Offer]:
    """At most three, the likeliest first; none when nothing speaks for any."""
    tallies: dict[tuple[int, int | None], _Tally] = defaultdict(_Tally)
    terms = _terms(places)
    for word in dict.fromkeys(words_of(text)[:_MOST_WORDS]):
        _weigh(word, terms, tallies)
    teams = {place.team.pk for place in places}
    known = {place.key for place in places}
    for key, likely in learning.usual_places(text, language=language, teams=teams).items():
        if key in known:
            tallies[key].points += likely.points * _LEARNED
            for word in likely.because:
                tallies[key].because.setdefault(word, likely.points / len(likely.because))
    ranked = sorted(
        (place for place in places if tallies[place.key].points >= _FEWEST_POINTS),
        key=lambda place: (-tallies[place.key].points, place.category is None),
    )
    if not ranked:
        return []
    best = tallies[ranked[0].key].points
    found: list[Offer] = []
    for place in ranked:
        tally = tallies[place.key]
        if tally.points < best * _OF_THE_BEST or len(found) == MOST:
            break
        # A team beside its own category would be a choice without a difference.
        if place.category is None and any(offer.place.team == place.team for offer in found):
            continue
        said = sorted(tally.because, key=lambda word: -tally.because[word])
        found.append(Offer(place, tuple(said[:2])))
    return found


def _weigh(word: str, terms: _Terms, tallies: dict[tuple[int, int | None], _Tally]) -> None:
    if len(word) < _SHORTEST:
        return
    speaking: dict[tuple[int, int | None], float] = {}
    for term, places in terms.items():
        if is_like(word, term):
            for key, weight in places:
                speaking[key] = max(weight, speaking.get(key, 0.0))
    for key, weight in speaking.items():
        tallies[key].add(word, weight / math.sqrt(len(speaking)))


def _terms(places: Sequence[Place]) -> _Terms:
    """Each word that a place is found by, once, with the places: a question is held against few hundred words."""
    found: _Terms = defaultdict(list)
    for place in places:
        of_place = ((place.own_words, _OWN), (place.related_words, _RELATED), (place.described, _DESCRIBED))
        for terms, weight in of_place:
            for term in terms:
                if len(term) >= _SHORTEST:
                    found[term].append((place.key, weight))
    return found
