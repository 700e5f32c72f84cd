"""What follows for people from their roles: `Person.role` and `opens_settings`, kept so that every page has them for nothing."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

from balie.platform.live import tell

_SETTLE: Final = """
UPDATE people_person SET role = follows.role, opens_settings = follows.opens_settings
FROM (
    SELECT person.id,
        CASE WHEN coalesce(bool_or(held.preset = 'administrator'), false) THEN 'administrator'
            WHEN coalesce(bool_or(held.works_on_requests), false) THEN 'expert' ELSE 'employee' END AS role,
        coalesce(bool_or(held.opens), false) AS opens_settings
    FROM unnest(%s::bigint[]) AS person (id)
    LEFT JOIN people_roleassignment AS assigned ON assigned.person_id = person.id
    LEFT JOIN LATERAL (
        SELECT preset, works_on_requests,
            EXISTS (SELECT FROM people_right WHERE role_id = people_role.id AND area <> '') AS opens
        FROM people_role WHERE people_role.id = assigned.role_id
    ) AS held ON true
    GROUP BY person.id
) AS follows
WHERE people_person.id = follows.id
    AND (people_person.role, people_person.opens_settings) IS DISTINCT FROM (follows.role, follows.opens_settings)
RETURNING people_person.id
"""


def settle(people: Iterable[int]) -> None:
    """Write anew what follows from the roles of these people; the open pages of those for whom it changed hear of it."""
    numbers = sorted(set(people))
    if not numbers:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [numbers])
        changed = [row[0] for row in cursor.fetchall()]
    if changed:
        tell(*(f"rights:{number}" for number in changed))
