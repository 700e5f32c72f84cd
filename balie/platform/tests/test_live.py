"""What is told, who hears it, and what happens when the line or the reader is away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction

from balie.platform import clock
from balie.platform.hub import ENDED, HEARTBEAT, MOST_UNREAD, RESYNC, Hearing, Hub
from balie.platform.listening import address, listen
from balie.platform.live import CHANNEL, TooMuchToTell, tell
from balie.platform.stream import Stream

BEN, DOV = 2, 4


def hearing(person: int, *topics: str, minutes: int = 10) -> Hearing:
    return Hearing(person=person, topics=frozenset(topics), until=clock.now() + timedelta(minutes=minutes))


def hub_of(sessions: dict[str, Hearing | None]) -> Hub:
    async def hears(session: str) -> Hearing | None:
        return sessions.get(session)

    return Hub(hears)


def unread(client: Any) -> list[bytes | None]:
    return [client.frames.get_nowait() for _ in range(client.frames.qsize())]


def notice(*topics: str, **payload: int | str) -> str:
    return json.dumps({"topics": topics, **payload})


def test_a_notice_reaches_who_may_hear_it_and_nobody_else() -> None:
    async def facts() -> None:
        hub = hub_of({"b": hearing(BEN, "team:1"), "d": hearing(DOV, "team:2")})
        ben, dov = await hub.join("b"), await hub.join("d")
        hub.hear(notice("team:1", "person:9", ticket=12, id=5))
        assert unread(ben) == [b'id: 5\ndata: {"ticket":12,"id":5}\n\n']
        assert unread(dov) == []

    asyncio.run(facts())


def test_who_loses_a_team_hears_no_more_of_it() -> None:
    async def facts() -> None:
        sessions: dict[str, Hearing | None] = {"b": hearing(BEN, "team:1")}
        hub = hub_of(sessions)
        ben = await hub.join("b")
        sessions["b"] = hearing(BEN)
        hub.hear(notice(f"rights:{BEN}"))
        await hub.read_next()
        hub.hear(notice("team:1", ticket=12))
        assert unread(ben) == [RESYNC]

    asyncio.run(facts())


def test_the_end_of_a_session_ends_its_stream() -> None:
    async def facts() -> None:
        sessions: dict[str, Hearing | None] = {"b": hearing(BEN, "team:1")}
        hub = hub_of(sessions)
        ben = await hub.join("b")
        del sessions["b"]
        hub.hear(notice("rights"))
        await hub.read_next()
        assert unread(ben) == [ENDED, None]

    asyncio.run(facts())


def test_a_session_that_expires_ends_at_the_next_heartbeat() -> None:
    async def facts() -> None:
        hub = hub_of({"b": hearing(BEN), "d": hearing(DOV)})
        ben, dov = await hub.join("b"), await hub.join("d")
        ben.hearing = hearing(BEN, minutes=-1)
        hub.beat()
        assert unread(ben) == [ENDED, None]
        assert unread(dov) == [HEARTBEAT]

    asyncio.run(facts())


def test_rights_that_change_while_they_are_read_are_read_again() -> None:
    async def facts() -> None:
        answers = [hearing(BEN, "team:1"), hearing(BEN)]

        async def hears(session: str) -> Hearing | None:
            if len(answers) == 2:
                hub.hear(notice(f"rights:{BEN}"))
            return answers.pop(0)

        hub = Hub(hears)
        ben = await hub.join("b")
        assert ben is not None
        assert ben.hearing.topics == frozenset()

    asyncio.run(facts())


def test_rights_that_cannot_be_read_let_nobody_listen_on() -> None:
    async def facts() -> None:
        answers: list[Hearing] = [hearing(BEN, "team:1")]

        async def hears(session: str) -> Hearing | None:
            return answers.pop()

        hub = Hub(hears)
        ben = await hub.join("b")
        hub.hear(notice("rights"))
        await hub.read_next()
        assert ben is not None
        assert ben.let_go.is_set()

    asyncio.run(facts())


def test_a_reader_who_does_not_read_is_let_go() -> None:
    async def facts() -> None:
        hub = hub_of({"b": hearing(BEN, "team:1")})
        ben = await hub.join("b")
        for number in range(MOST_UNREAD + 1):
            hub.hear(notice("team:1", ticket=number))
        assert ben.let_go.is_set()

    asyncio.run(facts())


def scope(*headers: tuple[bytes, bytes], query: bytes = b"", method: str = "GET") -> dict[str, Any]:
    return {"type": "http", "method": method, "query_string": query, "headers": [(b"cookie", b"sessionid=b"), *headers]}


async def opened(hub: Hub, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What a stream says until its reader leaves, who does so at once."""
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    await Stream(hub)(asked, receive, send)
    return said


