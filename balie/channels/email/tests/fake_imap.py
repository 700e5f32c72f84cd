"""A small IMAP server for what a good one seldom does: no IDLE or news in one breath with it, mails that it will not hand over,
sign-in by OAuth 2 only."""

import base64
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class FakeImap:
    """`mails` by number; `poisoned` ones are refused; `tokens` are good for XOAUTH2; `said` is what clients asked.

    `arriving` come when a client begins to wait, and are told together with the consent to that.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    arriving: dict[int, bytes] = field(default_factory=dict)
    poisoned: set[int] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    drops_next: int = 0
    port: int = 0

    def answer(self, command: str) -> tuple[list[bytes], bytes]:
        """Untagged lines, and the end of the tagged one."""
        self.said.append(command)
        verb = command.upper()
        if verb.startswith("CAPABILITY"):
            idle = b" IDLE" if self.arriving else b""
            return [b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2" + idle], b"OK done"
        if verb.startswith("LOGIN"):
            return [], b"NO [AUTHENTICATIONFAILED] Use OAuth" if self.tokens else b"OK done"
        if verb.startswith(("SELECT", "EXAMINE")):
            return [b"* %d EXISTS" % len(self.mails), b"* OK [UIDVALIDITY 7] valid"], b"OK done"
        if verb.startswith("UID SEARCH"):
            first = int(re.findall(r"UID (\d+):", verb)[0])
            found = [uid for uid in sorted(self.mails) if uid >= first] or sorted(self.mails)[-1:]
            return [b"* SEARCH " + b" ".join(b"%d" % uid for uid in found)], b"OK done"
        if verb.startswith("UID FETCH"):
            return self._fetch(verb)
        return [], b"OK done"

    def _fetch(self, verb: str) -> tuple[list[bytes], bytes]:
        uids = [int(uid) for uid in verb.split()[2].split(",")]
        if "BODY" not in verb:
            known = [(uid, uid, len(self.mails[uid])) for uid in uids if uid in self.mails]
            return [b"* %d FETCH (UID %d RFC822.SIZE %d)" % numbers for numbers in known], b"OK done"
        uid = uids[0]
        if uid in self.poisoned:
            return [], b"NO [SERVERBUG] cannot be read"
        raw = self.mails[uid]
        return [b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (uid, uid, len(raw)) + raw + b")"], b"OK done"


@contextmanager
def run(fake: FakeImap) -> Iterator[FakeImap]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            while line := self.rfile.readline():
                if fake.drops_next:
                    fake.drops_next -= 1
                    return
                tag, _, command = line.decode().strip().partition(" ")
                if command.upper().startswith("AUTHENTICATE XOAUTH2"):
                    self.wfile.write(b"+ \r\n")
                    said = base64.b64decode(self.rfile.readline()).decode()
                    fake.said.append(said)
                    token = said.partition("Bearer ")[2].strip("\x01")
                    self.wfile.write(f"{tag} {'OK done' if token in fake.tokens else 'NO bad token'}\r\n".encode())
                    continue
                if command.upper() == "IDLE":
                    fake.said.append(command)
                    fake.mails.update(fake.arriving)
                    news = b"* %d EXISTS\r\n" % len(fake.mails) if fake.arriving else b""
                    fake.arriving = {}
                    self.wfile.write(b"+ idling\r\n" + news)
                    self.rfile.readline()
                    self.wfile.write(tag.encode() + b" OK done\r\n")
                    continue
                lines, end = fake.answer(command)
                self.wfile.write(b"".join(one + b"\r\n" for one in lines) + tag.encode() + b" " + end + b"\r\n")
                if command.upper() == "LOGOUT":
                    return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join(5)
