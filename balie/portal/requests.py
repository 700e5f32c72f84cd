"""My requests: the list, and one of them as a conversation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from balie.channels import kinds
from balie.channels.notices import clearing
from balie.channels.web.letters import letters, with_files
from balie.channels.web.once import once
from balie.channels.web.writing import WritingForm
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import clock, cursors
from balie.platform.characters import clean_name
from balie.portal.rating import FACES
from balie.portal.reader import opened, reader_of
from balie.portal.taken import say_taken
from balie.tickets import expecting, promises
from balie.tickets.models import Message, Rating, Ticket
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import TicketQuerySet
from balie.tickets.rating import is_ratable
from balie.tickets.refusals import Refused
from balie.tickets.searching import finding as searching

A_PAGE = 50
MOST_LETTERS = 200


@require_safe
@for_(Audience.PEOPLE)
def requests(request: HttpRequest) -> HttpResponse:
    """`?kind=followed&q=…&cursor=…`; the open ones that the reader asked, unless told otherwise."""
    person = reader_of(request)
    kinds = _kinds()
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else "open"
    asked = clean_name(request.GET.get("q", ""))[:200]
    found = Ticket.objects.taken_part_in_by(person).listed().select_related("team", "status", "requester")
    if kind == "resolved":
        found = found.filter(group=Group.RESOLVED)
    else:
        found = found.open()
        found = found.filter(requester=person) if kind == "open" else found.exclude(requester=person)
    found = _matching(found, asked, person).with_newness_for(person)
    if request.GET.get("cursor"):
        try:
            word, number = cursors.decode(request.GET["cursor"])
        except (cursors.BadCursor, ValueError):
            raise Http404 from None
        found = found.filter(last_word_at__lte=word).exclude(last_word_at=word, number__gte=number)  # type: ignore[misc]  # what we signed
    tickets = list(found.order_by("-last_word_at", "-number")[: A_PAGE + 1])
    more = ""
    if len(tickets) > A_PAGE:
        last = tickets[A_PAGE - 1]
        more = f"?{urlencode({'kind': kind, 'q': asked, 'cursor': cursors.encode(last.last_word_at, last.pk)})}"
    context = {
        "tickets": tickets[:A_PAGE], "more": more, "kind": kind, "kinds": kinds.items(), "asked": asked, "here": "mine",
        "address": request.get_full_path(),
    }  # fmt: skip
    return render(request, "portal/requests.html", context)


def _kinds() -> dict[str, str]:
    return {
        "open": pgettext("several requests", "Mine"),
        "followed": pgettext("several requests", "Followed"),
        "resolved": pgettext("several requests", "Resolved"),
    }


def _matching(found: TicketQuerySet, asked: str, person: Person) -> TicketQuerySet:
    """Those that the search finds among what the person takes part in."""
    if not asked:
        return found
    return found.filter(pk__in=searching.find(asked, person=person, scope=searching.Scope.MINE).numbers)


@require_safe
@for_(Audience.PEOPLE)
def request(request: HttpRequest, number: int) -> HttpResponse:
    """`?images=ID` shows a message's remote pictures; `?part=talk` is for live pages."""
    ticket = opened(request, number)
    if ticket.merged_into_id is not None:
        return redirect("portal:request", ticket.merged_into_id)
    ticket.see(by=reader_of(request))
    request.unread_requests = clearing.clear(reader_of(request), ticket=ticket.pk).left  # type: ignore[attr-defined]  # see the bell
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
            address = f"{reverse('portal:request', args=[message.ticket_id])}#message-{message.pk}"
            return say_taken(redirect(address), form.key())
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
    said = with_files(ticket.messages.filter(kind=Message.Kind.REPLY)).select_related("author").defer("text")
    newest = list(said.order_by("-created_at", "-pk")[:MOST_LETTERS])[::-1]
    person = reader_of(request)
    context: dict[str, Any] = {
        "ticket": ticket, "letters": letters(newest, with_images_of=images), "form": form, "images": images,
        "is_mine": ticket.requester_id == person.pk, "is_part": is_part, **_next(ticket, person),
        **_rated(ticket, person, opening=newest[0] if 0 < len(newest) < MOST_LETTERS else None),
    }  # fmt: skip
    if not is_part:
        context["participants"] = ticket.participants()
    response = render(request, "portal/part.html" if is_part else "portal/request.html", context, status=status)
    if images is not None:
        response.shows_remote_images = True  # type: ignore[attr-defined]  # read by config/headers.py
    return response


def _next(ticket: Ticket, person: Person) -> dict[str, Any]:
    """What the requester may expect while nobody has answered; nothing is promised that is over already."""
    if ticket.requester_id != person.pk or ticket.first_response_at is not None or not ticket.is_open:
        return {"expects": False}
    expectation = expecting.expected([ticket.team], since=ticket.created_at)[ticket.team_id]
    is_over = expectation.by is not None and expectation.by < clock.now()
    return {"expects": True, "promise": "" if is_over else promises.in_words(expectation)}


def _rated(ticket: Ticket, person: Person, *, opening: Message | None) -> dict[str, Any]:
    if ticket.requester_id != person.pk or ticket.is_open:
        return {"can_rate": False}
    given = Rating.objects.given().filter(ticket=ticket, person=person).first()
    return {
        "can_rate": given is not None or is_ratable(ticket, by=person, opening=opening),
        "faces": FACES,
        "score": given.score if given else None,
        "score_label": given.get_score_display() if given else "",
        "given_face": given.face if given else "",
        "comment": given.comment if given else "",
    }
