"""The one gate: every view says whom it is for, and nobody else reaches it. A view that says nothing is closed to all.

A view that belongs to a feature is not there when the plan lacks it (`organisation/plan.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from balie.organisation.models import Organisation
from balie.organisation.models.organisation import NotSetUp
from balie.organisation.plan import Plan, feature_of
from balie.people.audience import AreaAudience, Audience

# Views of libraries, by their URL's module or name; each keeps its own rules beyond this.
_FOREIGN = {
    "allauth.account": Audience.ANYBODY,
    "allauth.mfa": Audience.ANYBODY,
    "allauth.usersessions": Audience.PEOPLE,
    # API operations answer with their own 401 and 403 problem documents, see balie/api.
    "ninja": Audience.ANYBODY,
    "django.views.i18n": Audience.ANYBODY,
}


class Gate:
    """Django middleware; stands behind authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        audience, feature = audience_of(view), feature_of(getattr(view, "view_class", view))
        if audience is None:
            raise PermissionDenied
        there = _plan_of(request, is_needed=feature is not None)
        if feature is not None and not there.includes(feature):
            raise Http404
        if audience.includes(request.user, method=request.method or ""):
            if feature is None or there.is_open(feature):
                return None
            return _before_activation(request)
        if not request.user.is_authenticated:
            # Where a part of a page was asked for, the page that asks to sign in would be poured into it; `live.js` says it.
            if request.headers.get("HX-Request"):
                return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied


def plan() -> Plan:
    """What there is here; everything, where there is no organisation yet."""
    try:
        return Organisation.current().plan
    except NotSetUp:
        return Plan()


def shown_plan(request: HttpRequest) -> dict[str, Any]:
    """A context processor: templates ask `plan.projects` before they lead anywhere."""
    return {"plan": _plan_of(request)}


def _plan_of(request: HttpRequest, *, is_needed: bool = False) -> Plan:
    """Asked once for a page, when something first depends on it."""
    there: Plan | None = getattr(request, "_plan", None)
    if there is None:
        there = plan() if is_needed else cast("Plan", SimpleLazyObject(plan))
        setattr(request, "_plan", there)  # noqa: B010  (an attribute of ours)
    return there


def _before_activation(request: HttpRequest) -> HttpResponse:
    """Conversations is in the plan and was not set up yet: experts are told so, for everybody else there is none."""
    if request.method in ("GET", "HEAD") and Audience.EXPERTS.includes(request.user):
        return redirect("administration:activation")
    raise Http404


def audience_of(view: Callable[..., Any]) -> Audience | AreaAudience | None:
    """Whom a view is for, or None when nobody said."""
    declared = getattr(view, "audience", None) or getattr(getattr(view, "view_class", None), "audience", None)
    if isinstance(declared, Audience | AreaAudience):
        return declared
    module = getattr(getattr(view, "view_class", view), "__module__", "")
    return next((audience for prefix, audience in _FOREIGN.items() if module.startswith(prefix)), None)
