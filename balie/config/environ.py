"""The WSGI environment (PEP 3333) of an ASGI request."""

import sys
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper


def environ_of(scope: Mapping[str, Any], body: IO[bytes], *, length: int) -> dict[str, Any]:
    """What Django's WSGI handler needs to know of the request whose body, of `length` bytes, is whole."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": _path(scope),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope["headers"]:
        # "X_Forwarded_Proto" would become the same key as "X-Forwarded-Proto", which a proxy vouches for.
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        said = value.decode("latin-1")
        if key in environ:
            said = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{said}"
        environ[key] = said
    # Counted, not believed: a chunked body announces no length.
    environ["CONTENT_LENGTH"] = str(length)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def _path(scope: Mapping[str, Any]) -> str:
    """The path's bytes as latin-1 text, as WSGI wants them."""
    raw = scope.get("raw_path") or b""
    return (
        unquote_to_bytes(raw.partition(b"?")[0]).decode("latin-1") if raw else scope["path"].encode().decode("latin-1")
    )
