"""Around every operation: who is calling, in which language, how often, how much, once, and all of it or nothing."""

from __future__ import annotations

import base64
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from balie.api import limits
from balie.api.once import once
from balie.api.problems import problem, too_many
from balie.organisation.models import Organisation
from balie.organisation.models.organisation import NotSetUp
from balie.organisation.plan import Feature
from balie.people.audience import Audience, for_
from balie.people.models import ApiToken, Credential, Person
from balie.platform import secrets

LARGEST_BODY: Final = 30 * 1024 * 1024
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_OUT_OF_SCOPE: Final = gettext_lazy("These credentials may not do this.")
_ACTS_AS_NOBODY: Final = gettext_lazy("These credentials act as nobody who may do this. Make new ones.")

View = Callable[..., HttpResponse]
# By method; None where an operation is there in every plan that has the API.
Features = Mapping[str, Feature | None]

log = structlog.get_logger(__name__)


def door(view: View, features: Features | None = None) -> View:
    """The operations of one address behind their token; `features` says by method which of them are part of what."""
    return _open_to_all(_with_problems(partial(_if_open, features or {}, partial(_behind_token, view))))


def porch(view: View) -> View:
    """What everybody may read: the description of the API."""
    return _open_to_all(_with_problems(partial(_if_open, {}, view)))


class NobodyActs(Exception):
    """These credentials act as nobody who could do this."""


def asker_of(request: HttpRequest) -> Person | Credential:
    """Whose token it is, or which credentials; `door` has let nobody else in."""
    return credential_of(request) or caller_of(request)


def credential_of(request: HttpRequest) -> Credential | None:
    """The credentials of a program that does not come with a person's token."""
    credential = getattr(request, "credential", None)
    return credential if isinstance(credential, Credential) else None


def caller_of(request: HttpRequest) -> Person:
    """The person whom the program acts as: the holder of the token, or who the credentials act as; raises `NobodyActs`."""
    credential = credential_of(request)
    person = credential.acts_as if credential else getattr(request, "caller", None)
    if credential and (person is None or not person.is_active):
        raise NobodyActs
    if not isinstance(person, Person):
        raise TypeError("An operation without its door.")
    return person


def nowhere(request: HttpRequest) -> HttpResponse:
    raise Http404


def _if_open(features: Features, view: View, request: HttpRequest, **arguments: Any) -> HttpResponse:
    """What the plan lacks is not there."""
    feature = features.get("GET" if request.method == "HEAD" else request.method or "")
    if not all(is_open(one) for one in (Feature.API, feature) if one is not None):
        raise Http404
    return view(request, **arguments)


def is_open(feature: Feature) -> bool:
    try:
        return Organisation.current().plan.is_open(feature)
    except NotSetUp:
        return True


def _behind_token(view: View, request: HttpRequest, **arguments: Any) -> HttpResponse:
    token = _sent_with(request)
    asker = _known_by(token)
    if asker is None:
        return problem(request, 401, headers={"WWW-Authenticate": 'Bearer realm="Balie"'})
    name = "credential" if isinstance(asker, Credential) else "caller"
    setattr(request, name, asker)  # read by asker_of
    with translation.override(_language_of(asker)), timezone.override("UTC"):
        response = _with_problems(partial(_admitted, view, token, asker))(request, **arguments)
        response.headers["Content-Language"] = translation.get_language() or "en"
    return response


def _admitted(
    view: View, token: str, asker: Person | Credential, request: HttpRequest, **arguments: Any
) -> HttpResponse:
    limit = limits.reads if request.method in _READING else limits.writes
    # Of credentials the key counts, so that a new secret does not begin anew.
    bucket = asker.key if isinstance(asker, Credential) else secrets.digest(token)
    if seconds := limit.seconds_to_wait(bucket):
        return too_many(request, seconds=seconds)
    if isinstance(asker, Credential) and not asker.allows(scope_of(request)):
        return problem(request, 403, detail=_OUT_OF_SCOPE)
    if _length_of(request) > LARGEST_BODY:
        return problem(request, 413)
    if "\0" in request.path or any("\0" in value for _, values in request.GET.lists() for value in values):
        # PostgreSQL's text cannot hold it, so that nothing can be found by it.
        return problem(request, 400)
    if request.method == "HEAD":
        # The server leaves the body out; for the framework it is a GET.
        request.method = "GET"
    carry_out = partial(_carried_out, view, request, arguments)
    return carry_out() if request.method in _READING else _in_one_commit(request, carry_out)


def scope_of(request: HttpRequest) -> str:
    """What credentials need for this, as `requests:read`: the resource is what comes first in the address."""
    resource = request.path.removeprefix("/api/v1/").partition("/")[0]
    return f"{resource}:{'read' if request.method in _READING else 'write'}"


def _in_one_commit(request: HttpRequest, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    with transaction.atomic():
        is_new = request.method == "POST"
        response = once(request, by=caller_of(request), carry_out=carry_out) if is_new else carry_out()
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
    if isinstance(fault, NobodyActs):
        return problem(request, 403, detail=_ACTS_AS_NOBODY)
    if isinstance(fault, OperationalError | InterfaceError):
        return problem(request, 503, headers={"Retry-After": "5"})
    # The kind of fault and our own lines; what was written stays out of the log.
    where = "".join(traceback.format_tb(fault.__traceback__)[-3:])
    log.error("api operation broken", fault=type(fault).__name__, where=where)
    return problem(request, 500)


def _open_to_all(view: View) -> View:
    view.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is ever looked at
    return for_(Audience.ANYBODY)(view)


def _sent_with(request: HttpRequest) -> str:
    """The token of `Bearer TOKEN`; of credentials KEY.SECRET, which `Basic` sends as name and password (RFC 7617)."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return sent.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        key, _, secret = base64.b64decode(sent.strip(), validate=True).decode().partition(":")
    except ValueError:
        return ""
    return f"{key}.{secret}"


def _known_by(token: str) -> Person | Credential | None:
    if not token:
        return None
    key, dot, secret = token.partition(".")
    return Credential.of(key, secret) if dot else ApiToken.holder(token)


def _language_of(asker: Person | Credential) -> str:
    """A person's own; a program without one reads the organisation's."""
    try:
        person = asker.acts_as if isinstance(asker, Credential) else asker
        return person.reads() if person else Organisation.current().language
    except NotSetUp:
        return translation.get_language() or "en"


def _length_of(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isdecimal() and len(length) < 20 else LARGEST_BODY + 1
