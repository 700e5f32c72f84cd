"""The web server: granian, with one page thread and one event loop in each process."""

import gc
import socket
from typing import Final

from django.conf import settings

from balie.operations.static_files import collect_static

# The last request in flight has this long to end; then its process is killed.
STOP_SECONDS: Final = 10
# Its lines go where all lines go; our own access log says what a request was without saying whose.
_LOGGING: Final = {
    "handlers": {},
    "formatters": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}


class PortTaken(Exception):
    """Nobody can listen there; says why and what to do."""


def serve_web(*, host: str, port: int, processes: int) -> None:
    """Serve until SIGTERM or SIGINT; returns when the last request is answered. Django must be set up.

    The parent reads everything before it forks, so that the processes share that memory.
    """
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import MPServer

    refuse_taken_port(host, port)
    collect_static()
    _read_everything(port)
    MPServer(
        "balie.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=processes,
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGING,
    ).serve()


def refuse_taken_port(host: str, port: int) -> None:
    """Raises `PortTaken`. Our processes share the port (SO_REUSEPORT), and so would another server: each gets half of all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise PortTaken(f"Port {port} may not be opened by this user. Choose one above 1023 with --port.") from None
        except OSError:
            raise PortTaken(
                f"Port {port} on {host} is taken by another program. Stop it, or choose another port with --port."
            ) from None


def _read_everything(port: int) -> None:
    """Import all that serves a page, then let go of what must not be shared: connections."""
    from django.db import connections
    from django.urls import get_resolver

    from balie.config import asgi, metrics

    # Asking for any address imports every URL conf and its views.
    get_resolver().resolve("/")
    metrics.begin(settings.BALIE.data / "metrics" / str(port))
    connections.close_all()
    gc.collect()
    # Otherwise the first collection in each process writes to, and so copies, every page that they share.
    gc.freeze()
    assert asgi.application is not None
