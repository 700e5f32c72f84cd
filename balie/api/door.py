"""Around every operation: who is calling, in which language, how often, how much, once, and all of it or nothing."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation

from balie.api import limits
from balie.api.once import once
from balie.api.problems import problem, too_many
from balie.organisation.models.organisation import NotSetUp
from balie.people.audience import Audience, for_
from balie.people.models import ApiToken, Person
from balie.platform import secrets

LARGEST_BODY: Final = 30 * 1024 * 1024
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

View = Callable[..., HttpResponse]

log = structlog.get_logger(__name__)


def door(view: View) -> View:
    """An operation behind its token."""
    return _open_to_all(_with_problems(partial(_behind_token, view)))


def porch(view: View) -> View:
    """What everybody may read: the description of the API."""
    return _open_to_all(_with_problems(view))


def caller_of(request: HttpRequest) -> Person:
    """Whose token it is; `door` has let nobody else in."""
    person = getattr(request, "caller", None)
    if not isinstance(person, Person):
        raise TypeError("An operation without its door.")
    return person


def nowhere(request: HttpRequest) -> HttpResponse:
    raise Http404


def _behind_token(view: View, request: HttpRequest, **arguments: Any) -> HttpResponse:
    token = _token_of(request)
    person = ApiToken.holder(token) if token else None
    if person is None:
        return problem(request, 401, headers={"WWW-Authenticate": 'Bearer realm="Balie"'})
    request.caller = person  # type: ignore[attr-defined]  # read by caller_of
    with translation.override(_language_of(person)), timezone.override("UTC"):
        response = _with_problems(partial(_admitted, view, token, person))(request, **arguments)
        response.headers["Content-Language"] = translation.get_language() or "en"
    return response


def _admitted(view: View, token: str, person: Person, request: HttpRequest, **arguments: Any) -> HttpResponse:
    limit = limits.reads if request.method in _READING else limits.writes
    if seconds := limit.seconds_to_wait(secrets.digest(token)):
        return too_many(request, seconds=seconds)
    if _length_of(request) > LARGEST_BODY:
        return problem(request, 413)
    if "\0" in request.path or any("\0" in value for _, values in request.GET.lists() for value in values):
        # PostgreSQL's text cannot hold it, so that nothing can be found by it.
        return problem(request, 400)
    if request.method == "HEAD":
        # The server leaves the body out; for the framework it is a GET.
        request.method = "GET"
    carry_out = partial(_carried_out, view, request, arguments)
    return carry_out() if request.method in _READING else _in_one_commit(request, person, carry_out)


def _in_one_commit(request: HttpRequest, person: Person, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    with transaction.atomic():
        response = once(request, by=person, carry_out=carry_out) if request.method == "POST" else carry_out()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return response


def _carried_out(view: View, request: HttpRequest, arguments: dict[str, Any]) -> HttpResponse:
    response = view(request, **arguments)
    if response.status_code == 405:
        return problem(request, 405, headers={"Allow": response.headers.get("Allow", "")})
    return response


def _with_problems(view: View) -> View:
    """Whatever goes wrong outside the framework is a problem document as well."""

    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        try:
            return view(request, **arguments)
        except Http404:
            return problem(request, 404)
        except Exception as fault:
            return of_fault(request, fault)

    return guarded


def of_fault(request: HttpRequest, fault: Exception) -> HttpResponse:
    """The problem document of what nobody expected."""
    if isinstance(fault, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return problem(request, 413)
    if isinstance(
        fault, SuspiciousOperation | MultiPartParserError | UnreadablePostError | UnicodeError | RecursionError
    ):
        return problem(request, 400)
    if isinstance(fault, OperationalError | InterfaceError):
        return problem(request, 503, headers={"Retry-After": "5"})
    # The kind of fault and our own lines; what was written stays out of the log.
    where = "".join(traceback.format_tb(fault.__traceback__)[-3:])
    log.error("api operation broken", fault=type(fault).__name__, where=where)
    return problem(request, 500)


def _open_to_all(view: View) -> View:
    view.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is ever looked at
    return for_(Audience.ANYBODY)(view)


def _token_of(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _language_of(person: Person) -> str:
    try:
        return person.reads()
    except NotSetUp:
        return translation.get_language() or "en"


def _length_of(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isdecimal() and len(length) < 20 else LARGEST_BODY + 1
