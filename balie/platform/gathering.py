"""Many small steps as one: what each would ask is asked once, and what each would write is written at the end, together.

A worker that opens twenty requests in one commit would ask for the same team and call the same pages twenty times. What is
gathered belongs to one transaction, lasts as long as it, and is gone with it: nothing that was read here is believed later, and
nothing is written or called out of what was rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class _Gathered:
    known: dict[Hashable, Any] = field(default_factory=dict)
    owed: dict[Callable[[list[Any]], None], list[Any]] = field(default_factory=dict)


_gathered: ContextVar[_Gathered | None] = ContextVar("gathered", default=None)


@contextmanager
def gathering() -> Iterator[None]:
    """Gather until the end of this block, which stands inside a transaction; a block within another one joins it."""
    if _gathered.get() is not None:
        yield
        return
    mine = _Gathered()
    token = _gathered.set(mine)
    try:
        yield
        while mine.owed:
            # What is written may owe more: who is told of it is called after it.
            write = next(iter(mine.owed))
            write(mine.owed.pop(write))
    finally:
        _gathered.reset(token)


def later(write: Callable[[list[T]], None], thing: T) -> None:
    """Have it written with all others of its kind at the end of the gathering; at once where nothing is gathered."""
    gathered = _gathered.get()
    if gathered is None:
        write([thing])
    else:
        gathered.owed.setdefault(write, []).append(thing)


def remembered(name: Hashable, ask: Callable[[], T]) -> T:
    """The answer, asked once a gathering. Only for rows that nothing within the gathering changes."""
    gathered = _gathered.get()
    if gathered is None:
        return ask()
    if name not in gathered.known:
        gathered.known[name] = ask()
    answer: T = gathered.known[name]
    return answer


def remember(name: Hashable, answer: object) -> None:
    """What `remembered` gives from now on, for whoever asked for many at once; nothing where nothing is gathered."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.known[name] = answer
