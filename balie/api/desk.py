"""The API as a whole: its operations, and what becomes of their faults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Swagger
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.security import HttpBasicAuth, HttpBearer

from balie.api import (
    attributes,
    credentials,
    events,
    messages,
    people,
    queues,
    requests,
    roles,
    sla_rules,
    statuses,
    team_changes,
)
from balie.api.door import Features, asker_of, is_open, of_fault
from balie.api.problems import (
    CONTENT_TYPE,
    Unfit,
    of_http,
    of_refusal,
    of_shaping,
    of_team_refusal,
    of_unfit,
    of_validation,
    problem,
)
from balie.channels.troubles import DealtWith
from balie.organisation.plan import feature_of
from balie.people.models import Credential, Person
from balie.people.models.credential import CredentialRefused
from balie.people.shaping_attributes import ShapingRefused
from balie.teams.refusals import TeamRefused
from balie.tickets.refusals import Refused

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "detail": {"type": "string"}, "pointer": {"type": "string"}, "parameter": {"type": "string"},
                },
            },
        },
    },
}  # fmt: skip
_REFUSAL = {
    "description": "A problem document (RFC 9457), in the caller's language",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "Sent twice with the same key, a request has one effect and one answer, for 24 hours",
}  # fmt: skip


class Bearer(HttpBearer):
    """Says in the document how one proves who one is; the door has asked already."""

    def __call__(self, request: HttpRequest) -> Person | Credential:
        return asker_of(request)

    def authenticate(self, request: HttpRequest, token: str) -> Person | Credential:
        return asker_of(request)


class Basic(HttpBasicAuth):
    """The same for credentials, whose key and secret are name and password."""

    def __call__(self, request: HttpRequest) -> Person | Credential:
        return asker_of(request)

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Person | Credential:
        return asker_of(request)


class Desk(NinjaAPI):
    """Describes beside its operations what the door adds to each: problems and the idempotency key; and no operation that
    the plan lacks."""

    def get_openapi_schema(self, **named: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**named)
        features = {one.operation_id: feature_of(one.view_func) for one in self.operations()}
        document["paths"] = {path: kept for path, methods in document["paths"].items() if (kept := {
            method: operation for method, operation in methods.items()
            if (feature := features.get(operation["operationId"])) is None or is_open(feature)
        })}  # fmt: skip
        document["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
        for operations in document["paths"].values():
            for method, operation in operations.items():
                operation["responses"]["default"] = _REFUSAL
                if method == "post":
                    operation["parameters"] = [*operation.get("parameters", []), _KEY]
        return document

    def operations(self) -> Iterator[Operation]:
        for mounted in self._get_bound_routers():
            for path_view in mounted.path_operations.values():
                yield from path_view.operations

    def features(self) -> dict[str, Features]:
        """By address, as Django writes it: which methods are part of what."""
        found: dict[str, Features] = {}
        for mounted in self._get_bound_routers():
            for path, path_view in mounted.path_operations.items():
                address = f"{mounted.prefix}/{path}".replace("//", "/").strip("/")
                found[re.sub(r"\{(.*?)\}", r"<\1>", address)] = {
                    method: feature_of(one.view_func) for one in path_view.operations for method in one.methods
                }
        return found


desk = Desk(
    title="Balie",
    version="1",
    description=(
        "A token sees and does what its person may; credentials what their scopes and their allowed attributes say, sent as "
        "name and password or as Bearer KEY.SECRET. Times are RFC 3339 in UTC. Lists go on at `next`. "
        "Each token may read 600 times and write 300 times a minute."
    ),
    urls_namespace="api",
    auth=[Bearer(), Basic()],
    # Swagger would send the document to its maker for a badge.
    docs=Swagger(settings={"validatorUrl": None}),
)
desk.add_router("/requests", requests.router)
for one in (messages, events, team_changes, people, attributes, roles, statuses, sla_rules, credentials, queues):
    desk.add_router("", one.router)


@desk.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return of_refusal(request, refused)


@desk.exception_handler(ShapingRefused)
def _not_shaped(request: HttpRequest, refused: ShapingRefused) -> HttpResponse:
    return of_shaping(request, refused)


@desk.exception_handler(TeamRefused)
def _team_refused(request: HttpRequest, refused: TeamRefused) -> HttpResponse:
    return of_team_refusal(request, refused)


@desk.exception_handler(CredentialRefused)
def _credential_refused(request: HttpRequest, refused: CredentialRefused) -> HttpResponse:
    return problem(request, 409, detail=str(refused))


@desk.exception_handler(DealtWith)
def _dealt_with(request: HttpRequest, _fault: DealtWith) -> HttpResponse:
    return problem(request, 409, detail=_("It has been dealt with; there is nothing to try again."))


@desk.exception_handler(Unfit)
def _unfit(request: HttpRequest, unfit: Unfit) -> HttpResponse:
    return of_unfit(request, unfit)


@desk.exception_handler(ValidationError)
def _invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    return of_validation(request, fault)


@desk.exception_handler(HttpError)
def _http(request: HttpRequest, fault: HttpError) -> HttpResponse:
    return of_http(request, fault)


@desk.exception_handler(Http404)
def _not_found(request: HttpRequest, _fault: Http404) -> HttpResponse:
    return problem(request, 404)


@desk.exception_handler(Exception)
def _broken(request: HttpRequest, fault: Exception) -> HttpResponse:
    return of_fault(request, fault)
