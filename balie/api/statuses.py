"""The statuses that a request can have."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from balie.api.lists import Page
from balie.api.shapes import GroupName
from balie.tickets.models import Status

router = Router(tags=["statuses"])


class StatusShape(Schema):
    """`name` is in the caller's language; requests name their status by `key`."""

    key: str
    name: str
    group: GroupName


@router.get("/statuses", response=Page[StatusShape], operation_id="list_statuses", summary="Statuses, in their order")
def list_statuses(request: HttpRequest) -> Page[StatusShape]:
    statuses = Status.objects.filter(archived_at__isnull=True)
    return Page(
        items=[
            StatusShape(key=one.key, name=one.name, group=one.group)  # type: ignore[arg-type]  # its choices
            for one in statuses
        ],
        next=None,
    )
