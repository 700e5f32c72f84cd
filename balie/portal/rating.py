"""Saying how the answer was: on the request's page, or by a link in a mail."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.portal.reader import opened, reader_of
from balie.tickets import rating
from balie.tickets.models import Rating, Ticket
from balie.tickets.models.rating import LONGEST_COMMENT
from balie.tickets.refusals import Refused

# The best first, as a page shows them.
FACES = (
    (Rating.Score.GOOD, "face-good"),
    (Rating.Score.FAIR, "face-fair"),
    (Rating.Score.BAD, "face-bad"),
)


class RatingForm(forms.Form):
    """A face, and what somebody wants to add."""

    score = forms.TypedChoiceField(
        choices=Rating.Score.choices, coerce=int, error_messages={"required": gettext_lazy("Choose a face.")}
    )
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT, widget=forms.Textarea)


@for_(Audience.PEOPLE)
@require_POST
def rate(request: HttpRequest, number: int) -> HttpResponse:
    """Signed in, on the page of the request."""
    ticket, form = opened(request, number), RatingForm(request.POST)
    if form.is_valid():
        try:
            rating.rate(ticket, form.cleaned_data["score"], by=reader_of(request), comment=form.cleaned_data["comment"])
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Thank you. The team reads it."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("portal:request", ticket.pk)


@for_(Audience.ANYBODY)
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """`?score=3` from a mail. Reading this page rates nothing, as programs that look through mails read it too.

    Whoever holds the link may have it from somebody else: it shows neither what was asked nor what was said of the answer.
    """
    found = rating.read_token(token)
    if found is None:
        return render(request, "portal/rate_gone.html", status=HTTPStatus.GONE)
    ticket, person = found
    with translation.override(person.reads()):
        return _by_link(request, ticket, person)


def _by_link(request: HttpRequest, ticket: Ticket, person: Person) -> HttpResponse:
    form = RatingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        # An empty comment says nothing: the one from before may not be shown here, and stays.
        comment = form.cleaned_data["comment"].strip() or None
        try:
            rating.rate(ticket, form.cleaned_data["score"], by=person, comment=comment)
        except Refused:
            return render(request, "portal/rate_gone.html", status=HTTPStatus.GONE)
        return redirect(f"{request.path}?{'said' if comment else 'given'}=1")
    given = Rating.objects.given().filter(ticket=ticket, person=person).first()
    if ticket.merged_into_id is not None or not (given or rating.is_ratable(ticket, by=person)):
        return render(request, "portal/rate_gone.html", status=HTTPStatus.GONE)
    clicked = request.GET.get("score", "")
    score = int(clicked) if clicked in ("1", "2", "3") else (given.score if given else None)
    context = {
        "ticket": ticket, "form": form, "faces": FACES, "score": score,
        "is_given": given is not None and given.score == score, "is_said": "said" in request.GET,
        # One press in the mail is enough, once a person's browser shows the page.
        "at_once": request.method == "GET" and bool(clicked) and score is not None and not (given and given.score == score),
    }  # fmt: skip
    return render(request, "portal/rate.html", context, status=422 if form.errors else 200)
