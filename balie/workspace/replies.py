"""An expert writes: a reply that leaves in ten seconds, or a note that stays."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balie.channels.models import Delivery
from balie.channels.web.once import once
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.tickets.models import Message, Ticket
from balie.tickets.refusals import Refused
from balie.workspace import drafting, leaving
from balie.workspace.composing import ComposeForm, News, news_since
from balie.workspace.drafting import kept_about
from balie.workspace.models import Draft
from balie.workspace.models.draft import HELD_FOR
from balie.workspace.onward import next_after
from balie.workspace.reader import expert_of, opened
from balie.workspace.requests import shown

# Tells the pages that follow to show what is on its way; it says no more than that, and ends with it.
COOKIE = "leaving"


@require_POST
@for_(Audience.EXPERTS)
def messages(request: HttpRequest, number: int) -> HttpResponse:
    """`POST /requests/12/messages`; what was typed stays in the form, and with the draft, unless it was taken."""
    ticket, person = opened(request, number), expert_of(request)
    kept = kept_about(ticket, by=person)
    form = ComposeForm(request.POST, request.FILES, draft=kept.drafts.get(request.POST.get("kind", "")))
    news: News | None = None
    if form.is_valid():
        if form.cleaned_data["then"] == "draft":
            drafting.keep(ticket, by=person, kind=form.cleaned_data["kind"], written=form.written())
            notices.success(request, _("Your draft is kept."))
            return redirect(f"{reverse('workspace:request', args=[ticket.pk])}#composer")
        news = news_since(ticket, by=person, form=form, kept=kept)
        if not news:
            try:
                said = _note(ticket, form, by=person) if form.is_note else None
                held = None if form.is_note else _hold(ticket, form, by=person)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return _said(request, ticket, form=form, said=said, held=held)
    if form.can_be_kept:
        drafting.keep(ticket, by=person, kind=form.cleaned_data["kind"], written=form.written())
    parts = ("composer", *(("timeline",) if news else ())) if request.headers.get("HX-Request") else ()
    return shown(request, ticket, parts=parts, form=form, news=news, status=422)


@require_POST
@for_(Audience.EXPERTS)
def return_(request: HttpRequest, number: int, draft: int) -> HttpResponse:
    """`POST /requests/12/leaving/5/return`: it does not leave, and is the draft again."""
    person = expert_of(request)
    ticket = opened(request, number)
    try:
        leaving.take_back(draft, by=person)
    except Refused as refused:
        notices.error(request, str(refused))
        if request.headers.get("HX-Request"):
            return shown(request, ticket, parts=("held", "timeline"))
        return redirect(f"{reverse('workspace:request', args=[ticket.pk])}#latest")
    if request.headers.get("HX-Request"):
        return shown(request, ticket, parts=("composer",))
    return redirect(f"{reverse('workspace:request', args=[ticket.pk])}?write=reply#composer")


@require_safe
@for_(Audience.EXPERTS)
def held(request: HttpRequest, number: int) -> HttpResponse:
    """The fragment that shows one's replies on their way."""
    return shown(request, opened(request, number), parts=("held",))


@require_POST
@for_(Audience.EXPERTS)
def attempt(request: HttpRequest, number: int, delivery: int) -> HttpResponse:
    """Try once more what the other side did not take."""
    ticket = opened(request, number)
    get_object_or_404(Delivery, ticket=ticket, pk=delivery).try_again()
    if request.headers.get("HX-Request"):
        return shown(request, ticket, parts=("timeline",))
    return redirect("workspace:request", ticket.pk)


def _note(ticket: Ticket, form: ComposeForm, *, by: Person) -> Message:
    with transaction.atomic():
        message = once(form.key(), by=by, say=lambda: ticket.note(by=by, words=form.words()))
        ticket.refresh_from_db()
        if form.cleaned_data["then"] == "resolve" and ticket.is_open:
            ticket.resolve(by=by)
        drafting.let_go(ticket, by=by, kind=Message.Kind.NOTE)
    return message


def _hold(ticket: Ticket, form: ComposeForm, *, by: Person) -> Draft | None:
    then = Draft.Then.RESOLVE if form.cleaned_data["then"] == "resolve" else Draft.Then.STAY
    return leaving.hold(ticket, by=by, written=form.written(), then=then)


def _said(
    request: HttpRequest, ticket: Ticket, *, form: ComposeForm, said: Message | None, held: Draft | None
) -> HttpResponse:
    address = reverse("workspace:request", args=[ticket.pk])
    goes_on = form.cleaned_data["then"] == "next"
    if goes_on:
        address = next_after(request, ticket)
    elif said is not None:
        address = f"{reverse('workspace:request', args=[said.ticket_id])}#message-{said.pk}"
    elif held is not None:
        address += f"#leaving-{held.pk}"
    response: HttpResponse
    if not request.headers.get("HX-Request"):
        response = redirect(address)
    elif goes_on:
        response = HttpResponse(headers={"HX-Redirect": address})
    elif said is not None:
        response = shown(request, opened(request, ticket.pk), parts=("composer", "timeline", "panel"))
    else:
        response = shown(request, ticket, parts=("composer",))
    if held is not None:
        response.set_cookie(
            COOKIE,
            "1",
            max_age=HELD_FOR + timedelta(seconds=2),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
