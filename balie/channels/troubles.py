"""What is stuck, as administrators see it: the row, its state and its error, and how to try it again.

Of a private team's arrivals and deliveries they learn neither from whom, nor to whom, nor what about (product, rule 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balie.channels import delivering, kinds, receiving
from balie.channels.models import Arrival, Delivery
from balie.people.models import Person
from balie.platform import clock, waking
from balie.teams.models import Team, TeamAddress

Row = TypeVar("Row", Arrival, Delivery)

_TRIED_AGAIN: Final = {
    Arrival: (Arrival.State.FAILED, Arrival.State.RETRYING),
    Delivery: (Delivery.State.REFUSED, Delivery.State.RETRYING),
}
# A reply address (see channels/email/reply_address.py) begins with the team's, as `people+r12-34-signature`.
_TEAM_OF_ADDRESS: Final = re.compile(r"[^+@]+")


class DealtWith(Exception):
    """It is settled, or on its way: there is nothing to try again."""


@dataclass(frozen=True, kw_only=True)
class Shown(Generic[Row]):
    """One row as an administrator may see it: `who` sent it or is to get it, `number` is that of the request."""

    row: Row
    who: str
    recipient: str
    number: int | None
    error: str
    is_private: bool


def arrivals() -> QuerySet[Arrival]:
    """All that came by a channel, without what it says; a form that was sent twice is none."""
    return Arrival.objects.exclude(kind=kinds.WEB).select_related("ticket__team").defer("raw")


def deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("ticket__team").defer("raw")


def arrivals_shown(rows: Iterable[Arrival], *, to: Person) -> list[Shown[Arrival]]:
    """Asks the database thrice, however many there are."""
    teams, opened = _teams_seen_by(to), _opened_by(to)
    shown = []
    for row in rows:
        address = row.external_id.partition(":")[2].lower()
        local_part = found[0] if (found := _TEAM_OF_ADDRESS.match(address)) else ""
        # Of an address that is no team's nobody can tell.
        is_private = not teams.get(local_part, False)
        if row.ticket is not None:
            is_private = not (teams.get(row.ticket.team.address) or row.ticket.pk in opened)
        shown.append(
            Shown(
                row=row,
                is_private=is_private,
                who="" if is_private else row.sender,
                recipient=f"{local_part}@{settings.BALIE.mail_domain}" if local_part in teams else "",
                number=None if is_private or row.ticket is None else row.ticket.pk,
                error=_error(row.error, is_private),
            )
        )
    return shown


def deliveries_shown(rows: Iterable[Delivery], *, to: Person) -> list[Shown[Delivery]]:
    teams, opened = _teams_seen_by(to), _opened_by(to)
    shown = []
    for row in rows:
        is_private = row.ticket is not None and not (teams.get(row.ticket.team.address) or row.ticket.pk in opened)
        who = "" if is_private else row.address
        shown.append(
            Shown(
                row=row,
                is_private=is_private,
                who=who,
                recipient=who,
                number=None if is_private or row.ticket is None else row.ticket.pk,
                error=_error(row.error, is_private),
            )
        )
    return shown


def try_again(row: Arrival | Delivery) -> None:
    """At once, and with all its attempts; raises `DealtWith`."""
    if row.state not in _TRIED_AGAIN[type(row)]:
        raise DealtWith
    row.try_again()
    waking.wake(_word(type(row)))


def try_all_again(kind: type[Arrival] | type[Delivery]) -> int:
    """All that have failed or wait for another try; returns how many."""
    now = clock.now()
    if kind is Arrival:
        count = Arrival.objects.filter(state__in=_TRIED_AGAIN[Arrival]).update(
            state=Arrival.State.WAITING, attempts=0, next_attempt_at=now, held_by=None
        )
    else:
        count = Delivery.objects.filter(state__in=_TRIED_AGAIN[Delivery]).update(
            state=Delivery.State.OWED, attempts=0, created_at=now, next_attempt_at=now, held_by=None
        )
    waking.wake(_word(kind))
    return count


def _word(kind: type[Arrival] | type[Delivery]) -> str:
    return receiving.WAKE_WORD if kind is Arrival else delivering.WAKE_WORD


def _error(error: str, is_private: bool) -> str:
    """The first line; of a private one only what kind of fault it was, since the rest may repeat what was written."""
    first = error.partition("\n")[0]
    if not is_private or not first:
        return first
    kind = first.partition(":")[0].strip()
    return kind if re.fullmatch(r"[A-Za-z]+|[45]\d\d", kind) else _("The details are left out: it is a private team's.")


def _teams_seen_by(person: Person) -> dict[str, bool]:
    """By address: whether the person works on the team's requests."""
    seen = set(Team.objects.worked_in_by(person).values_list("pk", flat=True))
    former = TeamAddress.objects.values_list("team", "local_part")
    return {address: pk in seen for pk, address in Team.objects.order_by().values_list("pk", "address").union(former)}


def _opened_by(person: Person) -> set[int]:
    return set(person.disclosures.values_list("ticket_id", flat=True))
