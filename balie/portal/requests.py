"""My requests: the list, and one of them as a conversation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balie.channels import kinds
from balie.channels.web.letters import letters, with_files
from balie.channels.web.once import once
from balie.channels.web.writing import WritingForm
from balie.people.audience import Audience, for_
from balie.platform import cursors
from balie.portal.reader import opened, reader_of
from balie.tickets.models import Message, Ticket
from balie.tickets.models.status import Group
from balie.tickets.refusals import Refused

A_PAGE = 50
MOST_LETTERS = 200


@require_safe
@for_(Audience.PEOPLE)
def requests(request: HttpRequest) -> HttpResponse:
    """`?group=resolved&cursor=…`; the open ones unless told otherwise."""
    is_resolved = request.GET.get("group") == Group.RESOLVED
    found = Ticket.objects.taken_part_in_by(reader_of(request)).listed().select_related("team", "status", "requester")
    found = found.filter(group=Group.RESOLVED) if is_resolved else found.open()
    if request.GET.get("cursor"):
        try:
            word, number = cursors.decode(request.GET["cursor"])
        except (cursors.BadCursor, ValueError):
            raise Http404 from None
        found = found.filter(last_word_at__lte=word).exclude(last_word_at=word, number__gte=number)  # type: ignore[misc]  # what we signed
    tickets = list(found.order_by("-last_word_at", "-number")[: A_PAGE + 1])
    more = cursors.encode(tickets[A_PAGE - 1].last_word_at, tickets[A_PAGE - 1].pk) if len(tickets) > A_PAGE else ""
    context = {"tickets": tickets[:A_PAGE], "more": more, "is_resolved": is_resolved, "here": "mine"}
    return render(request, "portal/requests.html", context)


@require_safe
@for_(Audience.PEOPLE)
def request(request: HttpRequest, number: int) -> HttpResponse:
    """`?images=ID` shows a message's remote pictures; `?part=talk` is for live pages."""
    ticket = opened(request, number)
    if ticket.merged_into_id is not None:
        return redirect("portal:request", ticket.merged_into_id)
    return _shown(request, ticket, form=WritingForm())


@require_POST
@for_(Audience.PEOPLE)
def reply(request: HttpRequest, number: int) -> HttpResponse:
    """`POST /my/requests/12/messages`; what was typed stays in the form unless it was taken."""
    ticket, person = opened(request, number), reader_of(request)
    form = WritingForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            message = once(
                form.key(), by=person, say=lambda: ticket.hear(by=person, words=form.words(), channel=kinds.WEB)
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if message.ticket_id != ticket.pk:
                messages.info(
                    request,
                    _("Request #%(old)s was resolved a while ago, so this is a new one: #%(new)s.")
                    % {"old": ticket.pk, "new": message.ticket_id},
                )
            return redirect(f"{reverse('portal:request', args=[message.ticket_id])}#message-{message.pk}")
    return _shown(request, ticket, form=form, status=422)


@require_POST
@for_(Audience.PEOPLE)
def resolution(request: HttpRequest, number: int) -> HttpResponse:
    """The requester needs no answer any more."""
    return _do(request, number, "resolve")


@require_POST
@for_(Audience.PEOPLE)
def reopening(request: HttpRequest, number: int) -> HttpResponse:
    return _do(request, number, "reopen")


def _do(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    ticket = opened(request, number)
    try:
        getattr(ticket, verb)(by=reader_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("portal:request", ticket.pk)


def _shown(request: HttpRequest, ticket: Ticket, *, form: WritingForm, status: int = 200) -> HttpResponse:
    images = int(asked) if (asked := request.GET.get("images", "")).isdigit() else None
    is_part = request.GET.get("part") == "talk"
    said = with_files(ticket.messages.filter(kind=Message.Kind.REPLY)).select_related("author").defer("text", "search")
    newest = list(said.order_by("-created_at", "-pk")[:MOST_LETTERS])[::-1]
    context: dict[str, Any] = {
        "ticket": ticket, "letters": letters(newest, with_images_of=images), "form": form, "images": images,
        "is_mine": ticket.requester_id == reader_of(request).pk, "is_part": is_part,
    }  # fmt: skip
    response = render(request, "portal/talk.html" if is_part else "portal/request.html", context, status=status)
    if images is not None:
        response.shows_remote_images = True  # type: ignore[attr-defined]  # read by config/headers.py
    return response
