"""Reads what follows DATA: until CR LF . CR LF and no other end, in pieces, the large ones on the disk."""

import asyncio
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Self

_END = b"\r\n.\r\n"
_LINE = b"\r\n"
# A doubled dot at the start of a line (RFC 5321, 4.5.2), and what may become one when more comes.
_DOUBLED, _SINGLE = b"\r\n..", b"\r\n."
_BEGUN = (b"\r\n.", b"\r\n", b"\r")


class TooLarge(Exception):
    """The mail is larger than the door takes; all of it has been read."""


class NeverEnds(Exception):
    """The client sent far more than the door takes, and is still sending."""


class NoPlace(Exception):
    """Too many large mails are coming in at this moment; all of this one has been read, and nothing of it is left."""


class Places:
    """How many large mails may wait on the disk."""

    def __init__(self, count: int) -> None:
        self._free = count

    def take(self) -> None:
        """Take a place; raises `NoPlace`."""
        if self._free < 1:
            raise NoPlace
        self._free -= 1

    def give_back(self) -> None:
        self._free += 1


class Body:
    """A mail as it comes in. Only this end counts: servers that also take a bare line feed before or after the dot can be made
    to see two mails where others see one ("SMTP smuggling"). A bare line feed within is kept as it came."""

    def __init__(self, *, limit: int, in_memory: int, folder: Path, places: Places) -> None:
        self.size = 0
        self._limit = limit
        self._in_memory = in_memory
        self._places = places
        self._has_place = False
        self._begun = b""
        # Closed by __exit__.
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=in_memory, dir=str(folder))  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self._has_place:
            self._places.give_back()

    async def read_from(self, reader: asyncio.StreamReader) -> None:
        """Read the body up to its end; raises `TooLarge`, `NeverEnds`, `NoPlace`, or `OSError` when the disk is full.

        Except for what never ends, all of it has been read by then, so that the client is there to hear the answer.
        """
        # As if the line break after DATA stood here, so that a dot in the very first line is seen like any other.
        reader._buffer[:0] = _LINE  # type: ignore[attr-defined]  # a stream has no other way to look ahead
        fault: OSError | NoPlace | None = None
        while True:
            try:
                piece, is_last = await reader.readuntil(_END), True
            except asyncio.LimitOverrunError as overrun:
                piece, is_last = await reader.readexactly(overrun.consumed), False
            self.size += len(piece)
            if self.size > 2 * self._limit + len(_END):
                raise NeverEnds
            fault = fault or self._add(piece, is_last=is_last)
            if is_last:
                break
        self.size -= len(_END)
        if self.size > self._limit:
            raise TooLarge
        if fault:
            raise fault
        self._file.truncate(self._file.tell() - len(_END) + len(_LINE))

    def content(self) -> bytes:
        """The mail, without the dots that transport doubled. A large one is in memory once, and not in pieces besides."""
        self._file.seek(len(_LINE))
        return self._file.read()

    def _add(self, piece: bytes, *, is_last: bool) -> OSError | NoPlace | None:
        if self.size > self._limit + len(_LINE) + len(_END):
            return None
        try:
            if self.size > self._in_memory and not self._has_place:
                self._places.take()
                self._has_place = True
            self._file.write(self._single_dots(piece, is_last=is_last))
        except (OSError, NoPlace) as fault:
            return fault
        return None

    def _single_dots(self, piece: bytes, *, is_last: bool) -> bytes:
        """The piece as its sender wrote it; the start of what may be a doubled dot waits for the next piece."""
        piece = self._begun + piece
        self._begun = b"" if is_last else next((end for end in _BEGUN if piece.endswith(end)), b"")
        return piece[: len(piece) - len(self._begun)].replace(_DOUBLED, _SINGLE)
