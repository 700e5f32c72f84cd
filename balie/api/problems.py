"""What a program is told when something does not go: RFC 9457 problem documents, in the caller's language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import HttpError, ValidationError

from balie.people.shaping_attributes import NotForYou, ShapingRefused
from balie.sla import refusals as promises
from balie.teams import refusals as team_refusals
from balie.teams.refusals import TeamRefused
from balie.tickets import refusals
from balie.tickets.refusals import Refused

CONTENT_TYPE: Final = "application/problem+json"

# The phrases of RFC 9110, which RFC 9457 (4.2.1) lets be translated.
_TITLES: Final[Mapping[int, Promise]] = {
    400: gettext_lazy("Bad Request"),
    401: gettext_lazy("Unauthorized"),
    403: gettext_lazy("Forbidden"),
    404: gettext_lazy("Not Found"),
    405: gettext_lazy("Method Not Allowed"),
    409: gettext_lazy("Conflict"),
    413: gettext_lazy("Content Too Large"),
    422: gettext_lazy("Unprocessable Content"),
    429: gettext_lazy("Too Many Requests"),
    500: gettext_lazy("Internal Server Error"),
    503: gettext_lazy("Service Unavailable"),
}
_DETAILS: Final[Mapping[int, Promise]] = {
    400: gettext_lazy("This request cannot be read."),
    401: gettext_lazy(
        "Send a valid token in the Authorization header: Bearer TOKEN, or the key and secret of credentials."
    ),
    403: gettext_lazy("You do not have the right to do this."),
    404: gettext_lazy("There is nothing here, or nothing that is yours to see."),
    405: gettext_lazy("This address does not know that method."),
    409: gettext_lazy("That is not possible."),
    413: gettext_lazy("This is larger than Balie takes."),
    422: gettext_lazy("Some values cannot be used."),
    429: gettext_lazy("Too many requests. Try again later."),
    500: gettext_lazy("Something is broken here. Nothing was changed."),
    503: gettext_lazy("The database cannot be reached. Try again later."),
}
# Pydantic speaks English only; these are its words for what goes wrong most.
_FAULTS: Final[Mapping[str, Promise]] = {
    "missing": gettext_lazy("This value is missing."),
    "extra_forbidden": gettext_lazy("This field is not known here."),
    "string_type": gettext_lazy("This must be text."),
    "string_too_long": gettext_lazy("This text is too long."),
    "string_too_short": gettext_lazy("This text is too short."),
    "bool_type": gettext_lazy("This must be true or false."),
    "bool_parsing": gettext_lazy("This must be true or false."),
    "int_type": gettext_lazy("This must be a whole number."),
    "int_parsing": gettext_lazy("This must be a whole number."),
    "int_from_float": gettext_lazy("This must be a whole number."),
    "greater_than_equal": gettext_lazy("This number is too small."),
    "less_than_equal": gettext_lazy("This number is too large."),
    "literal_error": gettext_lazy("This is not one of the values that can be used."),
    "enum": gettext_lazy("This is not one of the values that can be used."),
    "too_long": gettext_lazy("This list is too long."),
    "list_type": gettext_lazy("This must be a list."),
    "model_type": gettext_lazy("This must be an object."),
    "dict_type": gettext_lazy("This must be an object."),
    "date_type": gettext_lazy("This must be a date, as 2026-11-23."),
    "date_parsing": gettext_lazy("This must be a date, as 2026-11-23."),
    "date_from_datetime_parsing": gettext_lazy("This must be a date, as 2026-11-23."),
    "datetime_type": gettext_lazy("This must be a time, as 2026-11-23T09:00:00Z."),
    "datetime_parsing": gettext_lazy("This must be a time, as 2026-11-23T09:00:00Z."),
    "datetime_from_date_parsing": gettext_lazy("This must be a time, as 2026-11-23T09:00:00Z."),
}
_ANY_FAULT: Final = gettext_lazy("This value cannot be used.")

_FORBIDDEN: Final = (refusals.NotYours, refusals.OwnRequest, refusals.NoRightToStatuses)
_TEAM_FORBIDDEN: Final = (
    team_refusals.NotYourTeam, team_refusals.ForMembersOnly, team_refusals.NotAnExpert, promises.NotAMember,
)  # fmt: skip
_TEAM_UNFIT: Final = (promises.NothingPromised, promises.NeverWorks, promises.NoSuchCategories, promises.TooLong)
_UNFIT: Final = (refusals.NothingSaid, refusals.ReasonMissing, refusals.InThePast, refusals.StatusNameMissing)


class Unfit(Exception):
    """One value of the body or query cannot be used; `sentence` says why."""

    def __init__(self, field: str, sentence: str | Promise = _ANY_FAULT) -> None:
        super().__init__(field)
        self.field, self.sentence = field, sentence


def problem(
    request: HttpRequest,
    status: int,
    *,
    detail: str | Promise = "",
    kind: str = "about:blank",
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem document. `kind` is the URI of its type, "about:blank" when the status says it all."""
    document: dict[str, Any] = {
        "type": kind,
        "title": str(_TITLES.get(status) or HTTPStatus(status).phrase),
        "status": status,
        "detail": str(detail or _DETAILS.get(status, "")),
        "instance": request.path,
    }
    if errors := list(errors):
        document["errors"] = errors
    return HttpResponse(
        json.dumps(document, ensure_ascii=False), status=status, content_type=CONTENT_TYPE, headers=dict(headers or {})
    )


