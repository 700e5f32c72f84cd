"""Which words lead to which team and category, learned from what was asked here before.

The newest requests are counted word by word: how many people used the word when they asked this team about this category.
Nothing else is kept. Private teams are left out, and so is every word that fewer than three people used in one place: a name,
a project or a secret that somebody mentions once leads nowhere, so that nobody can find out by trying what others have asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from balie.organisation.models import Organisation
from balie.platform import clock
from balie.tickets.models import UsualWord

# PostgreSQL's dictionaries of our languages: they know endings and the words that say nothing.
DICTIONARIES: Final = {
    "en": "english", "de": "german", "nl": "dutch", "fr": "french", "es": "spanish", "it": "italian",
}  # fmt: skip
FEWEST_PEOPLE: Final = 3
# So many of the newest requests, and so much of each one's first message.
MOST_REQUESTS: Final = 20_000
_CHARACTERS: Final = 1000
_LOOKS_BACK: Final = timedelta(days=365)
_MOST_WORDS: Final = 200
# A word of which so many places are usual says nothing about any of them.
_MOST_PLACES: Final = 60


@dataclass
class Likeliness:
    """How much speaks for a team or a category, and which of the asker's own words do."""

    points: float = 0.0
    because: list[str] = field(default_factory=list)


def learn() -> None:
    """Count anew; the former counts stay until the new ones are there."""
    with transaction.atomic(), connection.cursor() as asked:
        UsualWord.objects.all().delete()
        asked.execute(
            f"""
            WITH newest AS (
                SELECT ticket.number, ticket.team_id, ticket.category_id, ticket.requester_id, ticket.subject,
                    COALESCE(NULLIF(person.language, ''), %(language)s) AS language
                FROM tickets_ticket AS ticket
                JOIN people_person AS person ON person.id = ticket.requester_id
                JOIN teams_team AS team ON team.id = ticket.team_id
                WHERE ticket.number > (SELECT COALESCE(max(number), 0) - %(most)s FROM tickets_ticket)
                    AND ticket.created_at > %(since)s AND ticket.deleted_at IS NULL AND ticket.merged_into_id IS NULL
                    AND NOT team.is_private AND team.archived_at IS NULL
            ), told AS (
                SELECT newest.*, left(newest.subject || ' ' || COALESCE(first.text, ''), %(characters)s) AS words
                FROM newest LEFT JOIN LATERAL (
                    SELECT text FROM tickets_message
                    WHERE ticket_id = newest.number AND kind = 'reply' AND direction = 'in' AND NOT is_automatic
                    ORDER BY created_at, id LIMIT 1
                ) AS first ON true
            )
            INSERT INTO tickets_usualword (word, language, team_id, category_id, people)
            SELECT * FROM (
            SELECT lexeme, language, team_id, category_id, count(DISTINCT requester_id)
            FROM told, unnest(tsvector_to_array(to_tsvector({_DICTIONARY}, words))) AS lexeme
            WHERE length(lexeme) BETWEEN 2 AND 40 AND lexeme !~ '[0-9@/]'
            GROUP BY lexeme, language, team_id, category_id
            HAVING count(DISTINCT requester_id) >= %(fewest)s
            ) AS usual WHERE {_SAYS_SOMETHING}
            """,  # noqa: S608  (a fixed part; values go as parameters)
            {
                "language": Organisation.current().language, "most": MOST_REQUESTS, "fewest": FEWEST_PEOPLE,
                "since": clock.now() - _LOOKS_BACK, "characters": _CHARACTERS,
            },
        )  # fmt: skip


def usual_places(text: str, *, language: str, teams: Iterable[int]) -> dict[tuple[int, int | None], Likeliness]:
    """What the words of the text speak for, by team and category, among these teams. Two short queries.

    Each word has one point to give, shared by the places where it is usual in proportion to the people who used it there; a word
    that is usual in many places gives less of it.
    """
    wanted = set(teams)
    stems = _stems(text[:4000], language)
    if not stems or not wanted:
        return {}
    places: dict[str, list[tuple[int, int | None, int]]] = defaultdict(list)
    rows = UsualWord.objects.filter(language=language, word__in=list(stems)[:_MOST_WORDS])
    for word, of_team, of_category, count in rows.values_list("word", "team_id", "category_id", "people"):
        if of_team in wanted:
            places[word].append((of_team, of_category, count))
    found: dict[tuple[int, int | None], Likeliness] = defaultdict(Likeliness)
    for word, where in places.items():
        if len(where) > _MOST_PLACES:
            continue
        everybody = sum(people for _team, _category, people in where)
        for team, category, people in where:
            share = people / everybody
            one = found[team, category]
            # Squared, so that a word at home everywhere says next to nothing.
            one.points += share * share * min(1.0, people / 4)
            if share >= 0.3:
                one.because.append(stems[word])
    return dict(found)


def _stems(text: str, language: str) -> dict[str, str]:
    """The stems of the text's words, each with the first word that has it, in the order of the text."""
    with connection.cursor() as asked:
        asked.execute(
            f"""
            SELECT DISTINCT ON (lexeme) lexeme, token FROM (
                SELECT token, unnest(lexemes) AS lexeme, row_number() OVER () AS place
                FROM ts_debug(%s::regconfig, %s) WHERE lexemes IS NOT NULL
            ) AS words WHERE length(lexeme) BETWEEN 2 AND 40 AND {_SAYS_SOMETHING} ORDER BY lexeme, place
            """,  # noqa: S608  (a fixed part; values go as parameters)
            [DICTIONARIES.get(language, "simple"), text],
        )
        return dict(asked.fetchall())


_DICTIONARY: Final = (
    "(CASE language "
    + " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in DICTIONARIES.items())
    + " ELSE 'simple' END)::regconfig"
)
# People do not always write in their own language: what says nothing in one of ours says nothing.
_SAYS_SOMETHING: Final = " AND ".join(f"length(to_tsvector('{name}', lexeme)) > 0" for name in DICTIONARIES.values())
