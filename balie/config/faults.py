"""The pages for when something is not allowed, not there, or broken."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

# Soon enough for who waits before a page, and late enough for a database that starts.
AGAIN_IN_SECONDS = "5"


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500; or 503 where the database is away, so that whoever can come again does: browsers, Slack, a load balancer."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _away(request)
    return render(request, "broken.html", status=500)


def _away(request: HttpRequest) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        answer = render(request, "away.html", status=503)
    answer.headers["Retry-After"] = AGAIN_IN_SECONDS
    return answer
