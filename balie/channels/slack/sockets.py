"""Socket Mode: for a desk that Slack cannot call. The same payloads by a line that we open, kept and answered the same way.

https://docs.slack.dev/apis/events-api/using-socket-mode. Slack gives each event to one of the lines that are open, at most ten.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import close_old_connections, connection
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from balie.channels import receiving
from balie.channels.models import Channel
from balie.channels.slack import counted, door, reading
from balie.channels.slack.models import Workspace

log = structlog.get_logger(__name__)

_LOOKS_EVERY: Final = 10.0
_TAKEN: Final = ("events_api", "interactive", "slash_commands")


class Lines(threading.Thread):
    """Keeps a line open for each workspace that has an app token, and closes those that have none any more."""

    def __init__(self, ending: threading.Event) -> None:
        super().__init__(name="slack_lines", daemon=True)
        self._ending = ending
        self._open: dict[int, tuple[str, SocketModeClient]] = {}

    def run(self) -> None:
        while not self._ending.is_set():
            try:
                self._look()
            except DatabaseFault as fault:
                log.warning("database away", fault=type(fault).__name__)
                connection.close()
            close_old_connections()
            self._ending.wait(_LOOKS_EVERY)
        for _token, line in self._open.values():
            line.close()
        connection.close()

    def _look(self) -> None:
        wanted = {
            one.pk: (one.app_token, one)
            for one in Workspace.objects.filter(state=Channel.State.CONNECTED)
            if one.app_token
        }
        for pk, (token, line) in list(self._open.items()):
            if pk not in wanted or wanted[pk][0] != token:
                line.close()
                del self._open[pk]
        for pk, (token, workspace) in wanted.items():
            if pk not in self._open:
                try:
                    self._open[pk] = (token, open_line(workspace))
                except Exception as fault:
                    log.warning("slack line not opened", workspace=pk, fault=type(fault).__name__)


def open_line(workspace: Workspace) -> SocketModeClient:
    """Connect, and take in what comes until the line is closed. It opens itself again when Slack ends it."""
    web = WebClient(base_url=f"{settings.BALIE.slack_api_url}/")
    line = SocketModeClient(app_token=workspace.app_token, web_client=web)
    line.socket_mode_request_listeners.append(_listener(workspace))
    try:
        line.connect()
    except Exception:
        # It has begun threads of its own, which would look for work for ever.
        line.close()
        raise
    return line


def _listener(workspace: Workspace) -> Callable[[BaseSocketModeClient, SocketModeRequest], None]:
    def listen(line: BaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            said = hear(workspace, request.type, request.payload)
        except (receiving.NotKept, DatabaseFault):
            # Not acknowledged: Slack brings it again.
            connection.close()
            return
        finally:
            close_old_connections()
        line.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=said))

    return listen


def hear(workspace: Workspace, kind: str, payload: dict[str, Any]) -> dict[str, Any] | None:
    """Take one thing in; gives what Slack is to be answered. Raises `receiving.NotKept`."""
    if kind not in _TAKEN:
        return None
    team = reading.workspace_of(payload)
    if team and team != workspace.external_id:
        counted.refused("foreign")
        return None
    body = json.dumps(payload, separators=(",", ":")).encode()
    return door.take(payload, body=body, door="events" if kind == "events_api" else "socket", workspace=workspace)
