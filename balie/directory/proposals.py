"""Proposed changes of profiles: those that the reader decides, and what became of their own."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balie.directory.reader import reader_of
from balie.people import proposing
from balie.people.audience import Audience, for_
from balie.people.basics import LABELS, Basic, in_words
from balie.people.changing_attributes import ValuesRefused
from balie.people.known import Known
from balie.people.models import Proposal
from balie.people.rights import Access, Rights
from balie.people.values import shown
from balie.platform import cursors

_A_PAGE = 50
_MOST_OWN = 20


@dataclass(frozen=True)
class Line:
    """One proposal in words."""

    proposal: Proposal
    what: str
    now: str
    wanted: str


@for_(Audience.PEOPLE)
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """The oldest first: it has waited longest."""
    reader = reader_of(request)
    waiting = proposing.decidable_by(reader)
    written = request.GET.get("cursor", "")
    if written:
        waiting = waiting.filter(pk__gt=_last(written))
    rows = list(_whole(waiting).order_by("pk")[: _A_PAGE + 1])
    following = cursors.encode("proposals", rows[_A_PAGE - 1].pk) if len(rows) > _A_PAGE else ""
    own = list(_whole(Proposal.objects.filter(proposed_by=reader)).order_by("-pk")[:_MOST_OWN])
    # What the reader may not see any more is not shown either, though they once proposed it.
    access = Rights.of(reader).over([one.person for one in own])
    own = [one for one in own if _is_seen(one, access[one.person_id])]
    known = Known()
    known.read_people(
        [one.person for one in [*rows, *own]], attributes=[one.attribute for one in [*rows, *own] if one.attribute]
    )  # fmt: skip
    context = {
        "waiting": [_line(one, known) for one in rows[:_A_PAGE]], "next": following,
        "own": [_line(one, known) for one in own], "here": "people",
    }  # fmt: skip
    return render(request, "directory/proposals.html", context)


@for_(Audience.PEOPLE)
@require_POST
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    reader = reader_of(request)
    found = get_object_or_404(_whole(proposing.decidable_by(reader)), pk=pk)
    try:
        proposing.approve(found, by=reader)
    except (ValuesRefused, proposing.ProposalRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Approved; the profile says so now."))
    return redirect("directory:proposals")


@for_(Audience.PEOPLE)
@require_POST
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    """With a reason, which whoever proposed it reads."""
    reader = reader_of(request)
    found = get_object_or_404(_whole(proposing.decidable_by(reader)), pk=pk)
    try:
        proposing.refuse(found, by=reader, reason=request.POST.get("reason", ""))
    except proposing.ProposalRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Refused; the profile stays as it is."))
    return redirect("directory:proposals")


def _whole(found: proposing.ProposalQuerySet) -> proposing.ProposalQuerySet:
    return found.select_related("person", "attribute__section", "proposed_by", "decided_by").prefetch_related(
        "attribute__choices"
    )


def _is_seen(proposal: Proposal, access: Access) -> bool:
    if proposal.attribute is not None:
        return access.may_view(proposal.attribute)
    return access.level_of(Basic(proposal.field)) > 0


def _line(proposal: Proposal, known: Known) -> Line:
    attribute, is_waiting = proposal.attribute, proposal.state == Proposal.State.WAITING
    if attribute is None:
        basic = Basic(proposal.field)
        words = (in_words(basic, value, known=known) for value in (proposal.was, proposal.value))
        return Line(proposal, str(LABELS[basic]), *words)
    before = proposal.person.attributes.get(attribute.key) if is_waiting else proposal.was
    words = (shown(attribute, value, known=known) or "—" for value in (before, proposal.value))
    return Line(proposal, str(attribute), *words)


def _last(written: str) -> int:
    try:
        of, pk = cursors.decode(written)
    except (cursors.BadCursor, ValueError):
        raise Http404 from None
    if of != "proposals" or not isinstance(pk, int):
        raise Http404
    return pk
