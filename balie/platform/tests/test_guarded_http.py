"""Nobody outside makes the desk fetch what is inside."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from balie.platform import clock
from balie.platform.guarded_http import (
    NotAllowed,
    Policy,
    TooLarge,
    TooSlow,
    Unreachable,
    fetch_guarded,
    is_public,
)
from balie.platform.tests.serving import served

PRIVATE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "fe80::1", "fe80::1%1", "fc00::1", "fd12::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
    "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


class Site(BaseHTTPRequestHandler):
    """A web server with good and bad pages."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str, str]] = []

    def do_GET(self) -> None:
        self.asked.append((self.headers["Host"], self.path, self.headers["Accept-Encoding"]))
        page = self.path.strip("/").partition("?")[0]
        if page == "large":
            self._answer({"Content-Length": "5000"}, b"x" * 5000)
        elif page == "endless":
            self._answer({"Transfer-Encoding": "chunked"}, b"400\r\n" + b"x" * 1024 + b"\r\n", times=1000)
        elif page == "gzip":
            self._answer({"Content-Encoding": "gzip", "Content-Length": "3"}, b"abc")
        elif page == "round":
            self._answer({"Location": "/round", "Content-Length": "0"}, b"", status=302)
        elif page.startswith("to/"):
            self._answer({"Location": page[3:], "Content-Length": "0"}, b"", status=302)
        elif page == "missing":
            self._answer({"Content-Length": "0"}, b"", status=404)
        else:
            self._answer({"Content-Type": "Image/PNG; charset=x", "Content-Length": "5"}, b"hello")

    def _answer(self, headers: dict[str, str], body: bytes, *, status: int = 200, times: int = 1) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for _ in range(times):
                self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            # Whoever asked has heard enough.
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def port() -> Iterator[int]:
    Site.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = False
    with served(server):
        yield server.server_address[1]


def open_to(port: int, *, resolve: Callable[[str, int], list[str]] | None = None) -> Policy:
    """A policy for tests: every name but those of "private" leads to the local server."""

    def local(host: str, _: int) -> list[str]:
        return ["10.0.0.1"] if host.startswith("private") else ["127.0.0.1"]

    return Policy(allows=lambda address: address == "127.0.0.1", ports=frozenset({port}), resolve=resolve or local)


@contextmanager
def talker(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server of its own manners."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    speak(connection)
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def certificate_of(host: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key(), serial_number=1)
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(plain + certificate.public_bytes(encoding))
    return path


@pytest.mark.parametrize("address", PRIVATE)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_outer_address_is_public(address: str) -> None:
    assert is_public(address)


def test_a_public_page_is_fetched(port: int) -> None:
    fetched = fetch_guarded(f"http://shop.example:{port}/logo?a=1#x", policy=open_to(port))
    assert (fetched.status, fetched.media_type, fetched.content) == (200, "image/png", b"hello")
    assert fetched.url == f"http://shop.example:{port}/logo?a=1"
    assert Site.asked == [(f"shop.example:{port}", "/logo?a=1", "identity")]


def test_what_a_server_refuses_is_told(port: int) -> None:
    assert fetch_guarded(f"http://shop.example:{port}/missing", policy=open_to(port)).status == 404


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "0"],
)
def test_the_desk_itself_is_never_fetched(port: int, host: str) -> None:
    with pytest.raises((NotAllowed, Unreachable)):
        fetch_guarded(f"http://{host}:{port}/", policy=Policy(ports=frozenset({port})))
    assert Site.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://shop.example/", "gopher://shop.example/", "data:,x", "javascript:alert(1)",
        "shop.example",
        "//shop.example/", "http://", "http:///x", "", "http://[::1", "http://a\nb/", "http://shop.example:22/",
        "http://shop.example:99999/", "http://ada:secret@shop.example/", "http://ada@shop.example/",
    ],
)  # fmt: skip
def test_only_plain_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(NotAllowed):
        fetch_guarded(url, policy=Policy(resolve=lambda *_: pytest.fail("nothing is looked up")))


def test_a_redirect_leads_on(port: int) -> None:
    fetched = fetch_guarded(f"http://shop.example:{port}/to/http://cdn.example:{port}/logo", policy=open_to(port))
    assert fetched.content == b"hello"
    assert fetched.url == f"http://cdn.example:{port}/logo"


