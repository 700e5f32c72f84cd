"""Requests that are not in any list: deleted ones, and those of private teams."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.administration.reader import A_PAGE, cursor_of, reader_of, split
from balie.people.audience import Audience, for_
from balie.tickets import deleting, disclosing
from balie.tickets.refusals import Refused

_LIST = "deleted requests"


class DisclosureForm(forms.Form):
    """Which request, and why."""

    number = forms.IntegerField(label=gettext_lazy("Number"), min_value=1, max_value=2**63 - 1)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, help_text=gettext_lazy("The team will read it.")
    )


@for_(Audience.EXPERTS)
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """Those that the reader worked on, newest first."""
    found = deleting.restorable_by(reader_of(request)).select_related("team")
    last = cursor_of(request, name=_LIST)
    if last is not None:
        found = found.filter(pk__lt=last)
    rows, following = split(list(found.order_by("-pk")[: A_PAGE + 1]), name=_LIST)
    days = deleting.KEPT_FOR.days
    return render(request, "administration/deleted.html", {"tickets": rows, "next": following, "days": days})


@for_(Audience.EXPERTS)
@require_POST
def restoration(request: HttpRequest, number: int) -> HttpResponse:
    person = reader_of(request)
    ticket = get_object_or_404(deleting.restorable_by(person), pk=number)
    try:
        deleting.restore(ticket, by=person)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Request #%(number)s is back.") % {"number": number})
    return redirect("administration:deleted")


@for_(Audience.ADMINISTRATORS)
@require_http_methods(["GET", "HEAD", "POST"])
def disclosure(request: HttpRequest) -> HttpResponse:
    """The answer is the same for a number that there is not and for one that is not private."""
    form = DisclosureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            disclosing.disclose(given["number"], by=reader_of(request), reason=given["reason"])
        except Refused:
            form.add_error("number", _("There is no request of a private team with this number."))
        else:
            return redirect("workspace:request", given["number"])
    context = {"form": form, "opened": disclosing.opened_by(reader_of(request))}
    return render(request, "administration/disclosure.html", context, status=422 if form.errors else 200)
