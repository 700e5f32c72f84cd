"""Whom one may ask, and about what: each team, and each of its categories, with what one finds it by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch

from balie.platform import alphabet
from balie.teams.models import Category, Team
from balie.teams.vocabulary import related, words_of
from balie.tickets import expecting, promises


@dataclass(frozen=True)
class Place:
    """A team, or one of its categories."""

    team: Team
    category: Category | None
    promise: str

    @property
    def value(self) -> str:
        """How a form says it."""
        return f"{self.team.pk}.{self.category.pk}" if self.category else str(self.team.pk)

    @property
    def key(self) -> tuple[int, int | None]:
        return self.team.pk, self.category.pk if self.category else None

    @property
    def name(self) -> str:
        return self.category.called if self.category else self.team.called

    @property
    def description(self) -> str:
        return self.category.description if self.category else self.team.description

    @cached_property
    def own_words(self) -> frozenset[str]:
        """What it is called, in every language, and the words that its team gave it."""
        of = self.category or self.team
        return frozenset(words_of(" ".join([of.name, *of.names.values(), of.words])))

    @cached_property
    def related_words(self) -> frozenset[str]:
        """Words of the same matters as its names."""
        return frozenset().union(*(related(word) for word in self.own_words)) - self.own_words

    @cached_property
    def described(self) -> frozenset[str]:
        return frozenset(word for word in words_of(self.description) if len(word) > 3)

    @property
    def search_words(self) -> str:
        """What the search on the page looks through beside the name."""
        return " ".join(sorted(self.own_words | self.related_words | self.described))


@dataclass(frozen=True)
class Choice:
    """One team with its categories, as a form lists them."""

    place: Place
    topics: Sequence[Place]


def choices() -> list[Choice]:
    """All that requesters may choose; categories by name in the reader's language. Four queries."""
    topics = Category.objects.filter(archived_at__isnull=True)
    teams = list(Team.objects.offered().prefetch_related(Prefetch("categories", queryset=topics, to_attr="topics")))
    expectations = expecting.expected(teams)
    found = []
    for team in alphabet.alphabetical(teams, by=lambda one: one.called):
        promise = promises.in_words(expectations[team.pk])
        named = sorted(team.topics, key=lambda one: (one.position, alphabet.place(one.called)))  # type: ignore[attr-defined]  # prefetched above
        found.append(Choice(Place(team, None, promise), [Place(team, topic, promise) for topic in named]))
    return found


def each(listed: Iterable[Choice]) -> list[Place]:
    return [place for choice in listed for place in (choice.place, *choice.topics)]
