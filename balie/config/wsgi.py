"""Django's pages as a WSGI application that counts and logs each request; the probes are answered before all middleware."""

import re
import time
from typing import Final

import django
import structlog
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch

from balie.config import health, metrics

_PLACE: Final = re.compile(r"<(?:\w+:)?(\w+)>")

log = structlog.get_logger("balie.access")


class Pages(WSGIHandler):
    """The log names a route and the numbers in it: no query, no address, no other part of a path, which may hold a secret."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        probe = health.PROBES.get(request.path_info)
        if probe is not None and request.method in ("GET", "HEAD"):
            # Also for a Host that no browser would send: a balancer asks by the address of the machine.
            return probe(request)
        response = super().get_response(request)
        seconds = time.perf_counter() - began
        match = request.resolver_match
        route = (match.view_name or "unnamed") if match else "none"
        method = request.method if request.method in _METHODS else "other"
        metrics.count_request(route=route, method=method, status=response.status_code, seconds=seconds)
        log.info(
            "request",
            method=method,
            path=_path(match),
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
        )
        return response


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _path(match: ResolverMatch | None) -> str:
    """The route with the numbers that stood in it, as `/requests/12/replies`, and the names of all else."""
    if match is None:
        return "none"

    def filled(place: re.Match[str]) -> str:
        value = match.kwargs.get(place[1])
        return str(value) if isinstance(value, int) else place[0]

    return "/" + _PLACE.sub(filled, match.route)


django.setup(set_prefix=False)
application = Pages()
