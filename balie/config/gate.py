"""The one gate: every view says whom it is for, and nobody else reaches it. A view that says nothing is closed to all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

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
        audience = audience_of(view)
        if audience is None:
            raise PermissionDenied
        if audience.includes(request.user, method=request.method or ""):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied


def audience_of(view: Callable[..., Any]) -> Audience | AreaAudience | None:
    """Whom a view is for, or None when nobody said."""
    declared = getattr(view, "audience", None) or getattr(getattr(view, "view_class", None), "audience", None)
    if isinstance(declared, Audience | AreaAudience):
        return declared
    module = getattr(getattr(view, "view_class", view), "__module__", "")
    return next((audience for prefix, audience in _FOREIGN.items() if module.startswith(prefix)), None)
