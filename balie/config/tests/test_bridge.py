"""Pages through the bridge: bodies of every size, streams, files, overload and errors."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from balie.config.bridge import Bridge, PageThread
from balie.config.tests.client import Reply, ask, scope


@contextmanager
def one_thread(**limits: int) -> Iterator[PageThread]:
    thread = PageThread(**limits)
    try:
        yield thread
    finally:
        thread.stop()


def reply_of(pages: Any, asked: dict[str, Any], *, largest_body: int = 30 * 1024 * 1024, **how: Any) -> Reply:
    with one_thread() as thread:
        return asyncio.run(ask(Bridge(pages, thread=thread, largest_body=largest_body), asked, **how))


def echo(environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [("X-Length", environ["CONTENT_LENGTH"]), ("X-Thread", threading.current_thread().name)])
    return [environ["wsgi.input"].read()]


def test_a_page_is_drawn_in_the_page_thread() -> None:
    reply = reply_of(echo, scope("/"))
    assert (reply.status, reply.headers["x-thread"]) == (200, "pages")


def test_a_body_in_pieces_reaches_the_page_whole() -> None:
    reply = reply_of(echo, scope("/", method="POST"), body=[b"a" * 70_000] * 40)
    assert len(reply.body) == 2_800_000
    assert reply.headers["x-length"] == reply.headers["content-length"] == "2800000"


def test_the_length_is_counted_and_not_believed() -> None:
    asked = scope("/", method="POST", headers=[("content-length", "3")])
    assert reply_of(echo, asked, body=[b"four"]).headers["x-length"] == "4"


@pytest.mark.parametrize("headers", [[("content-length", "11")], []], ids=["announced", "chunked"])
def test_a_body_that_is_too_large_is_refused(headers: list[tuple[str, str]]) -> None:
    reply = reply_of(echo, scope("/", method="POST", headers=headers), body=[b"123456"] * 2, largest_body=10)
    assert (reply.status, reply.headers["connection"]) == (413, "close")


def test_a_client_that_leaves_in_its_body_never_reaches_a_page() -> None:
    reached: list[str] = []

    def page(environ: dict[str, Any], start: Any) -> list[bytes]:
        reached.append("page")
        return echo(environ, start)

    assert reply_of(page, scope("/", method="POST"), body=[b"half"], leaves=True).status == 0
    assert not reached


def test_a_head_request_gets_the_headers_and_no_body() -> None:
    def page(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [("Content-Length", "5")])
        return [b"hello"]

    reply = reply_of(page, scope("/", method="HEAD"))
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", "5")


def test_a_long_stream_arrives_whole() -> None:
    def page(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        for _ in range(300):
            yield b"x" * 10_000

    assert len(reply_of(page, scope("/")).body) == 3_000_000


def test_a_stream_that_breaks_half_way_is_an_error_and_not_half_a_page() -> None:
    def page(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"secret half"
        raise ValueError("password of the database")

    reply = reply_of(page, scope("/"))
    assert reply.status == 500
    assert b"secret" not in reply.body
    assert b"password" not in reply.body


def test_a_file_is_sent_and_then_closed_in_the_page_thread(tmp_path: Path) -> None:
    closed_in: list[str] = []

    class Watched(io.FileIO):
        def close(self) -> None:
            if not self.closed:
                closed_in.append(threading.current_thread().name)
            super().close()

    kept = tmp_path / "scan.pdf"
    kept.write_bytes(b"%PDF" * 100_000)

    def page(environ: dict[str, Any], start: Any) -> Any:
        start("200 OK", [("Content-Length", "400000")])
        return environ["wsgi.file_wrapper"](Watched(str(kept)))

    assert reply_of(page, scope("/")).body == kept.read_bytes()
    assert closed_in == ["pages"]


def test_who_comes_when_too_many_wait_is_asked_to_come_back() -> None:
    may_go_on = threading.Event()

    def page(environ: dict[str, Any], start: Any) -> list[bytes]:
        may_go_on.wait(10)
        return echo(environ, start)

    async def crowd() -> list[Reply]:
        with one_thread(most_waiting=2) as thread:
            bridge = Bridge(page, thread=thread)
            asking = [asyncio.create_task(ask(bridge, scope("/"))) for _ in range(8)]
            done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            assert {task.result().status for task in done} == {503}
            may_go_on.set()
            return list(await asyncio.gather(*asking))

    replies = asyncio.run(crowd())
    refused = [reply for reply in replies if reply.status == 503]
    assert 5 <= len(refused) <= 6
    assert all(reply.headers["retry-after"] == "3" for reply in refused)
    assert {reply.status for reply in replies} == {200, 503}


def test_addresses_and_headers_come_as_wsgi_wants_them() -> None:
    seen: dict[str, Any] = {}

    def page(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.update(environ)
        return echo(environ, start)

    headers = [("Host", "desk.example"), ("Cookie", "a=1"), ("Cookie", "b=2"), ("X_Forwarded_Proto", "https")]
    reply_of(page, scope("/caf%C3%A9", headers=headers, query="q=%20"))
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert (seen["HTTP_HOST"], seen["HTTP_COOKIE"], seen["QUERY_STRING"]) == ("desk.example", "a=1; b=2", "q=%20")
    assert "HTTP_X_FORWARDED_PROTO" not in seen
