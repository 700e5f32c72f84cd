"""Which of one's browsers show notices, and the script that shows them."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.channels.push import naming, sealing
from balie.channels.push.models import Browser, SendingKey
from balie.people.audience import Audience, for_
from balie.people.models import Person

_LONGEST_ADDRESS = 2000


@require_safe
@for_(Audience.ANYBODY)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Beside the first page, because a worker serves what is below its own address. It holds nothing of anybody."""
    path = finders.find("balie/js/service_worker.js")
    return HttpResponse(
        Path(str(path)).read_text(encoding="utf-8"),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@require_http_methods(["GET", "POST"])
@for_(Audience.PEOPLE)
def browsers(request: HttpRequest) -> HttpResponse:
    """GET gives the key that this browser shall take notices from; POST says where it takes them."""
    if request.method == "GET":
        return JsonResponse({"key": SendingKey.current().public})
    given = _given(request)
    if given is None:
        return JsonResponse({"error": _("This browser gave an address that notices cannot be sent to.")}, status=422)
    person = reader_of(request)
    Browser.add(
        person, session_key=request.session.session_key or "", name=naming.name_of(request.headers.get("User-Agent", "")),
        **given,
    )  # fmt: skip
    return HttpResponse(status=204)


@require_POST
@for_(Audience.PEOPLE)
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own only."""
    get_object_or_404(Browser, person=reader_of(request), pk=pk).delete()
    messages.success(request, _("That browser shows no notices any more."))
    return redirect("notices:wishes")


def reader_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in."""
    assert isinstance(request.user, Person)
    return request.user


def _given(request: HttpRequest) -> dict[str, str] | None:
    """What `PushSubscription.toJSON` says; None when it is not in order."""
    try:
        said = json.loads(request.body)
        endpoint, keys = str(said["endpoint"]), said["keys"]
        public_key, secret = str(keys["p256dh"]).rstrip("="), str(keys["auth"]).rstrip("=")
        sealing.public_key_of(public_key)
        sealing.secret_of(secret)
        parts = urlsplit(endpoint)
        is_fit = parts.scheme == "https" and bool(parts.hostname) and not parts.username and parts.port in (None, 443)
    except (ValueError, KeyError, TypeError):
        return None
    if not is_fit or len(endpoint) > _LONGEST_ADDRESS:
        return None
    return {"endpoint": endpoint, "public_key": public_key, "secret": secret}
