"""Fetching what outsiders name: nothing inside the organisation's network, nothing endless, only http and https."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore2
import httpx2

_NAME = "Balie"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
# Networks that carry an IPv4 address within: NAT64 (RFC 6052, 8215), 6to4 (RFC 3056), Teredo (RFC 4380), and the
# IPv4-compatible ones (RFC 4291).
_TUNNELS = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]


class CannotFetch(Exception):
    """What was named cannot be fetched."""


class NotAllowed(CannotFetch):
    """The address names something that outsiders may not have fetched."""


class TooLarge(CannotFetch):
    """There is more of it than was asked for."""


class TooSlow(CannotFetch):
    """It took longer than was allowed."""


class Unreachable(CannotFetch):
    """No server answered, or none that speaks HTTP."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What a server answered with; `url` is where the last redirect led."""

    url: str
    status: int
    media_type: str
    content: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and no way around into a private network."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif any(ip in net for net in _TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host, as the system knows them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Which addresses and ports may be asked, how names are resolved, and whose certificates are believed."""

    allows: Callable[[str], bool] = is_public
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    resolve: Callable[[str, int], list[str]] = resolve
    tls: Callable[[], ssl.SSLContext] = _tls


PUBLIC_ONLY = Policy()


def fetch_guarded(
    url: str,
    *,
    most_bytes: int = 10_000_000,
    most_seconds: float = 10,
    most_redirects: int = 3,
    accept: str = "*/*",
    policy: Policy = PUBLIC_ONLY,
) -> Fetched:
    """Fetch what an outsider named; raises `CannotFetch`. The limits hold for all redirects together."""
    deadline = time.monotonic() + most_seconds
    for _ in range(most_redirects + 1):
        target = _allowed(url, policy)
        with _asked(target, accept, policy, deadline) as response:
            headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status not in _REDIRECTS or b"location" not in headers:
                return Fetched(
                    url=str(target),
                    status=response.status,
                    media_type=headers.get(b"content-type", "").partition(";")[0].strip().lower(),
                    content=_content(response, headers, most_bytes),
                )
        url = _next(target, headers[b"location"])
    raise NotAllowed("It leads from one address to another too often.")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a server answered to what was posted; `headers` are in lower case."""

    status: int
    headers: dict[str, str]


def post_guarded(
    url: str, content: bytes, *, headers: dict[str, str], most_seconds: float = 10, policy: Policy = PUBLIC_ONLY
) -> Answered:
    """Post to an address that an outsider named, by https only, following no redirect; raises `CannotFetch`.

    What the server writes beyond its headers is not read.
    """
    target = _allowed(url, policy)
    if target.scheme != "https":
        raise NotAllowed("Only https addresses can be posted to.")
    deadline = time.monotonic() + most_seconds
    sent = {**headers, "Content-Length": str(len(content))}
    with _asked(target, "*/*", policy, deadline, method="POST", content=content, more=sent) as response:
        return Answered(
            status=response.status,
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers},
        )


class _PinnedNetwork(httpcore2.NetworkBackend):
    """Connects to the very address that was checked: a second look-up may be answered otherwise (DNS rebinding)."""

    def __init__(self, policy: Policy, deadline: float) -> None:
        self._policy = policy
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            addresses = self._policy.resolve(host, port)
        except (OSError, UnicodeError):
            raise Unreachable("The name of the server is not known.") from None
        # One private address among public ones is a trap, too.
        if not addresses or not all(self._policy.allows(address) for address in addresses):
            raise NotAllowed("The server is not on the public internet.")
        stream = httpcore2.SyncBackend().connect_tcp(addresses[0], port, timeout=_left(self._deadline))
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose end does not move when the other side sends a byte now and then."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=_left(self._deadline))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _allowed(url: str, policy: Policy) -> httpx2.URL:
    try:
        target = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError):
        raise NotAllowed("This is not an address that can be read.") from None
    if target.scheme not in _DEFAULT_PORTS or not target.host:
        raise NotAllowed("Only http and https addresses can be fetched.")
    if target.userinfo:
        raise NotAllowed("The address holds a name or password.")
    if (target.port or _DEFAULT_PORTS[target.scheme]) not in policy.ports:
        raise NotAllowed("The port is not one of a web server.")
    return target.copy_with(fragment=None)


def _next(target: httpx2.URL, location: str) -> str:
    try:
        following = target.join(location)
    except (httpx2.InvalidURL, UnicodeError):
        raise NotAllowed("It leads to an address that cannot be read.") from None
    if target.scheme == "https" and following.scheme != "https":
        raise NotAllowed("It leads from a sealed connection to an open one.")
    return str(following)


@contextmanager
def _asked(
    target: httpx2.URL,
    accept: str,
    policy: Policy,
    deadline: float,
    *,
    method: str = "GET",
    content: bytes | None = None,
    more: dict[str, str] | None = None,
) -> Iterator[httpcore2.Response]:
    # Content that is not compressed is as large as it looks.
    headers: list[tuple[bytes | str, bytes | str]] = [
        ("Host", target.netloc),
        ("Accept", accept),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
        ("User-Agent", _NAME),
        *(more or {}).items(),
    ]
    try:
        with (
            httpcore2.ConnectionPool(
                ssl_context=policy.tls(), network_backend=_PinnedNetwork(policy, deadline)
            ) as pool,
            pool.stream(method, str(target), headers=headers, content=content) as response,
        ):
            yield response
    except httpcore2.TimeoutException:
        raise TooSlow("It took too long.") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError) as error:
        raise Unreachable(f"The server did not answer as a web server does ({type(error).__name__}).") from error


def _content(response: httpcore2.Response, headers: dict[bytes, str], most_bytes: int) -> bytes:
    if headers.get(b"content-encoding", "identity").strip().lower() != "identity":
        raise NotAllowed("It is compressed, though it was asked for as it is.")
    stated = headers.get(b"content-length", "")
    if stated.isdecimal() and int(stated[:20]) > most_bytes:
        raise TooLarge("It is too large.")
    content = bytearray()
    for piece in response.iter_stream():
        content += piece
        if len(content) > most_bytes:
            raise TooLarge("It is too large.")
    return bytes(content)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooSlow("It took too long.")
    return left