@pytest.mark.parametrize(
    ("headers", "query", "must_fetch"),
    [
        ([], b"", False),
        ([(b"last-event-id", b"0")], b"", True),
        ([], b"since=9999999999", False),
        ([], b"since=1000000000", True),
        ([], b"since=nonsense", True),
    ],
    ids=["new", "back", "drawn after all that happened", "drawn before", "nonsense"],
)
def test_a_page_that_may_have_missed_something_is_told_to_fetch(
    headers: list[tuple[bytes, bytes]], query: bytes, must_fetch: bool
) -> None:
    hub = hub_of({"b": hearing(BEN, "team:1")})
    hub.listening()
    hub.hear(notice("team:1", ticket=1))
    said = asyncio.run(opened(hub, scope(*headers, query=query)))
    assert said[0]["status"] == 200
    assert (RESYNC in said[1]["body"]) is must_fetch
    assert said[-1] == {"type": "http.response.body", "body": b""}
    assert len(hub) == 0


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (scope(), 401),
        (scope(method="POST"), 405),
        (scope((b"sec-fetch-site", b"cross-site")), 403),
    ],
    ids=["nobody", "post", "from elsewhere"],
)
def test_who_may_not_listen_is_refused(asked: dict[str, Any], status: int) -> None:
    assert asyncio.run(opened(hub_of({}), asked))[0]["status"] == status


def test_a_closing_process_ends_its_streams_at_once() -> None:
    async def facts() -> None:
        hub = hub_of({"b": hearing(BEN)})
        stays: asyncio.Event = asyncio.Event()
        begun = asyncio.Event()
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            await stays.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            said.append(message)
            if len(said) == 2:
                begun.set()

        streaming = asyncio.create_task(Stream(hub)(scope(), receive, send))
        await begun.wait()
        hub.close()
        await asyncio.wait_for(streaming, 5)
        assert said[-1]["body"] == b""
        assert (await opened(hub, scope()))[0]["status"] == 503

    asyncio.run(facts())


async def heard_while(work: Callable[[], None], *, until: int) -> list[dict[str, Any]]:
    """What a real LISTEN connection hears while `work` runs in a thread."""
    heard: list[dict[str, Any]] = []
    listening, enough = asyncio.Event(), asyncio.Event()

    def hear(said: str) -> None:
        heard.append(json.loads(said))
        if len(heard) == until:
            enough.set()

    ear = asyncio.create_task(listen(CHANNEL, on_listening=listening.set, on_notice=hear))
    await asyncio.wait_for(listening.wait(), 10)
    await asyncio.to_thread(work)
    await asyncio.wait_for(enough.wait(), 10)
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)
    return heard


def in_a_thread(work: Callable[[], None]) -> Callable[[], None]:
    """A thread has a Django connection of its own, which it must close."""
    from django.db import connection

    def closing() -> None:
        try:
            work()
        finally:
            connection.close()

    return closing


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_heard_by_nobody() -> None:
    def work() -> None:
        with transaction.atomic():
            tell("team:1", ticket=1)
            transaction.set_rollback(True)
        with transaction.atomic():
            tell("team:1", "person:7", ticket=2)

    heard = asyncio.run(heard_while(in_a_thread(work), until=1))
    assert heard == [{"topics": ["team:1", "person:7"], "ticket": 2}]


@pytest.mark.django_db(transaction=True)
def test_a_lost_line_is_opened_again_and_what_was_missed_is_fetched() -> None:
    async def facts() -> None:
        hub = hub_of({"b": hearing(BEN, "team:1")})
        ben = await hub.join("b")
        times = asyncio.Queue[None]()

        def listening() -> None:
            hub.listening()
            times.put_nowait(None)

        ear = asyncio.create_task(listen(CHANNEL, on_listening=listening, on_notice=hub.hear, name="to be cut"))
        await asyncio.wait_for(times.get(), 10)
        async with await psycopg.AsyncConnection.connect(**address(), autocommit=True) as other:
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to be cut'"
            )
        await asyncio.wait_for(times.get(), 10)
        ear.cancel()
        await asyncio.gather(ear, return_exceptions=True)
        assert unread(ben) == [RESYNC, RESYNC]

    asyncio.run(facts())


@pytest.mark.django_db
def test_what_a_notice_says_is_ids_only_and_so_never_too_long() -> None:
    with pytest.raises(TooMuchToTell):
        tell("team:1", text="x" * 8000)
