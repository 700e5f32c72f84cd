"""What the composer of an open page asks for while somebody writes: keeping the draft, and whom an @ may name."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import avatars
from balie.platform.alphabet import placed
from balie.tickets.mentioning import mentionable
from balie.tickets.models import Message, Ticket
from balie.workspace import drafting
from balie.workspace.composing import ComposeForm, state_of
from balie.workspace.models import Draft
from balie.workspace.reader import expert_of

MOST_OFFERED = 8


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def draft(request: HttpRequest, number: int) -> JsonResponse:
    """`GET /requests/12/draft?kind=note` is what is kept; POST keeps, and answers with its version and what it replaced."""
    ticket, person = _worked_on(request, number), expert_of(request)
    if request.method != "POST":
        kept = Draft.objects.being_written().filter(person=person, ticket=ticket, kind=_kind(request.GET)).first()
        return JsonResponse(state_of(request, kept))
    written = Draft.objects.being_written().filter(person=person, ticket=ticket, kind=_kind(request.POST)).first()
    form = ComposeForm(request.POST, draft=written)
    if not form.is_valid():
        return JsonResponse(
            {"error": " ".join(str(one) for errors in form.errors.values() for one in errors)}, status=422
        )
    kept = drafting.keep(ticket, by=person, kind=form.cleaned_data["kind"], written=form.written())
    if kept is None:
        return JsonResponse({"version": 0, "others": [], "at": ""})
    state = state_of(request, kept)
    return JsonResponse({name: state[name] for name in ("version", "others", "at")})


@require_POST
@for_(Audience.EXPERTS)
def removal(request: HttpRequest, number: int) -> HttpResponse:
    """`POST /requests/12/draft/removal`: the draft, or with `others` only what other pages had."""
    ticket, person = _worked_on(request, number), expert_of(request)
    if request.POST.get("others"):
        drafting.drop_others(ticket, by=person, kind=_kind(request.POST))
    else:
        drafting.discard(ticket, by=person, kind=_kind(request.POST), page=request.POST.get("page", ""))
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"version": 0, "others": [], "at": ""})
    return redirect(f"{reverse('workspace:request', args=[ticket.pk])}#composer")


@require_safe
@for_(Audience.EXPERTS)
def mentions(request: HttpRequest, number: int) -> JsonResponse:
    """`GET /requests/12/mentions?kind=note&q=be`: who may read what is being written, by the beginning of a name."""
    ticket, person = _worked_on(request, number), expert_of(request)
    asked = " ".join(request.GET.get("q", "").split())[:60]
    found = mentionable(ticket, kind=_kind(request.GET)).exclude(pk=person.pk)
    if asked:
        found = found.filter(name__istartswith=asked) | found.filter(name__icontains=f" {asked}")
    offered = found.order_by(placed(), "pk").only("name", "email")[:MOST_OFFERED]
    return JsonResponse({"people": [_offered(one) for one in offered]})


def _offered(person: Person) -> dict[str, Any]:
    return {
        "id": person.pk, "name": person.name, "email": person.email or "",
        "hue": avatars.hue(person.name), "initials": avatars.initials(person.name),
    }  # fmt: skip


def _worked_on(request: HttpRequest, number: int) -> Ticket:
    ticket = Ticket.objects.worked_on_by(expert_of(request)).filter(pk=number).select_related("team").first()
    if ticket is None:
        raise Http404
    return ticket


def _kind(asked: Any) -> str:
    return Message.Kind.NOTE.value if asked.get("kind") == Message.Kind.NOTE else Message.Kind.REPLY.value
