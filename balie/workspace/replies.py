"""An expert writes: a reply that leaves, or a note that stays."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from balie.channels.models import Delivery
from balie.channels.web.once import once
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.tickets.models import Message, Ticket
from balie.tickets.refusals import Refused
from balie.workspace.composing import ComposeForm
from balie.workspace.reader import expert_of, opened
from balie.workspace.requests import shown


@require_POST
@for_(Audience.EXPERTS)
def messages(request: HttpRequest, number: int) -> HttpResponse:
    """`POST /requests/12/messages`; what was typed stays in the form unless it was taken."""
    ticket = opened(request, number)
    form = ComposeForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            message = _write(ticket, form, by=expert_of(request))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if request.headers.get("HX-Request"):
                return shown(request, opened(request, ticket.pk), parts=("composer", "timeline", "panel"))
            return redirect(f"{reverse('workspace:request', args=[message.ticket_id])}#message-{message.pk}")
    parts = ("composer",) if request.headers.get("HX-Request") else ()
    return shown(request, ticket, parts=parts, form=form, status=422)


@require_POST
@for_(Audience.EXPERTS)
def attempt(request: HttpRequest, number: int, delivery: int) -> HttpResponse:
    """Try once more what the other side did not take."""
    ticket = opened(request, number)
    get_object_or_404(Delivery, ticket=ticket, pk=delivery).try_again()
    if request.headers.get("HX-Request"):
        return shown(request, ticket, parts=("timeline",))
    return redirect("workspace:request", ticket.pk)


def _write(ticket: Ticket, form: ComposeForm, *, by: Person) -> Message:
    verb = ticket.note if form.is_note else ticket.reply
    with transaction.atomic():
        message = once(form.key(), by=by, say=lambda: verb(by=by, words=form.words()))
        ticket.refresh_from_db()
        if form.cleaned_data["then"] == "resolve" and ticket.is_open:
            ticket.resolve(by=by)
    return message
