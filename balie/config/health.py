"""`/livez`, `/readyz` and `/metrics`: what machines ask, answered before any middleware, so also when the database is away."""

import logging
from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import ip_address
from typing import Final

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from balie.config import metrics
from balie.people.audience import Audience, for_
from balie.people.models import ApiToken

# Who has passed a proxy did not come from this machine, wherever the proxy stands.
_MARKS_OF_A_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_PROTO", "HTTP_VIA")

log = logging.getLogger("balie.web")


class NotReady(Exception):
    """Requests cannot be answered yet, or not now; says why."""


@for_(Audience.ANYBODY)
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; it asks nothing of the database."""
    return _plain("alive")


@for_(Audience.ANYBODY)
def readyz(request: HttpRequest) -> HttpResponse:
    """Requests can be answered: the database is there and has this version's tables."""
    try:
        _be_ready()
    except NotReady as reason:
        return _plain(str(reason), status=503)
    return _plain("ready")


@for_(Audience.ANYBODY)
def prometheus(request: HttpRequest) -> HttpResponse:
    """For a Prometheus on this machine, or one anywhere that holds an administrator's API token."""
    try:
        if not _may_read_metrics(request):
            return _plain("Ask from this machine, or with the API token of an administrator.", status=403)
        answer = HttpResponse(metrics.written(), content_type=metrics.CONTENT_TYPE)
    except (DatabaseError, InterfaceError):
        return _plain("The database cannot be reached.", status=503)
    answer.headers["Cache-Control"] = "no-store"
    return answer


PROBES: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": prometheus,
}


def _be_ready() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        # What the driver says may name hosts and users.
        log.warning("database_unreachable", extra={"reason": type(error).__name__})
        raise NotReady("The database cannot be reached.") from None
    if not _is_migrated():
        _is_migrated.cache_clear()
        raise NotReady("The database has not been migrated to this version yet.")


@cache
def _is_migrated() -> bool:
    """Once true it stays true for the life of the process, and reading all migrations takes a while."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _may_read_metrics(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        person = ApiToken.holder(token.strip())
        return person is not None and person.is_administrator
    if any(mark in request.META for mark in _MARKS_OF_A_PROXY):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _plain(text: str, *, status: int = 200) -> HttpResponse:
    answer = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
