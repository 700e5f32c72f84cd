"""Tells open pages what changed: numbers and ids only, to those who may know."""

from collections.abc import Sequence

from balie.platform import live
from balie.tickets.models import Changeover, Event, Ticket

_K = Event.Kind
# Who takes part but does not work on the request hears of what they may read, and of nothing else.
_FOR_PARTICIPANTS = frozenset(
    {_K.OPENED, _K.HEARD, _K.REPLIED, _K.STATUS_CHANGED, _K.RESOLVED, _K.REOPENED, _K.MOVED, _K.MERGED, _K.DELETED}
)


def tell_open_pages(event: Event) -> None:
    """A call to the team's pages, to the former team's when it moved, and to those who take part."""
    ticket = event.ticket
    news: dict[str, int | str | None] = {
        "ticket": ticket.pk,
        "team": ticket.team_id,
        "event": event.kind,
        "id": event.pk,
        "by": event.by_id,
    }
    teams = {ticket.team_id}
    if event.kind in (Event.Kind.MOVED, Event.Kind.TAKEN_BACK) and "before" in event.details:
        teams.add(event.details["before"])
    live.tell(*(f"team:{team}" for team in teams), **news)
    if event.kind in _FOR_PARTICIPANTS or event.details.get("shown"):
        following = (
            ticket.first_followers
            if event.kind == Event.Kind.OPENED
            else ticket.followings.values_list("person_id", flat=True)
        )
        people = {ticket.requester_id, *following}
        live.tell(*(f"person:{person}" for person in people), ticket=ticket.pk, event=event.kind, id=event.pk)


def tell_open_pages_of_group(changeover: Changeover, numbers: Sequence[int]) -> None:
    """One call to each team whose requests are in another group now: its lists look again."""
    teams = Ticket.objects.filter(pk__in=numbers).order_by().values_list("team", flat=True).distinct()
    for team in teams:
        live.tell(f"team:{team}", team=team, event=Event.Kind.STATUS_CHANGED, by=changeover.by_id)
