"""Changes many requests at once: asks what to change them to, changes them, and takes it back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.tickets import refusals
from balie.tickets.models import Ticket
from balie.workspace import bulk, bulk_forms
from balie.workspace.addresses import list_address
from balie.workspace.bulk_forms import BulkForm
from balie.workspace.models import BulkChange
from balie.workspace.places import places_of
from balie.workspace.reader import expert_of


@dataclass(frozen=True, kw_only=True)
class Toast:
    """What a page says after a change of many; `change` is the one that can be taken back."""

    words: str
    refused: list[tuple[int, str]]
    change: BulkChange | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def change(request: HttpRequest, what: str) -> HttpResponse:
    """`?number=12&number=13`: GET asks, POST changes. A POST with `ask` asks too: a form's token has no place in an address."""
    form_of = bulk_forms.FORMS[what]
    person = expert_of(request)
    is_asking = request.method != "POST" or "ask" in request.POST
    sent = request.POST if request.method == "POST" else request.GET
    numbers = _numbers(sent.getlist("number"))
    tickets = list(Ticket.objects.worked_on_by(person).filter(pk__in=numbers).order_by("pk"))
    form = form_of(None if is_asking else request.POST, tickets=tickets, by=person)
    if not is_asking and numbers and form.is_valid():
        return _changed(request, form.apply(numbers), sent.get("list", ""))
    return _asked(request, form, numbers, what, status=200 if is_asking else 422)


@require_POST
@for_(Audience.EXPERTS)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change of many back, while that is possible."""
    try:
        made, refused = bulk.take_back(pk, by=expert_of(request))
    except refusals.Refused as refusal:
        toast = Toast(words=str(refusal), refused=[])
    else:
        toast = Toast(words=_("Taken back."), refused=_reasons(refused))
        if refused and len(refused) >= _number_of(made):
            toast = Toast(words=_("Nothing could be taken back."), refused=_reasons(refused))
    if request.headers.get("HX-Request"):
        return _toasted(request, toast)
    request.session["toast"] = {"words": toast.words, "refused": toast.refused}
    return redirect(list_address(request.POST.get("list", "")))


def toast_for(request: HttpRequest, person: Person) -> Toast | None:
    """What the page before has done, for a browser without JavaScript: asks the database only when it has."""
    left = request.session.pop("toast", None) if "toast" in request.session else None
    if left:
        return Toast(words=left["words"], refused=[(number, why) for number, why in left["refused"]])
    asked = request.GET.get("changed", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    made = BulkChange.objects.filter(pk=int(asked), by=person).first()
    return _toast_of(made) if made is not None and made.can_be_told else None


def _changed(request: HttpRequest, made: BulkChange, query: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _toasted(request, _toast_of(made))
    address = list_address(query)
    return redirect(f"{address}{'&' if '?' in address else '?'}changed={made.pk}")


def _toast_of(made: BulkChange) -> Toast:
    number = _number_of(made)
    words = bulk_forms.told(made.change, number) if number else _("Nothing was changed.")
    return Toast(words=words, refused=_reasons(made.refused), change=made if made.can_be_taken_back else None)


def _toasted(request: HttpRequest, toast: Toast) -> HttpResponse:
    response = render(request, "workspace/toast.html", {"toast": toast, "list": request.POST.get("list", "")})
    # The list is drawn anew: what does not belong to it any more leaves it, what came back is there.
    response.headers["HX-Trigger"] = json.dumps({"list-changed": {}})
    return response


def _asked(request: HttpRequest, form: BulkForm, numbers: list[int], what: str, *, status: int) -> HttpResponse:
    is_piece = bool(request.headers.get("HX-Request"))
    context: dict[str, Any] = {
        "form": form,
        "address": reverse(f"workspace:bulk-{what}"),
        "numbers": numbers,
        "tickets": form.tickets[:20],
        "more": max(0, len(form.tickets) - 20),
        "list": request.POST.get("list", request.GET.get("list", "")),
        "back": list_address(request.POST.get("list", request.GET.get("list", ""))),
    }
    if not is_piece:
        context["places"] = places_of(expert_of(request))
    template = "workspace/bulk_form.html" if is_piece else "workspace/bulk.html"
    return render(request, template, context, status=status)


def _number_of(made: BulkChange) -> int:
    return sum(1 for row in made.rows if "before" in row or "into" in row)


def _reasons(refused: list[list[Any]]) -> list[tuple[int, str]]:
    return [(number, str(getattr(refusals, name, refusals.Refused).sentence)) for number, name in refused]


def _numbers(asked: list[str]) -> list[int]:
    numbers = [int(one) for one in asked if one.isascii() and one.isdigit() and len(one) < 19]
    return list(dict.fromkeys(numbers))[: bulk.MOST_AT_ONCE]
