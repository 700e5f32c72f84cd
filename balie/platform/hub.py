"""Who hears what: takes the notices of one process's LISTEN connection and hands them to its open streams."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from balie.platform import clock

HEARTBEAT_SECONDS = 20.0
# A client that has so many frames unread is not reading; it is let go, and fetches everything when it comes back.
MOST_UNREAD = 64
MOST_REMEMBERED = 500
# Rights are read again at once when somebody tells of a change, and now and then in case nobody did.
_HEARTBEATS_BETWEEN_READINGS = 15
# A page asks the database a little before it says when it was drawn.
_TIME_TO_DRAW = timedelta(seconds=2)

RESYNC = b"event: resync\ndata: {}\n\n"
ENDED = b"event: ended\ndata: {}\n\n"
HEARTBEAT = b":\n\n"

log = logging.getLogger("balie.live")


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """What one session may hear, and until when. `viewer` is who signed in, where that is somebody else."""

    person: int
    viewer: int | None = None
    topics: frozenset[str]
    until: datetime

    @property
    def follows(self) -> set[str]:
        """The calls after which it is read anew."""
        return {f"rights:{person}" for person in (self.person, self.viewer)}


# From the key of a session to what it may hear; None when it is nobody's, or no longer.
Hears = Callable[[str], Awaitable[Hearing | None]]


class Client:
    """One open stream: frames that wait to be sent. `None` ends it."""

    def __init__(self, session: str, hearing: Hearing) -> None:
        self.session = session
        self.hearing = hearing
        self.frames: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_UNREAD)
        self.let_go = asyncio.Event()

    def offer(self, frame: bytes | None) -> None:
        """Queue a frame, or let go of a client that does not read."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.let_go.set()


class Hub:
    """The open streams of one process. All of it runs on the event loop."""

    def __init__(self, hears: Hears, *, on_count: Callable[[int], None] = lambda count: None) -> None:
        """`on_count` is told how many streams are open, whenever that changes."""
        self._hears = hears
        self._on_count = on_count
        self._clients: set[Client] = set()
        self._to_read: asyncio.Queue[Client] = asyncio.Queue()
        self._remembered: deque[tuple[datetime, frozenset[str]]] = deque(maxlen=MOST_REMEMBERED)
        self._listening_since: datetime | None = None
        self._changes_of_rights = 0
        self._beats = 0
        self.is_closed = False

    def __len__(self) -> int:
        return len(self._clients)

    def streams_of(self, person: int) -> int:
        """How many streams this person has open here."""
        return sum(client.hearing.person == person for client in self._clients)

    async def join(self, session: str) -> Client | None:
        """Open a stream for the session; None when it may hear nothing."""
        while True:
            changes = self._changes_of_rights
            hearing = await self._hears(session)
            if hearing is None or hearing.until <= clock.now():
                return None
            # Rights that changed while they were being read are read once more.
            if changes == self._changes_of_rights:
                break
        client = Client(session, hearing)
        self._clients.add(client)
        self._on_count(len(self._clients))
        if self.is_closed:
            client.let_go.set()
        return client

    def leave(self, client: Client) -> None:
        self._clients.discard(client)
        self._on_count(len(self._clients))

    def missed(self, client: Client, *, since: datetime) -> bool:
        """Whether a page drawn at `since` may lack something that this client may hear of."""
        drawn = since - _TIME_TO_DRAW
        if self._listening_since is None or drawn < self._listening_since:
            return True
        if len(self._remembered) == MOST_REMEMBERED and drawn < self._remembered[0][0]:
            return True
        return any(at >= drawn and not topics.isdisjoint(client.hearing.topics) for at, topics in self._remembered)

    def listening(self) -> None:
        """The LISTEN connection is there, perhaps again: nobody knows what was missed."""
        self._listening_since = clock.now()
        self._remembered.clear()
        self._changed(self._clients)
        for client in self._clients:
            client.offer(RESYNC)

    def hear(self, notice: str) -> None:
        """Hand a notice to those who may hear it."""
        said = json.loads(notice)
        topics = frozenset(said.pop("topics"))
        rights = {topic for topic in topics if topic.startswith("rights")}
        if rights:
            self._changed(client for client in self._clients if "rights" in rights or client.hearing.follows & rights)
            topics -= rights
        if not topics:
            return
        if not said.pop("passing", 0):
            self._remembered.append((clock.now(), topics))
        frame = _frame(said)
        for client in self._clients:
            if not topics.isdisjoint(client.hearing.topics):
                client.offer(frame)

    def beat(self) -> None:
        """Keep streams open through proxies, end those of expired sessions, and now and then read everybody's rights."""
        now = clock.now()
        self._beats += 1
        for client in self._clients:
            if client.hearing.until <= now:
                _end(client)
            else:
                client.offer(HEARTBEAT)
        if self._beats % _HEARTBEATS_BETWEEN_READINGS == 0:
            self._changed(self._clients)

    def close(self) -> None:
        """End every stream at once; their pages come back to whichever process is there."""
        self.is_closed = True
        for client in self._clients:
            client.let_go.set()

    async def keep_beating(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self.beat()

    async def keep_reading(self) -> None:
        """Read anew, one after the other, what those may hear whose rights may have changed."""
        while True:
            await self.read_next()

    async def read_next(self) -> None:
        client = await self._to_read.get()
        if client not in self._clients:
            return
        try:
            hearing = await self._hears(client.session)
        except Exception:
            # Who may not be known to hear this hears nothing. The page comes back and asks again.
            log.warning("rights_unreadable", exc_info=True)
            client.let_go.set()
            return
        if hearing is None:
            _end(client)
            return
        if hearing.topics != client.hearing.topics:
            client.offer(RESYNC)
        client.hearing = hearing

    def _changed(self, clients: Iterable[Client]) -> None:
        self._changes_of_rights += 1
        for client in clients:
            self._to_read.put_nowait(client)


def _end(client: Client) -> None:
    client.offer(ENDED)
    client.offer(None)


def _frame(said: dict[str, int | str | None]) -> bytes:
    head = f"id: {said['id']}\n" if isinstance(said.get("id"), int) else ""
    return f"{head}data: {json.dumps(said, separators=(',', ':'))}\n\n".encode()
