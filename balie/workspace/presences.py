"""Who else has the request open, and who is writing: told by each page of itself, shown to those who work on it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import clock, live
from balie.tickets.models import Ticket
from balie.workspace.models import Draft, Presence
from balie.workspace.models.presence import READS_FOR
from balie.workspace.reader import expert_of

# A request that everybody looks at: the first names say enough.
MOST_SHOWN = 8


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def presence(request: HttpRequest, number: int) -> HttpResponse:
    """`POST /requests/12/presence` with `is=reading`, `writing` or `gone`; both answer with who else is there."""
    person = expert_of(request)
    ticket = Ticket.objects.worked_on_by(person).filter(pk=number).only("pk", "team_id").first()
    if ticket is None:
        raise Http404
    there = list(Presence.objects.current().filter(ticket=ticket.pk).select_related("person").order_by("seen_at"))
    if request.method == "POST":
        own = next((one for one in there if one.person_id == person.pk), None)
        if _changed(ticket, person, own, request.POST.get("is", "reading")):
            live.tell(f"team:{ticket.team_id}", presence=ticket.pk, by=person.pk, passing=1)
        if request.POST.get("is") == "gone":
            return HttpResponse(status=204)
    others = [one for one in there if one.person_id != person.pk]
    leaving = Draft.objects.leaving().filter(ticket=ticket.pk).exclude(person=person).select_related("person")
    writing = [one.person for one in others if one.is_writing]
    reading = [one.person for one in others if not one.is_writing]
    context = {
        "writing": writing[:MOST_SHOWN],
        "reading": reading[: MOST_SHOWN - len(writing)] if len(writing) < MOST_SHOWN else [],
        "leaving": [one.person for one in leaving[:MOST_SHOWN]],
    }
    return render(request, "workspace/presence.html", context)


def _changed(ticket: Ticket, person: Person, own: Presence | None, what: str) -> bool:
    """Write down what the page says of itself; whether that is anything new to others."""
    now = clock.now()
    if what == "gone":
        return bool(Presence.objects.filter(ticket=ticket.pk, person=person).delete()[0]) and own is not None
    was_writing = own is not None and own.is_writing
    writes_at = now if what == "writing" else None
    if not Presence.objects.filter(ticket=ticket.pk, person=person).update(seen_at=now, wrote_at=writes_at):
        Presence.objects.bulk_create(
            [Presence(ticket_id=ticket.pk, person=person, seen_at=now, wrote_at=writes_at)], ignore_conflicts=True
        )
    return own is None or was_writing != (writes_at is not None)


def forget_the_gone() -> int:
    """Remove the rows that count for nothing any more; returns how many."""
    return Presence.objects.filter(seen_at__lt=clock.now() - 10 * READS_FOR).delete()[0]
