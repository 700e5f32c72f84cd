"""Pages in one thread: takes ASGI requests on the event loop and runs Django's WSGI handler beside it, one page at a time.

Why one thread: many threads in one process thrash over the interpreter's lock and use up PostgreSQL's connections; and Django
under ASGI costs ten times as much a page. The thread never waits for a client: what a client sends is read before the thread
is asked, and what the thread answers is sent after it has gone on.
"""

import asyncio
import logging
import queue
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import partial
from typing import IO, Any, TypeVar, cast
from wsgiref.util import FileWrapper

from django.db import connections

from balie.config.environ import environ_of
from balie.config.shrinking import shrink, takes_gzip

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
T = TypeVar("T")

# The largest mail is 25 MB; a form with files that large has a frame around it.
LARGEST_BODY = 30 * 1024 * 1024
# At 20 ms a page the last of these waits five seconds; who comes after them hears 503 at once.
MOST_WAITING = 256
# A client that sends nothing for so long is not waited for.
SILENCE_SECONDS = 30.0
_KEPT_IN_MEMORY = 1024 * 1024
_CHUNK = 128 * 1024

log = logging.getLogger("balie.web")


class TooLarge(Exception):
    """The body is larger than anything that a form may send."""


class Gone(Exception):
    """The client left, or fell silent, before its request was whole."""


class TooBusy(Exception):
    """More requests wait for the thread than it could answer in good time."""


class Answer:
    """What the WSGI application answered, whole: the thread is done with it."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.file: IO[bytes] | None = None
        self.close: Callable[[], None] | None = None

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        """WSGI's `start_response`."""
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


class PageThread:
    """One thread that works off callables in the order they came; `most_waiting` of them may wait."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._began: float | None = None
        self._thread = threading.Thread(target=self._run, name="pages", daemon=True)
        self._thread.start()

    def busy_seconds(self) -> float:
        """How long the thread has been at what it does now; 0 when it is idle."""
        began = self._began
        return 0.0 if began is None else time.monotonic() - began

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises, from the thread; raises `TooBusy`."""
        if self._work.qsize() >= self._most_waiting:
            raise TooBusy
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            if outcome.cancelled():
                return
            settle: Callable[[], None]
            try:
                settle = partial(_fulfil, outcome, work())
            except BaseException as error:
                settle = partial(_fail, outcome, error)
            loop.call_soon_threadsafe(settle)

        self._work.put(job)
        return await outcome

    def later(self, work: Callable[[], None]) -> None:
        """Do this in the thread, when it comes to it; nobody waits for it."""
        self._work.put(work)

    def stop(self) -> None:
        """End the thread once it has done what waits; returns when it has."""
        self._work.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while (job := self._work.get()) is not None:
            self._began = time.monotonic()
            try:
                job()
            except Exception:
                # Whoever asked has been told, or the event loop has ended; the thread goes on to the next.
                log.exception("page_thread_failed")
            self._began = None
        # A thread's connections can be closed by nobody else.
        connections.close_all()


class Bridge:
    """An ASGI application for HTTP that answers with what the WSGI application `pages` says."""

    def __init__(self, pages: Wsgi, *, thread: PageThread, largest_body: int = LARGEST_BODY) -> None:
        self._pages = pages
        self._thread = thread
        self._largest_body = largest_body

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            body, length = await self._body(scope, receive)
            with body:
                environ = environ_of(scope, body, length=length)
                answer = await self._thread.run(lambda: self._answer(environ))
            if answer.body and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
                answer.body, answer.headers = shrink(answer.body, answer.headers)
        except Gone:
            return
        except TooLarge:
            await answer_plainly(
                send, 413, "This is larger than Balie takes: 30 MB at most.", (b"connection", b"close")
            )
        except TooBusy:
            log.warning("too_busy")
            await answer_plainly(
                send, 503, "Balie is very busy. Please try again in a few seconds.", (b"retry-after", b"3")
            )
        except Exception:
            log.exception("page_failed")
            await answer_plainly(send, 500, "Something went wrong on our side. It has been noted.")
        else:
            await self._send(answer, send, is_head=scope["method"] == "HEAD")

    async def _body(self, scope: Message, receive: Receive) -> tuple[IO[bytes], int]:
        """The request's body, whole and rewound, and its length; a large one is a file on disk."""
        if _announced_length(scope) > self._largest_body:
            raise TooLarge
        body = tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY)  # noqa: SIM115 (the caller closes it)
        size, is_whole = 0, False
        try:
            while not is_whole:
                async with asyncio.timeout(SILENCE_SECONDS):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                if chunk := message.get("body", b""):
                    size += len(chunk)
                    if size > self._largest_body:
                        raise TooLarge
                    body.write(chunk)
                is_whole = not message.get("more_body", False)
        except TimeoutError:
            body.close()
            raise Gone from None
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return cast(IO[bytes], body), size

    def _answer(self, environ: dict[str, Any]) -> Answer:
        """In the thread: the page, whole. An error half-way through a stream is still a clean 500."""
        answer = Answer()
        said = self._pages(environ, answer.start)
        if isinstance(said, FileWrapper):
            answer.file, answer.close = said.filelike, said.filelike.close
            return answer
        try:
            _collect(said, answer, is_head=environ["REQUEST_METHOD"] == "HEAD")
        finally:
            if hasattr(said, "close"):
                said.close()
        return answer

    async def _send(self, answer: Answer, send: Send, *, is_head: bool) -> None:
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            if answer.file is None or is_head:
                await send({"type": "http.response.body", "body": b"" if is_head else answer.body})
                return
            while chunk := await asyncio.to_thread(answer.file.read, _CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            if answer.close is not None:
                # Django's end of a request closes what the request opened, and that belongs to the thread.
                self._thread.later(answer.close)


async def answer_plainly(send: Send, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
    """A short answer in plain text, from where no page can be drawn."""
    body = f"{text}\n".encode()
    fixed = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *headers]})
    await send({"type": "http.response.body", "body": body})


def _collect(said: Iterable[bytes], answer: Answer, *, is_head: bool) -> None:
    """Take all of a page into the answer; what is long goes to disk, so that a slow reader costs no memory."""
    if is_head:
        return
    written = tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    try:
        for chunk in said:
            written.write(chunk)
    except BaseException:
        written.close()
        raise
    size = written.tell()
    written.seek(0)
    if not any(name == b"content-length" for name, _ in answer.headers) and answer.status not in (204, 304):
        answer.headers.append((b"content-length", str(size).encode()))
    if size <= _CHUNK:
        with written:
            answer.body = written.read()
    else:
        answer.file, answer.close = cast(IO[bytes], written), written.close


def _announced_length(scope: Message) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _fulfil(outcome: "asyncio.Future[T]", result: T) -> None:
    if not outcome.done():
        outcome.set_result(result)


def _fail(outcome: "asyncio.Future[T]", error: BaseException) -> None:
    if not outcome.done():
        outcome.set_exception(error)
