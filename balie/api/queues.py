"""What came in and what is owed, for administrators: how each stands, and nothing of what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from balie.api.door import caller_of
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.problems import Unfit
from balie.api.reading import Line
from balie.channels import troubles
from balie.channels.models import Arrival, Delivery
from balie.channels.troubles import Shown
from balie.people.models import Person

router = Router(tags=["arrivals and deliveries"])

_ARRIVALS = Order(name="arrivals", fields=("pk",), descending=True)
_DELIVERIES = Order(name="deliveries", fields=("pk",), descending=True)

State = Annotated[Line | None, Query(max_length=20, description="Only those in this state")]


class ArrivalShape(Schema):
    """One thing that came in. What a private team's is about, and from whom, is not said."""

    id: int
    channel: str
    state: str
    attempts: int
    error: str
    outcome: str
    sender: str
    recipient: str
    size: int
    request: int | None
    received_at: datetime
    next_attempt_at: datetime | None
    is_private: bool = Field(description="Sender, request and the words of the error are left out")


class OwedShape(Schema):
    """One thing owed to one recipient. What a private team's is about, and to whom it goes, is not said."""

    id: int
    to: str
    channel: str
    purpose: str
    state: str
    attempts: int
    error: str
    request: int | None
    created_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None
    is_private: bool = Field(description="Recipient, request and the words of the error are left out")


@router.get("/arrivals", response=Page[ArrivalShape], operation_id="list_arrivals", summary="Arrivals, newest first")
def list_arrivals(
    request: HttpRequest, state: State = None, cursor: Cursor = "", limit: Limit = 50
) -> Page[ArrivalShape]:
    """For administrators."""
    caller = _administrator(request)
    rows = troubles.arrivals()
    if state is not None:
        rows = rows.filter(state=_known(state, Arrival.State.values))
    found, following = _ARRIVALS.page(rows, cursor=cursor, limit=limit)
    return Page(items=[_arrival(one) for one in troubles.arrivals_shown(found, to=caller)], next=following)


@router.post("/arrivals/{int:id}/retry", response=ArrivalShape, operation_id="retry_arrival", summary="Try again")
def retry_arrival(request: HttpRequest, id: int) -> ArrivalShape:
    """409 when it is dealt with already."""
    caller = _administrator(request)
    arrival = troubles.arrivals().filter(pk=id).first()
    if arrival is None:
        raise Http404
    troubles.try_again(arrival)
    return _arrival(troubles.arrivals_shown([arrival], to=caller)[0])


@router.get("/deliveries", response=Page[OwedShape], operation_id="list_deliveries", summary="Deliveries, newest first")
def list_deliveries(
    request: HttpRequest, state: State = None, cursor: Cursor = "", limit: Limit = 50
) -> Page[OwedShape]:
    """For administrators."""
    caller = _administrator(request)
    rows = troubles.deliveries()
    if state is not None:
        rows = rows.filter(state=_known(state, Delivery.State.values))
    found, following = _DELIVERIES.page(rows, cursor=cursor, limit=limit)
    return Page(items=[_delivery(one) for one in troubles.deliveries_shown(found, to=caller)], next=following)


@router.post("/deliveries/{int:id}/retry", response=OwedShape, operation_id="retry_delivery", summary="Try again")
def retry_delivery(request: HttpRequest, id: int) -> OwedShape:
    """409 when it is sent already."""
    caller = _administrator(request)
    delivery = troubles.deliveries().filter(pk=id).first()
    if delivery is None:
        raise Http404
    troubles.try_again(delivery)
    return _delivery(troubles.deliveries_shown([delivery], to=caller)[0])


def _administrator(request: HttpRequest) -> Person:
    caller = caller_of(request)
    if not caller.is_administrator:
        raise HttpError(403, "For administrators.")
    return caller


def _known(state: str, states: list[str]) -> str:
    if state not in states:
        raise Unfit("state")
    return state


def _arrival(shown: Shown[Arrival]) -> ArrivalShape:
    row = shown.row
    return ArrivalShape(
        id=row.pk, channel=row.kind, state=row.state, attempts=row.attempts, error=shown.error, outcome=row.outcome,
        sender=shown.who, recipient=shown.recipient, size=row.size, request=shown.number, received_at=row.received_at,
        next_attempt_at=row.next_attempt_at, is_private=shown.is_private,
    )  # fmt: skip


def _delivery(shown: Shown[Delivery]) -> OwedShape:
    row = shown.row
    return OwedShape(
        id=row.pk, to=shown.who, channel=row.kind, purpose=row.purpose, state=row.state, attempts=row.attempts,
        error=shown.error, request=shown.number, created_at=row.created_at, sent_at=row.sent_at,
        next_attempt_at=row.next_attempt_at, is_private=shown.is_private,
    )  # fmt: skip
