"""Sentences that are put into a language when somebody reads them: what a job finds out is read by several people, later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import translation

from balie.platform.languages import LANGUAGES, in_readers_language


class Sentence:
    """Words, marked for translation by `gettext_noop`, and the facts they name: plain values, sentences, or what has labels."""

    def __init__(self, words: str, **facts: object) -> None:
        self.words, self.facts = words, facts

    def __str__(self) -> str:
        """In the language of whoever reads."""
        said = translation.gettext(self.words) if self.words else ""
        return said % {name: str(fact) for name, fact in self.facts.items()} if self.facts else said

    def kept(self) -> list[Any]:
        """As JSON, for every language."""
        return [self.words, {name: _kept(fact) for name, fact in self.facts.items()}]

    @classmethod
    def of(cls, kept: list[Any]) -> Sentence:
        """The sentence that was kept."""
        words, facts = kept
        return cls(words, **{name: _read(fact) for name, fact in facts.items()})


class Said(Exception):
    """A refusal that says why in one sentence."""

    def __init__(self, words: str, **facts: object) -> None:
        super().__init__(words)
        self.sentence = Sentence(words, **facts)

    def __str__(self) -> str:
        return str(self.sentence)


def in_every_language(say: Callable[[], str]) -> str | dict[str, str]:
    """What is said, by the language's code; once, where it is the same in all of them."""
    said = {}
    for code, _name in LANGUAGES:
        with translation.override(code):
            said[code] = say()
    first, *others = said.values()
    return first if all(other == first for other in others) else said


def for_reader(said: str | Mapping[str, str]) -> str:
    """One of them again, in the language of whoever reads."""
    return said if isinstance(said, str) else in_readers_language(said) or next(iter(said.values()), "")


def _kept(fact: object) -> Any:
    if isinstance(fact, Sentence):
        return fact.kept()
    return fact if isinstance(fact, str | int) else in_every_language(lambda: str(fact))


def _read(fact: Any) -> Any:
    if isinstance(fact, list):
        return Sentence.of(fact)
    return for_reader(fact) if isinstance(fact, dict) else fact
