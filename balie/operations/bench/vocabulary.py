"""Who is in the bench company, and its letters: words of four languages in the frequencies of real letters.

They are made from syllables, so that they are nobody's sentences.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Final

EMPLOYEES: Final = 5_000
EXPERTS: Final = 200
TEAMS: Final = 20
DOMAIN: Final = "bench.example"

LANGUAGES: Final = ("nl", "en", "de", "fr")
BODIES_PER_LANGUAGE: Final = 5_000
_WORDS_PER_LANGUAGE: Final = 8_000

_FREQUENT: Final = {
    "nl": (
        "de",
        "het",
        "een",
        "ik",
        "niet",
        "mijn",
        "laptop",
        "kan",
        "graag",
        "wanneer",
        "verlof",
        "factuur",
        "toegang",
    ),
    "en": ("the", "a", "my", "is", "not", "can", "please", "laptop", "when", "leave", "invoice", "access", "screen"),
    "de": ("der", "die", "ein", "ich", "nicht", "mein", "laptop", "bitte", "wann", "urlaub", "rechnung", "zugang"),
    "fr": ("le", "la", "un", "je", "pas", "mon", "laptop", "merci", "quand", "congé", "facture", "accès"),
}
_SYLLABLES: Final = {
    "nl": ("ver", "ge", "be", "loop", "tijd", "werk", "plek", "scherm", "uur", "ing", "heid", "kast", "deur", "boek"),
    "en": ("re", "un", "work", "time", "place", "ness", "ing", "book", "door", "net", "print", "ship", "line", "port"),
    "de": ("ver", "be", "zeit", "arbeit", "platz", "ung", "keit", "buch", "tür", "netz", "druck", "schaft", "haft"),
    "fr": ("re", "dé", "temps", "trav", "place", "ment", "tion", "livre", "porte", "eau", "écran", "ure", "age"),
}


def words(language: str) -> list[str]:
    """Most frequent first."""
    made = ("".join(parts) for length in (2, 3, 4) for parts in itertools.product(_SYLLABLES[language], repeat=length))
    return [*_FREQUENT[language], *itertools.islice(made, _WORDS_PER_LANGUAGE)]


def bodies(language: str) -> Iterator[str]:
    """Letters of 15 to 90 words; a word's frequency falls with its rank (Zipf)."""
    # The same letters each time, so that two runs measure the same thing.
    dice = random.Random(language)  # noqa: S311  (not a secret)
    vocabulary = words(language)
    weights = list(itertools.accumulate(1 / (rank + 4) for rank in range(len(vocabulary))))
    for _number in range(BODIES_PER_LANGUAGE):
        chosen = dice.choices(vocabulary, cum_weights=weights, k=dice.randint(15, 90))
        sentences = [" ".join(chosen[at : at + 12]).capitalize() + "." for at in range(0, len(chosen), 12)]
        yield " ".join(sentences)
