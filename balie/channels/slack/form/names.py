"""How ids of Slack are called, as far as it is known."""

from __future__ import annotations

from typing import Protocol


class Names(Protocol):
    """Each answers None for what it does not know; then the text's own label is shown, or the id."""

    def person(self, id: str, /) -> str | None: ...

    def channel(self, id: str, /) -> str | None: ...

    def group(self, id: str, /) -> str | None: ...

    def emoji(self, name: str, /) -> str | None:
        """For one of the workspace's own: the name of the one that it stands for."""
        ...


class NoNames:
    """Knows nobody."""

    def person(self, _id: str, /) -> str | None:
        return None

    def channel(self, _id: str, /) -> str | None:
        return None

    def group(self, _id: str, /) -> str | None:
        return None

    def emoji(self, _name: str, /) -> str | None:
        return None
