"""Roles with their access rights, and the audit log: for whoever may open these areas of the settings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from balie.api.door import caller_of
from balie.api.finding import LARGEST_ID
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.problems import Unfit
from balie.api.reading import Line
from balie.api.shapes import PersonShape
from balie.people import auditing
from balie.people.models import Area, AuditEntry, Level, Person, Right, Role
from balie.people.rights import Rights

router = Router(tags=["roles"])

_ROLES = Order(name="roles", fields=("pk",))
_AUDIT = Order(name="audit", fields=("pk",), descending=True)


class RightShape(Schema):
    """Either `section` and `scope` (own, reports, group, everybody), or `area` of the settings."""

    section: str | None = Field(description="Key of the section of attributes")
    scope: str | None
    area: str | None
    level: str = Field(description="view, propose or edit")


class RoleShape(Schema):
    """`preset` is administrator, which holds every right without naming them, everybody, expert, or null for an own role."""

    id: int
    name: str
    preset: str | None
    works_on_requests: bool
    group_attribute: str | None = Field(description="Key of the attribute whose value makes the group")
    group_value: str | None
    rights: list[RightShape]


class AuditShape(Schema):
    """One thing that happened to access rights, or with them. `sentence` is in the caller's language."""

    id: int
    at: datetime
    kind: str
    by: PersonShape | None
    about: PersonShape | None
    sentence: str
    changes: list[str]


@router.get("/roles", response=Page[RoleShape], operation_id="list_roles", summary="Roles")
def list_roles(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[RoleShape]:
    """With all their access rights."""
    _refuse_unless_open(request, Area.ROLES)
    found, following = _ROLES.page(_with_rights(), cursor=cursor, limit=limit)
    return Page(items=[_role(one) for one in found], next=following)


@router.get("/roles/{int:id}", response=RoleShape, operation_id="get_role", summary="One role")
def get_role(request: HttpRequest, id: int) -> RoleShape:
    _refuse_unless_open(request, Area.ROLES)
    found = _with_rights().filter(pk=id).first() if id <= LARGEST_ID else None
    if found is None:
        raise Http404
    return _role(found)


@router.get("/audit", response=Page[AuditShape], operation_id="list_audit", summary="The audit log, newest first")
def list_audit(
    request: HttpRequest,
    kind: Annotated[Line | None, Query(max_length=40, description="Only what happened so")] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[AuditShape]:
    """Who gave which rights to whom, and who saw Balie as somebody else."""
    _refuse_unless_open(request, Area.AUDIT)
    entries = AuditEntry.objects.select_related("by", "about")
    if kind is not None:
        if kind not in auditing.LABELS:
            raise Unfit("kind")
        entries = entries.filter(kind=kind)
    found, following = _AUDIT.page(entries, cursor=cursor, limit=limit)
    return Page(items=[_entry(one) for one in found], next=following)


def _refuse_unless_open(request: HttpRequest, area: Area) -> None:
    if not Rights.of(caller_of(request)).may_open(area):
        raise HttpError(403, "For administrators, and those with the right to this area of the settings.")


def _with_rights() -> Any:
    return Role.objects.select_related("group_attribute").prefetch_related(
        Prefetch("rights", Right.objects.select_related("section").order_by("pk"))
    )


def _role(role: Role) -> RoleShape:
    return RoleShape(
        id=role.pk, name=str(role), preset=role.preset or None, works_on_requests=role.makes_experts,
        group_attribute=role.group_attribute.key if role.group_attribute else None, group_value=role.group_value or None,
        rights=[
            RightShape(
                section=one.section.key if one.section else None, scope=one.scope or None, area=one.area or None,
                level=Level(one.level).name.lower(),
            )
            for one in role.rights.all()
        ],
    )  # fmt: skip


def _entry(entry: AuditEntry) -> AuditShape:
    return AuditShape(
        id=entry.pk, at=entry.at, kind=entry.kind, by=_somebody(entry.by), about=_somebody(entry.about),
        sentence=auditing.in_words(entry), changes=auditing.changes_in_words(entry),
    )  # fmt: skip


def _somebody(person: Person | None) -> PersonShape | None:
    return PersonShape(id=person.pk, name=person.name, email=person.email) if person else None
