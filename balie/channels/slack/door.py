"""The doors that Slack calls: who calls is proved, what they bring is kept as it is, and they are answered at once.

Nothing here asks a network, and little asks the database: Slack waits three seconds, and repeats what it got 503 for.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from balie.channels import kinds, receiving
from balie.channels.models import Arrival
from balie.channels.slack import checking, counted, reading, signature
from balie.channels.slack.heard import Nothing
from balie.channels.slack.models import Workspace
from balie.people.audience import Audience, for_
from balie.platform.haste import in_haste

_LARGEST = 2 * 1024 * 1024
# For each thing that is asked of the database, which are few: Slack waits three seconds for all of it.
PATIENCE = timedelta(seconds=1)


@csrf_exempt
@require_POST
@for_(Audience.ANYBODY)
def events(request: HttpRequest) -> HttpResponse:
    """https://docs.slack.dev/apis/events-api/#receiving-events"""
    return _enter(request, door="events")


@csrf_exempt
@require_POST
@for_(Audience.ANYBODY)
def interactions(request: HttpRequest) -> HttpResponse:
    return _enter(request, door="interactions")


@csrf_exempt
@require_POST
@for_(Audience.ANYBODY)
def commands(request: HttpRequest) -> HttpResponse:
    return _enter(request, door="commands")


def _enter(request: HttpRequest, *, door: str) -> HttpResponse:
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    given = request.headers.get("X-Slack-Signature", "")
    if int(request.headers.get("Content-Length") or 0) > _LARGEST:
        return _refuse("too large", 413)
    body = request.body
    if not given:
        return _refuse("unsigned", 401)
    if not signature.is_fresh(timestamp):
        return _refuse("stale", 401)
    try:
        payload = reading.payload_of(body, is_form=door != "events")
    except reading.Unreadable:
        return _refuse("unreadable", 400)
    try:
        with in_haste(at_most=PATIENCE):
            workspace = _signer(body, payload, timestamp=timestamp, given=given)
            if workspace is None:
                return _refuse("foreign", 401)
            if payload.get("type") == "url_verification":
                return HttpResponse(str(payload.get("challenge", ""))[:500], content_type="text/plain")
            return answer(take(payload, body=body, door=door, workspace=workspace))
    except (receiving.NotKept, DatabaseFault):
        return _come_again()


def take(payload: dict[str, Any], *, body: bytes, door: str, workspace: Workspace) -> dict[str, Any] | None:
    """Keep it, unless nothing can follow from it, and say what Slack is to be answered; for both roads that it comes by.

    Raises `receiving.NotKept`.
    """
    faults = checking.faults(payload)
    if faults:
        return {"response_action": "errors", "errors": faults}
    heard = reading.read(payload, bot_user=workspace.bot_user_id) if door == "events" else None
    if isinstance(heard, Nothing):
        counted.ignored(heard.why)
        return None
    name = _name(payload, body)
    if Arrival.objects.filter(kind=kinds.SLACK, external_id=name).exists():
        # Slack brings again what it had no answer to, and whoever replays it gets the same one.
        counted.ignored("repeated")
        return None
    receiving.keep(
        kind=kinds.SLACK, external_id=name, raw=body, envelope={"door": door, "workspace": workspace.external_id}
    )
    return None


def answer(said: dict[str, Any] | None) -> HttpResponse:
    return HttpResponse() if said is None else JsonResponse(said)


def _signer(body: bytes, payload: dict[str, Any], *, timestamp: str, given: str) -> Workspace | None:
    """The workspace that it is about, if that has signed it. Slack asks for the challenge in no workspace's name."""
    team = reading.workspace_of(payload)
    if team:
        known = Workspace.known_as(team)
        asked = [known] if known is not None else []
    else:
        asked = list(Workspace.objects.all()) if payload.get("type") == "url_verification" else []
    for workspace in asked:
        if signature.is_genuine(body, secret=workspace.signing_secret, timestamp=timestamp, signature=given):
            return workspace
    return None


def _name(payload: dict[str, Any], body: bytes) -> str:
    """An event has an id of its own; all else is itself: whoever sends the same bytes again sends nothing new."""
    event = payload.get("event_id")
    own = event if isinstance(event, str) and event else hashlib.sha256(body).hexdigest()[:40]
    return f"{reading.workspace_of(payload)}-{own}"[:80]


def _refuse(why: str, status: int) -> HttpResponse:
    counted.refused(why)
    return HttpResponse(status=status)


def _come_again() -> HttpResponse:
    counted.refused("database away")
    return HttpResponse(status=503, headers={"Retry-After": "5"})
