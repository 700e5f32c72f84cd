"""API credentials, for administrators: a secret is in the answer that makes it, and nowhere else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from pydantic import Field

from balie.api.door import asker_of
from balie.api.finding import LARGEST_ID
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.problems import Unfit
from balie.api.reading import Body, Line, read, schema_of
from balie.people import auditing
from balie.people.models import Attribute, Credential, Person

router = Router(tags=["credentials"])

_BY_ID = Order(name="credentials", fields=("pk",))
ScopeName = Literal[
    "people:read", "attributes:read", "requests:read", "requests:write", "teams:read", "statuses:read"
]  # fmt: skip


class CredentialShape(Schema):
    """`attributes` are the keys of the allowed employee attributes."""

    id: int
    name: str
    key: str
    is_system: bool
    scopes: list[str]
    attributes: list[str]
    acts_as: str | None = Field(description="Address of the person as whom requests are read and changed")
    created_at: datetime
    last_used_at: datetime | None
    expires_on: date | None
    revoked_at: datetime | None


class NewSecretShape(CredentialShape):
    """With the secret, which is not shown again."""

    secret: str


class NewCredential(Body):
    name: Annotated[Line, Field(min_length=1, max_length=80)]
    scopes: list[ScopeName] = []
    attributes: Annotated[list[Line], Field(max_length=500)] = []
    expires_on: date | None = None


class CredentialChanges(Body):
    """What is not named stays as it is."""

    name: Annotated[Line, Field(min_length=1, max_length=80)] | None = None
    scopes: list[ScopeName] | None = None
    attributes: Annotated[list[Line], Field(max_length=500)] | None = None


@router.get("/credentials", response=Page[CredentialShape], operation_id="list_credentials", summary="API credentials")
def list_credentials(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[CredentialShape]:
    """Revoked ones too. By administrators."""
    _administrator(request)
    found, following = _BY_ID.page(Credential.objects.select_related("acts_as"), cursor=cursor, limit=limit)
    return Page(items=[_shape(one) for one in found], next=following)


@router.post(
    "/credentials", response={201: NewSecretShape}, operation_id="make_credential", summary="Make API credentials",
    openapi_extra=schema_of(NewCredential),
)  # fmt: skip
def make_credential(request: HttpRequest, response: HttpResponse) -> Status[NewSecretShape]:
    by, asked = _administrator(request), read(request, NewCredential)
    with transaction.atomic():
        made, secret = Credential.issue(name=asked.name, scopes=asked.scopes, by=by)
        made.allow(_attributes(asked.attributes))
        made.expire_on(asked.expires_on)
        auditing.record_credentials(made, by=by)
    response.headers["Location"] = reverse("api:get_credential", args=[made.pk])
    return Status(201, NewSecretShape(**_shape(made).dict(), secret=secret))


@router.get("/credentials/{int:id}", response=CredentialShape, operation_id="get_credential", summary="One of them")
def get_credential(request: HttpRequest, id: int) -> CredentialShape:
    _administrator(request)
    return _shape(_found(id))


@router.patch(
    "/credentials/{int:id}", response=CredentialShape, operation_id="change_credential", summary="Change what it may do",
    openapi_extra=schema_of(CredentialChanges),
)  # fmt: skip
def change_credential(request: HttpRequest, id: int) -> CredentialShape:
    """Open pages follow the attributes of Conversations at once."""
    by, found, changes = _administrator(request), _found(id), read(request, CredentialChanges)
    scopes = found.scopes if changes.scopes is None else changes.scopes
    with transaction.atomic():
        if changes.name is not None or changes.scopes is not None:
            found.change(name=changes.name or found.name, scopes=scopes)
        if changes.attributes is not None:
            found.allow(_attributes(changes.attributes))
        auditing.record_credentials(found, by=by)
    return _shape(_found(id))


@router.post(
    "/credentials/{int:id}/rotation", response=NewSecretShape, operation_id="rotate_credential", summary="Make a new secret"
)  # fmt: skip
def rotate_credential(request: HttpRequest, id: int) -> NewSecretShape:
    """The former one opens nothing from now on."""
    by, found = _administrator(request), _found(id)
    with transaction.atomic():
        secret = found.rotate()
        auditing.record_credentials(found, by=by)
    return NewSecretShape(**_shape(found).dict(), secret=secret)


@router.post(
    "/credentials/{int:id}/revocation", response=CredentialShape, operation_id="revoke_credential", summary="Revoke"
)  # fmt: skip
def revoke_credential(request: HttpRequest, id: int) -> CredentialShape:
    by, found = _administrator(request), _found(id)
    with transaction.atomic():
        found.revoke()
        auditing.record_credentials(found, by=by)
    return _shape(found)


def _administrator(request: HttpRequest) -> Person:
    """Credentials make no credentials, whoever they act as."""
    asker = asker_of(request)
    if not isinstance(asker, Person) or not asker.is_administrator:
        raise HttpError(403, "")
    return asker


def _found(id: int) -> Credential:
    found = Credential.objects.select_related("acts_as").filter(pk=id).first() if id <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def _attributes(keys: list[str]) -> list[int]:
    known = dict(Attribute.objects.filter(key__in=keys).values_list("key", "pk"))
    if set(keys) - known.keys():
        raise Unfit("attributes", _("There is no employee attribute with this key."))
    return list(known.values())


def _shape(one: Credential) -> CredentialShape:
    return CredentialShape(
        id=one.pk, name=one.name, key=one.key, is_system=one.is_system, scopes=one.scopes,
        attributes=sorted(one.attributes.values_list("key", flat=True)),
        acts_as=one.acts_as.email if one.acts_as else None,
        created_at=one.created_at, last_used_at=one.last_used_at, expires_on=one.expires_on, revoked_at=one.revoked_at,
    )  # fmt: skip
