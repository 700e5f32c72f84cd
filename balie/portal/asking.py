"""Somebody asks: a question in their own words, who can help best, one button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from balie.channels import kinds
from balie.channels.web.once import once
from balie.channels.web.writing import WritingForm
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.portal.reader import reader_of
from balie.portal.taken import say_taken
from balie.tickets import offering, places
from balie.tickets.models import Message, Ticket
from balie.tickets.offering import Offer
from balie.tickets.places import Choice, Place
from balie.tickets.refusals import Refused

# "None of these": then the list of everything counts.
ELSEWHERE = "else"
_SHORTEST_QUESTION = 8


class AskForm(WritingForm):
    """The subject may be left out; the first line of the question stands for it.

    `place` is an offer that was taken, `other` what was chosen from the list of everything.
    """

    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=255)
    place = forms.CharField(required=False, max_length=40)
    other = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, listed: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = listed
        self.chosen: Place | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        wanted = cleaned.get("place", "")
        if wanted in ("", ELSEWHERE):
            wanted = cleaned.get("other", "")
        self.chosen = next((place for place in places.each(self.listed) if place.value == wanted), None)
        if self.chosen is None:
            self.add_error("place", _("Choose who can help you best."))
        if not cleaned.get("text", "").strip() and not self.kept:
            self.add_error("text", _("Write your question."))
        return cleaned


@for_(Audience.PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """`?place=3.14` begins with that team and category, for a link on another page."""
    person, listed = reader_of(request), places.choices()
    if request.method == "POST":
        form = AskForm(request.POST, request.FILES, listed=listed)
        if form.is_valid():
            try:
                message = once(form.key(), by=person, say=lambda: _open(form, by=person))
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return say_taken(redirect("portal:request", message.ticket_id), form.key())
    else:
        form = AskForm(listed=listed, initial={"other": request.GET.get("place", "")[:40]})
    context = {
        "form": form, "listed": listed, "first_name": person.name.split(" ")[0], "here": "ask",
        **_offered(_said(form) if form.is_bound else "", form, listed),
    }  # fmt: skip
    return render(request, "portal/ask.html", context, status=422 if form.errors else 200)


@for_(Audience.PEOPLE)
@require_POST
def likely(request: HttpRequest) -> HttpResponse:
    """Who can probably help with what has been written so far; posted, so that no log keeps a question."""
    listed = places.choices()
    form = AskForm(request.POST, listed=listed)
    return render(request, "portal/offers.html", {"form": form, **_offered(_said(form), form, listed)})


def _said(form: AskForm) -> str:
    return f"{form.data.get('subject', '')[:255]}\n{form.data.get('text', '')[:4000]}"


def _offered(said: str, form: AskForm, listed: Sequence[Choice]) -> dict[str, Any]:
    """The offers, what was taken of them, and what was chosen beside them."""
    everything = places.each(listed)
    place, other = str(form["place"].value() or ""), str(form["other"].value() or "")
    found: list[Offer] = []
    if len(said.strip()) >= _SHORTEST_QUESTION:
        found = offering.offers(said, places=everything, language=get_language() or "en")
    values = {offer.place.value for offer in found}
    taken = next((one for one in everything if one.value == place), None)
    if taken is not None and place not in values:
        # What somebody took stays where they see it, also when the question goes on about something else.
        found = [Offer(taken, ()), *found[: offering.MOST - 1]]
    return {
        "offers": found,
        "taken": place if taken else (ELSEWHERE if other or place == ELSEWHERE else ""),
        "other": other,
        "chosen": next((one for one in everything if one.value == other), None),
    }


def _open(form: AskForm, *, by: Person) -> Message:
    assert form.chosen is not None  # the form was in order
    ticket = Ticket.open(
        team=form.chosen.team,
        requester=by,
        subject=form.cleaned_data["subject"],
        words=form.words(),
        category=form.chosen.category,
        channel=kinds.WEB,
    )
    return ticket.opening
