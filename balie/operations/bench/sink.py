"""A program of its own that takes every mail that the desk sends, as quickly as it can; it knows no Django."""

from __future__ import annotations

import asyncio
import sys
from typing import Final

_LARGEST: Final = 64 * 1024 * 1024
_GREETING: Final = b"250-sink.example\r\n250-8BITMIME\r\n250 SIZE\r\n"


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink.example\r\n")
    while line := await reader.readline():
        command = line[:4].upper()
        if command == b"DATA":
            writer.write(b"354 Go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
        writer.write(_GREETING if command == b"EHLO" else b"250 OK\r\n" if command != b"QUIT" else b"221 Bye\r\n")
        if command == b"QUIT":
            break
    writer.close()


async def _serve(port: int) -> None:
    server = await asyncio.start_server(_take, "127.0.0.1", port, limit=_LARGEST)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
