"""What did not arrive and what could not be delivered: why, and a button to try again."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from balie.administration.reader import A_PAGE, cursor_of, reader_of, split
from balie.channels import troubles
from balie.channels.models import Arrival, Delivery
from balie.channels.models.delivery import NOTHING_WRONG
from balie.people.audience import for_area
from balie.people.models import Area

ARRIVALS: Final = "arrivals"
DELIVERIES: Final = "deliveries"
_STUCK: Final = {
    ARRIVALS: (Arrival.State.FAILED, Arrival.State.RETRYING),
    DELIVERIES: (Delivery.State.REFUSED, Delivery.State.RETRYING),
}
_STATES: Final[dict[str, Any]] = {ARRIVALS: Arrival.State, DELIVERIES: Delivery.State}


@for_area(Area.TROUBLES)
@require_safe
def stuck(request: HttpRequest) -> HttpResponse:
    """`?what=arrivals|deliveries&state=…`; without a state those that somebody should look at."""
    what = request.GET.get("what") if request.GET.get("what") in _STUCK else ARRIVALS
    assert what is not None
    state = request.GET.get("state", "")
    states = [state] if state in _STATES[what].values else list(_STUCK[what])
    last = cursor_of(request, name=what)
    before = {} if last is None else {"pk__lt": last}
    if what == ARRIVALS:
        arrived = troubles.arrivals().filter(state__in=states, **before).order_by("-pk")[: A_PAGE + 1]
        found, following = split(list(arrived), name=what)
        rows: list[Any] = troubles.arrivals_shown(found, to=reader_of(request))
    else:
        owed = troubles.deliveries().filter(state__in=states, **before).order_by("-pk")
        if not state:
            # What nobody waits for any more is no trouble.
            owed = owed.exclude(state=Delivery.State.REFUSED, error__in=NOTHING_WRONG)
        owed = owed[: A_PAGE + 1]
        given, following = split(list(owed), name=what)
        rows = troubles.deliveries_shown(given, to=reader_of(request))
    filters = [("", _("Not settled")), *((one.value, str(one.label)) for one in _STATES[what])]
    context = {"what": what, "state": state, "filters": filters, "rows": rows, "next": following, "stuck": _STUCK[what]}
    return render(request, "administration/troubles.html", context)


@for_area(Area.TROUBLES)
@require_POST
def arrival_attempt(request: HttpRequest, pk: int) -> HttpResponse:
    return _attempt(request, get_object_or_404(troubles.arrivals(), pk=pk), what=ARRIVALS)


@for_area(Area.TROUBLES)
@require_POST
def delivery_attempt(request: HttpRequest, pk: int) -> HttpResponse:
    return _attempt(request, get_object_or_404(troubles.deliveries(), pk=pk), what=DELIVERIES)


@for_area(Area.TROUBLES)
@require_POST
def arrival_attempts(request: HttpRequest) -> HttpResponse:
    return _attempts(request, troubles.try_all_again(Arrival), what=ARRIVALS)


@for_area(Area.TROUBLES)
@require_POST
def delivery_attempts(request: HttpRequest) -> HttpResponse:
    return _attempts(request, troubles.try_all_again(Delivery), what=DELIVERIES)


def _attempt(request: HttpRequest, row: Arrival | Delivery, *, what: str) -> HttpResponse:
    try:
        troubles.try_again(row)
    except troubles.DealtWith:
        messages.info(request, _("It has been dealt with; there is nothing to try again."))
    else:
        messages.success(request, _("It is tried again now."))
    return redirect(f"{reverse('administration:troubles')}?what={what}")


def _attempts(request: HttpRequest, count: int, *, what: str) -> HttpResponse:
    said = ngettext("%(count)s is tried again now.", "%(count)s are tried again now.", count) % {"count": count}
    messages.success(request, said)
    return redirect(f"{reverse('administration:troubles')}?what={what}")
