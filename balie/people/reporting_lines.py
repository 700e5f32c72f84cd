"""Who reports to whom, checked as a whole: nobody may be their own supervisor, not even through others."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import connection

_ABOVE: Final = """
WITH RECURSIVE above (id, lead) AS (
    SELECT id, supervisor_id FROM people_person WHERE id = %s
    UNION SELECT person.id, person.supervisor_id FROM above JOIN people_person AS person ON person.id = above.lead
) SELECT EXISTS (SELECT FROM above WHERE id = %s)
"""


def would_close_a_loop(person: int, lead: int) -> bool:
    """Whether this person, supervised by that one, would supervise themselves: the lead is they, or reports to them."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [lead, person])
        return bool(cursor.fetchone()[0])


def closing_a_loop(wanted: Mapping[int, int], *, current: Mapping[int, int | None]) -> set[int]:
    """Those whose wanted supervisor would close a loop, given who reports to whom now. Without them there is none."""
    refused: set[int] = set()
    while True:
        lines = {**current, **{person: lead for person, lead in wanted.items() if person not in refused}}
        found = _on_loops(lines, starts=wanted) & wanted.keys() - refused
        if not found:
            return refused
        # What these had before may close another loop with what others are about to get: look again.
        refused |= found


def _on_loops(lines: Mapping[int, int | None], *, starts: Iterable[int]) -> set[int]:
    """Everybody on a loop that is reached from the starts; each person is visited once."""
    visit: dict[int, int] = {}
    found: set[int] = set()
    for number, start in enumerate(starts):
        path: list[int] = []
        person: int | None = start
        while person is not None and person not in visit:
            visit[person] = number
            path.append(person)
            person = lines.get(person)
        if person is not None and visit[person] == number and person in path:
            found.update(path[path.index(person) :])
    return found
