"""A mail as it comes over the wire: any dots, in any pieces."""

import asyncio
from pathlib import Path
from tempfile import gettempdir

from hypothesis import given
from hypothesis import strategies as st

from balie.channels.email.smtp_body import Body, Places

_FOLDER = Path(gettempdir())


@given(
    lines=st.lists(st.sampled_from(["", ".", "..", "...", "a", "a.", ".a", "\r", "\n.", "x" * 40]), max_size=30),
    cuts=st.lists(st.integers(1, 50), max_size=60),
)
def test_what_was_written_is_what_is_kept_however_it_was_cut(lines: list[str], cuts: list[int]) -> None:
    written = "".join(f"{line}\r\n" for line in lines).encode()
    sent = b"".join(b"." * line.startswith(b".") + line + b"\r\n" for line in written.split(b"\r\n")[:-1])
    assert asyncio.run(_received(sent + b".\r\n", cuts)) == written


async def _received(sent: bytes, cuts: list[int]) -> bytes:
    reader = asyncio.StreamReader(limit=16)

    async def send() -> None:
        at = 0
        for cut in [*cuts, len(sent)]:
            reader.feed_data(sent[at : at + cut])
            at += cut
            await asyncio.sleep(0)

    with Body(limit=10_000, in_memory=20, folder=_FOLDER, places=Places(1)) as body:
        sending = asyncio.create_task(send())
        await body.read_from(reader)
        await sending
        return body.content()