@pytest.mark.parametrize("target", ["http://private.example:{port}/", "http://cdn.example:22/", "file:///etc/passwd"])
def test_a_redirect_does_not_lead_inside(port: int, target: str) -> None:
    with pytest.raises(NotAllowed):
        fetch_guarded(f"http://shop.example:{port}/to/{target.format(port=port)}", policy=open_to(port))


def test_redirects_end(port: int) -> None:
    with pytest.raises(NotAllowed, match="too often"):
        fetch_guarded(f"http://shop.example:{port}/round", policy=open_to(port), most_redirects=2)
    assert len(Site.asked) == 3


def test_a_name_is_looked_up_once_and_that_answer_is_used(port: int) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    policy = open_to(port, resolve=lambda *_: answers.pop(0))
    assert fetch_guarded(f"http://rebinding.example:{port}/", policy=policy).content == b"hello"
    assert len(answers) == 1


def test_one_inner_address_among_outer_ones_is_refused(port: int) -> None:
    with pytest.raises(NotAllowed):
        fetch_guarded(
            f"http://shop.example:{port}/", policy=open_to(port, resolve=lambda *_: ["127.0.0.1", "10.0.0.1"])
        )
    assert Site.asked == []


def test_proxies_of_the_surroundings_are_not_a_way_in(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert fetch_guarded(f"http://shop.example:{port}/", policy=open_to(port)).content == b"hello"


@pytest.mark.parametrize("page", ["large", "endless"])
def test_too_much_is_not_read(port: int, page: str) -> None:
    with pytest.raises(TooLarge):
        fetch_guarded(f"http://shop.example:{port}/{page}", policy=open_to(port), most_bytes=4_999)


def test_just_enough_is_read(port: int) -> None:
    fetched = fetch_guarded(f"http://shop.example:{port}/large", policy=open_to(port), most_bytes=5_000)
    assert len(fetched.content) == 5_000


def test_what_would_grow_when_unpacked_is_refused(port: int) -> None:
    with pytest.raises(NotAllowed, match="compressed"):
        fetch_guarded(f"http://shop.example:{port}/gzip", policy=open_to(port))


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_does_not_hold_us(start: bytes) -> None:
    heard_enough = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        while start and not heard_enough.wait(0.02):
            connection.sendall(b"x")
        heard_enough.wait(10)

    with talker(drip) as port:
        before = time.monotonic()
        with pytest.raises(TooSlow):
            fetch_guarded(f"http://slow.example:{port}/", policy=open_to(port), most_seconds=0.2)
        assert time.monotonic() - before < 2
        heard_enough.set()


@pytest.mark.parametrize("said", [b"", b"220 mail.example ESMTP\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
def test_a_server_that_does_not_speak_http_is_unreachable(said: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(1_000)
        connection.sendall(said)

    with talker(speak) as port, pytest.raises(Unreachable):
        fetch_guarded(f"http://mail.example:{port}/", policy=open_to(port))


def test_a_sealed_page_is_fetched_if_its_certificate_names_the_host(port: int, tmp_path: Path) -> None:
    certificate = certificate_of("shop.example", tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    believing = ssl.create_default_context(cafile=str(certificate))

    def speak(connection: socket.socket) -> None:
        with serving.wrap_socket(connection, server_side=True) as sealed:
            sealed.recv(10_000)
            sealed.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    with talker(speak) as port:
        policy = replace(open_to(port), tls=lambda: believing)
        assert fetch_guarded(f"https://shop.example:{port}/", policy=policy).content == b"hello"
    with talker(speak) as port:
        policy = replace(open_to(port), tls=lambda: believing)
        with pytest.raises(Unreachable):
            fetch_guarded(f"https://other.example:{port}/", policy=policy)


def test_a_server_without_a_certificate_of_its_name_is_unreachable(port: int) -> None:
    with pytest.raises(Unreachable):
        fetch_guarded(f"https://shop.example:{port}/", policy=open_to(port))


def test_an_unknown_name_and_a_closed_door_are_unreachable() -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror

    with pytest.raises(Unreachable):
        fetch_guarded("http://nowhere.invalid/", policy=Policy(resolve=unknown))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable):
        fetch_guarded(f"http://shop.example:{port}/", policy=open_to(port))
