"""Taking a colleague along into a request, and leaving one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balie.people.audience import Audience, for_
from balie.people.models import Identity, Person
from balie.platform.alphabet import placed
from balie.platform.characters import clean_name
from balie.portal.reader import opened, reader_of
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.tickets.refusals import Refused

_MOST_FOUND = 8
_SHORTEST = 2
_LONGEST_ADDRESS = 254


@for_(Audience.PEOPLE)
@require_safe
def colleagues(request: HttpRequest, number: int) -> HttpResponse:
    """`?q=jo`: those whose names have words that begin so; for the search on the request's page."""
    ticket = opened(request, number)
    asked = clean_name(request.GET.get("q", ""))[:120]
    context = {
        "ticket": ticket,
        "found": _named(asked, ticket),
        "asked": asked,
        "is_external": _is_external(asked, ticket),
    }
    return render(request, "portal/colleagues.html", context)


@for_(Audience.PEOPLE)
@require_POST
def followers(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody reads along from now on: `person` by id, or whom `q` can only mean, by name or address."""
    ticket = opened(request, number)
    asked = clean_name(request.POST.get("q", ""))[:_LONGEST_ADDRESS]
    person = _meant(request.POST.get("person", ""), asked, ticket)
    if person is None:
        found = _named(asked, ticket)
        context = {"ticket": ticket, "found": found, "asked": asked, "is_whole": True, "is_external": False}
        return render(request, "portal/add_colleague.html", context, status=200 if found else 422)
    try:
        ticket.follow(person, by=reader_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s reads along from now on.") % {"name": person.name})
    return redirect("portal:request", ticket.pk)


@for_(Audience.PEOPLE)
@require_POST
def leaving(request: HttpRequest, number: int) -> HttpResponse:
    """Who asked stays; everybody else may go."""
    ticket, person = opened(request, number), reader_of(request)
    try:
        ticket.unfollow(person, by=person)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("portal:request", ticket.pk)
    messages.success(
        request, _("You have left request #%(number)s, and hear nothing more of it.") % {"number": ticket.pk}
    )
    return redirect("portal:requests")


def _named(asked: str, ticket: Ticket) -> list[Person]:
    """Employees who can sign in and do not take part yet; a name and a work address, and nothing else of them."""
    words = asked.split()
    if len(asked) < _SHORTEST:
        return []
    people = Person.objects.able_to_sign_in()
    for word in words[:5]:
        people = people.filter(Q(name__istartswith=word) | Q(name__icontains=f" {word}") | Q(email__istartswith=word))
    taking_part = [ticket.requester_id, *ticket.followings.values_list("person_id", flat=True)]
    return list(people.exclude(pk__in=taking_part).only("name", "email").order_by(placed(), "pk")[:_MOST_FOUND])


def _meant(pk: str, asked: str, ticket: Ticket) -> Person | None:
    if pk.isdigit() and len(pk) < 19:
        chosen: Person | None = Person.objects.able_to_sign_in().filter(pk=int(pk)).first()
        return chosen
    known: Person | None = Person.objects.able_to_sign_in().known_by(Identity.EMAIL, asked.lower())
    if known is not None:
        return known
    found = _named(asked, ticket)
    exactly = [person for person in found if person.name.casefold() == asked.casefold()]
    if len(exactly) == 1:
        return exactly[0]
    if not found and _is_external(asked, ticket):
        # Whoever is known by the address already, as an external, is that person; nobody is told before somebody writes.
        return Person.objects.take_in(kind=Identity.EMAIL, external_id=asked.lower())
    return None


def _is_external(asked: str, ticket: Ticket) -> bool:
    """Whether this is the address of somebody outside whom the team takes in. Not one of an employee who has left."""
    if ticket.team.strangers != Team.Strangers.WELCOME or len(asked) > _LONGEST_ADDRESS:
        return False
    try:
        validate_email(asked)
    except ValidationError:
        return False
    known: Person | None = Person.objects.known_by(Identity.EMAIL, asked.lower())
    return known is None or known.is_external