def of_refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """403 for what is not the caller's to do, 422 for what they wrote, 409 for how things stand."""
    status = 403 if isinstance(refused, _FORBIDDEN) else 422 if isinstance(refused, _UNFIT) else 409
    return problem(request, status, detail=str(refused), kind=_kind_of(type(refused).__name__))


def of_shaping(request: HttpRequest, refused: ShapingRefused) -> HttpResponse:
    """The same for what profiles hold."""
    status = 403 if isinstance(refused, NotForYou) else 409
    return problem(request, status, detail=str(refused), kind=_kind_of(type(refused).__name__))


def of_team_refusal(request: HttpRequest, refused: TeamRefused) -> HttpResponse:
    """403 for a team that is not the caller's to change, 422 for what they wrote, 409 for how things stand."""
    status = 403 if isinstance(refused, _TEAM_FORBIDDEN) else 422 if isinstance(refused, _TEAM_UNFIT) else 409
    return problem(request, status, detail=str(refused), kind=_kind_of(type(refused).__name__))


def of_validation(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    return problem(request, 422, errors=[_error(one) for one in fault.errors])


def of_unfit(request: HttpRequest, unfit: Unfit) -> HttpResponse:
    return problem(request, 422, errors=[{"detail": str(unfit.sentence), "pointer": f"#/{unfit.field}"}])


def of_http(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """What the framework refuses by itself; its own words are English and are left out."""
    return problem(request, fault.status_code)


def _error(one: Mapping[str, Any]) -> dict[str, str]:
    source, *place = one["loc"]
    # Which branch of a union did not fit is our own matter.
    names = [str(part) for part in place if not re.search(r"[\[\]()-]|^(?:int|str|list)$", str(part))]
    said = {"detail": str(_FAULTS.get(one["type"], _ANY_FAULT))}
    if source in ("query", "path", "header"):
        return {**said, "parameter": names[-1] if names else ""}
    return {**said, "pointer": "#/" + "/".join(names)}


def _kind_of(name: str) -> str:
    return "urn:balie:problem:" + re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def too_many(request: HttpRequest, *, seconds: int) -> HttpResponse:
    return problem(
        request, 429,
        detail=_("Too many requests. Try again in %(seconds)s seconds.") % {"seconds": seconds},
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip
