"""What may come in from Slack, in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, kw_only=True)
class Posted:
    """Somebody wrote. `message` is the event; `in_person` when it was written to the bot alone."""

    user: str
    place: str
    ts: str
    thread_ts: str
    in_person: bool
    is_mention: bool
    message: Mapping[str, Any]

    @property
    def begins(self) -> bool:
        """Whether it stands by itself, in no thread."""
        return not self.thread_ts or self.thread_ts == self.ts


@dataclass(frozen=True, kw_only=True)
class Edited:
    """`at` is the ts of the edit: of two, the later counts, whichever comes first."""

    place: str
    ts: str
    at: str
    user: str
    message: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """`author` is who had written it; "" when Slack does not say."""

    place: str
    ts: str
    author: str


@dataclass(frozen=True, kw_only=True)
class Reacted:
    user: str
    emoji: str
    place: str
    ts: str
    author: str


@dataclass(frozen=True, kw_only=True)
class HomeOpened:
    user: str


@dataclass(frozen=True, kw_only=True)
class LinksShared:
    """`unfurl` is what chat.unfurl names the message by; `in_person` when it was posted to the bot alone."""

    user: str
    place: str
    in_person: bool
    unfurl: Mapping[str, str]
    links: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MemberChanged:
    member: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ChannelRenamed:
    place: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ChannelClosed:
    """`how` is "archived", "deleted" or "removed", when we were taken out of it; "" when it is open to us again."""

    place: str
    how: str


@dataclass(frozen=True, kw_only=True)
class ChannelMoved:
    """The channel has another id than before: a private one was shared with another company."""

    place: str
    now: str


@dataclass(frozen=True, kw_only=True)
class NamesChanged:
    """The workspace has other emoji or groups than before."""


@dataclass(frozen=True, kw_only=True)
class Revoked:
    """The app was uninstalled, or its token withdrawn; `at` is when, in seconds since 1970."""

    why: str
    at: int


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button, or a choice of a menu. `place` and `ts` name the message that it stands on, when there is one."""

    user: str
    action: str
    value: str
    trigger: str
    place: str = ""
    ts: str = ""
    thread_ts: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A shortcut or the command: somebody wants the form for a new request, perhaps about a message."""

    user: str
    trigger: str
    text: str = ""
    place: str = ""
    message: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """A form that was sent. `values` are by the ids of its fields, `about` is what we gave it along."""

    user: str
    form: str
    values: Mapping[str, str]
    about: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A message that somebody marked with an emoji, fetched by us."""

    user: str
    place: str
    message: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Nothing follows from it, and why."""

    why: str


Heard: TypeAlias = (
    Posted | Edited | Deleted | Reacted | HomeOpened | LinksShared | MemberChanged | ChannelRenamed | ChannelClosed
    | ChannelMoved | NamesChanged | Revoked | Pressed | Wanted | Submitted | Fetched | Nothing
)  # fmt: skip
