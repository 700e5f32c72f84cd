"""What has changed in a list since it was drawn: rows that differ, rows that went, and how many new ones wait."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from balie.platform import clock
from balie.tickets.models import Sight, Ticket
from balie.workspace import board, queue
from balie.workspace.lines import Line, lines_of
from balie.workspace.queue import Wanted

MOST_SHOWN = 2 * queue.MOST_ROWS
# A change has the time of its verb and is there with its commit: whoever looked in between looks a little further back.
_MARGIN = timedelta(seconds=20)


@dataclass(frozen=True, kw_only=True)
class News:
    """Nothing of it moves a row that somebody is reading."""

    changed: list[Line]
    gone: list[int]
    fresh: int


def read(shown: str, since: str) -> tuple[list[int], datetime]:
    """The numbers on the page, as `12.13`, and when the page was last right; whoever gives no time looks at everything."""
    numbers = [int(one) for one in shown.split(".") if one.isascii() and one.isdigit() and len(one) < 19]
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        moment = datetime.fromtimestamp(0, tz=clock.now().tzinfo)
    return numbers[:MOST_SHOWN], moment if moment.tzinfo else moment.replace(tzinfo=clock.now().tzinfo)


def of_rows(wanted: Wanted, *, shown: list[int], since: datetime, is_whole: bool) -> News:
    """`is_whole` when nothing stood below the last row that is shown: then whatever is not on the page is new."""
    changed, gone = _of_shown(shown, wanted=wanted, since=since)
    there = set(shown)
    rows = queue.in_order(replace(wanted, after=None, until=None), most=len(shown) + queue.A_PAGE)
    numbers = [row[-1] for row in rows]
    last = max((place for place, number in enumerate(numbers) if number in there), default=-1)
    if not is_whole and len(numbers) > last + 1 and last >= 0:
        numbers = numbers[: last + 1]
    return News(changed=changed, gone=gone, fresh=sum(1 for number in numbers if number not in there))


def of_cards(wanted: Wanted, *, shown: list[int], since: datetime) -> News:
    """Of a board: new is what its columns would show first and do not show."""
    changed, gone = _of_shown(shown, wanted=wanted, since=since)
    there = set(shown)
    fresh = sum(1 for number in board.first_numbers(wanted) if number not in there)
    return News(changed=changed, gone=gone, fresh=fresh)


def _of_shown(shown: list[int], *, wanted: Wanted, since: datetime) -> tuple[list[Line], list[int]]:
    since -= _MARGIN
    person = wanted.person
    there = Ticket.objects.worked_on_by(person).filter(pk__in=shown, merged_into__isnull=True)
    times = dict(there.order_by().values_list("pk", "updated_at"))
    seen = Sight.objects.filter(person=person, ticket__in=shown, seen_at__gte=since)
    touched = {pk for pk, at in times.items() if at >= since} | set(seen.values_list("ticket_id", flat=True))
    changed = lines_of([pk for pk in shown if pk in touched and pk in times], person=person, teams=wanted.teams)
    return changed, [pk for pk in shown if pk not in times]
