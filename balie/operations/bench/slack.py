"""How fast Slack is answered: signed events through the real door until they are stored, fifty a second."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

from balie.channels.models import Channel
from balie.channels.slack import signature
from balie.channels.slack.models import Workspace
from balie.operations.bench.measured import Measured
from balie.operations.bench.processes import free_port, program
from balie.tickets.models import Ticket

# The issue's own measure of a busy workspace.
A_SECOND = 50
_CALLERS = 4


class NotTaken(Exception):
    """The door refused events that it should take."""


def measure(n: int) -> Iterator[Measured]:
    """`slack` is what Slack waits for at fifty events a second; `slack.most` how many are stored when they come at once."""
    size, port = Ticket.objects.count(), free_port()
    workspace, secret = _workspace()
    try:
        with program("web", "--host", "127.0.0.1", "--port", str(port), port=port):
            _send(min(n, 50), port=port, team=workspace.external_id, secret=secret, pause=0)
            yield _measured(
                "slack", n, size=size, port=port, team=workspace.external_id, secret=secret, pause=1 / A_SECOND
            )
            yield _measured("slack.most", n, size=size, port=port, team=workspace.external_id, secret=secret, pause=0)
    finally:
        workspace.delete()


def _workspace() -> tuple[Workspace, str]:
    """One that exists for the measurement only; what it brings is ignored once it is gone."""
    secret = secrets.token_hex(16)
    made = Workspace(external_id=f"TBENCH{secrets.token_hex(4)}", name="Measured", bot_user_id="UBENCH", kind="slack")
    made.take_secrets(bot_token="xoxb-none", signing_secret=secret, app_token="")  # noqa: S106  (no token at all)
    # So that nothing is posted for it.
    made.state = Channel.State.DISCONNECTED
    made.save()
    return made, secret


def _measured(name: str, n: int, *, size: int, port: int, team: str, secret: str, pause: float) -> Measured:
    begun = time.monotonic()
    seconds = _send(n, port=port, team=team, secret=secret, pause=pause)
    return Measured.of(name, size=size, concurrency=_CALLERS, seconds=seconds, elapsed=time.monotonic() - begun)


def _send(n: int, *, port: int, team: str, secret: str, pause: float) -> list[float]:
    """The seconds that the door took for each; every caller keeps to its share of the pace."""
    taken: list[float] = []
    begun = time.monotonic()

    def call(caller: int) -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        for number in range(caller, n, _CALLERS):
            time.sleep(max(0.0, begun + number * pause - time.monotonic()))
            body = _event(team)
            stamp = str(int(time.time()))
            headers = {
                "Content-Type": "application/json", "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": signature.write(body, secret=secret, timestamp=stamp),
            }  # fmt: skip
            asked = time.monotonic()
            line.request("POST", "/channels/slack/events", body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status == 200:
                taken.append(time.monotonic() - asked)
        line.close()

    callers = [threading.Thread(target=call, args=(caller,)) for caller in range(_CALLERS)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    if len(taken) < n:
        raise NotTaken(f"{n - len(taken)} of {n} events were not taken")
    return taken


def _event(team: str) -> bytes:
    ts = f"{time.time():.6f}"
    event = {
        "type": "message", "channel": "DBENCH", "channel_type": "im", "user": "UASKS", "ts": ts,
        "text": "The printer on the second floor does not print any more, and I need it for a contract this afternoon.",
    }  # fmt: skip
    told = {"type": "event_callback", "team_id": team, "event_id": f"Ev{secrets.token_hex(8)}", "event": event}
    return json.dumps(told).encode()
