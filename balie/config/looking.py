"""Whoever may look at a part of the settings, but change nothing in it, sees its pages without forms.

One place for all pages, so that none can forget it: forms that would be refused are taken out of the page, or stand there as what
they say, with their fields closed. What the gate refuses stays refused; this is only what the page shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from balie.config.gate import audience_of
from balie.people.audience import AreaAudience

# Our own templates: forms do not stand in each other, and what people wrote is escaped.
_MAIN: Final = re.compile(rb"<main\b.*</main>", re.DOTALL)
_FORM: Final = re.compile(rb'<form\b[^>]*\bmethod="post"[^>]*>(?P<inner>.*?)</form>', re.DOTALL)
_BUTTON: Final = re.compile(rb"<button\b.*?</button>", re.DOTALL)
_HIDDEN: Final = re.compile(rb'<input\b[^>]*\btype="hidden"[^>]*>')
_FIELD: Final = re.compile(rb"<(input|select|textarea)\b")
# Links to pages that only change something say so.
_LINK: Final = re.compile(rb"<a\b[^>]*\bdata-changes\b[^>]*>.*?</a>", re.DOTALL)


class Looking:
    """Django middleware; stands behind the gate."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html") and only_looks(request):
            response.content = without_forms(response.content)
            if response.has_header("Content-Length"):
                response.headers["Content-Length"] = str(len(response.content))
        return response


def only_looks(request: HttpRequest) -> bool:
    """Whether whoever reads may look at this page, and send nothing from it."""
    if getattr(request, "only_looks", False):
        return True
    match = getattr(request, "resolver_match", None)
    audience = audience_of(match.func) if match else None
    return (
        isinstance(audience, AreaAudience)
        and audience.includes(request.user)
        and not audience.includes(request.user, method="POST")
    )


def without_forms(page: bytes) -> bytes:
    """Forms of buttons alone are gone; those with fields are closed. What surrounds the page's content stays."""
    return _MAIN.sub(lambda main: _LINK.sub(b"", _FORM.sub(_closed, main[0])), page)


def _closed(form: re.Match[bytes]) -> bytes:
    shown = _HIDDEN.sub(b"", _BUTTON.sub(b"", form["inner"]))
    return b'<fieldset class="form looking" disabled>' + shown + b"</fieldset>" if _FIELD.search(shown) else b""
