"""A whole desk of real processes is killed, starved and stopped while mail flows: nothing that it took is lost."""

import os
import re
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

import httpx2
import pytest

from balie.channels.email.tests.postbox import Wire
from balie.operations.tests.desk import TO, Desk, Post, mail, until

# `BALIE_TEST_MAILS=2000 pytest …` for the thorough run.
MAILS = int(os.environ.get("BALIE_TEST_MAILS", "200"))
PATIENCE = 60 + MAILS / 5
OF_SUBJECT = (
    "SELECT count(*) FROM tickets_message m JOIN tickets_ticket t ON t.number = m.ticket_id WHERE t.subject LIKE %s"
)
PENDING_MAILS = "SELECT count(*) FROM channels_arrival WHERE state IN ('waiting', 'retrying')"
ANSWERS = "SELECT count(*) FROM tickets_message WHERE text LIKE 'Answer to %%'"
OWED_REPLIES = "SELECT count(*) FROM channels_delivery WHERE state IN ('owed', 'retrying') AND purpose <> 'notice'"


def is_ready(desk: Desk) -> int:
    """What `/readyz` answers; 0 when nobody does."""
    try:
        return httpx2.get(f"{desk.url}/readyz", timeout=5).status_code
    except httpx2.HTTPError:
        return 0


def mails(name: str, many: int) -> list[tuple[str, bytes]]:
    return [mail(f"{name}{number}@outside.example", subject=f"{name} {number}") for number in range(many)]


class Expert:
    """Ben, who answers every fourth mail on its page, and presses the button again when no page came back."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk, self.name = desk, name
        self.answered: set[int] = set()
        self._closing = ExitStack()
        self._has_gone = threading.Event()
        self._thread = threading.Thread(target=self._answer, daemon=True)

    def __enter__(self) -> "Expert":
        self._client = self._closing.enter_context(self.desk.browser())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._has_gone.set()
        self._thread.join(30)
        self._closing.close()

    def _answer(self) -> None:
        self._client.get("/requests/")
        token = next(cookie.value for cookie in self._client.cookies.jar if cookie.name == "csrftoken")
        while not self._has_gone.wait(0.05):
            with suppress(Exception):  # the database is being killed meanwhile
                for (number,) in self.desk.rows(
                    "SELECT number FROM tickets_ticket WHERE subject LIKE %s AND number %% 4 = 0", f"{self.name} %"
                ):
                    if number not in self.answered and not self._has_gone.is_set():
                        self._reply(number, token)

    def _reply(self, number: int, token: str) -> None:
        written = {"kind": "reply", "then": "stay", "text": f"Answer to {number}", "once": f"answer-{number}"}
        with suppress(httpx2.HTTPError):
            said = self._client.post(
                f"/requests/{number}/messages", data={**written, "csrfmiddlewaretoken": token},
                headers={"Origin": self.desk.url},
            )  # fmt: skip
            if said.status_code == 302:
                self.answered.add(number)


def test_each_part_is_killed_in_turn_and_no_mail_and_no_reply_is_lost(desk: Desk) -> None:
    sent_before = len(desk.sink.taken)
    with Expert(desk, "Killed") as ben, Post(desk.smtp_port, mails("Killed", MAILS)) as post:
        parts = ("worker", "maildoor", "web", "database") * 2
        for turn, part in enumerate(parts):
            share = MAILS * turn // len(parts)
            until(partial(_has_taken, post, share), within=PATIENCE, what="taking")
            desk.kill(part)
        until(lambda: post.is_done, within=PATIENCE, what="sending")
        until(lambda: desk.count(PENDING_MAILS) == 0, within=PATIENCE, what="understanding")
        wanted = desk.rows("SELECT number FROM tickets_ticket WHERE subject LIKE 'Killed %%' AND number %% 4 = 0")
        until(lambda: len(ben.answered) == len(wanted), within=PATIENCE, what="answering")
    # An answer can be taken back for ten seconds; only then is it said.
    until(lambda: desk.count(ANSWERS) == len(wanted), within=PATIENCE, what="saying")
    until(lambda: desk.count(OWED_REPLIES) == 0, within=PATIENCE, what="delivering")

    assert post.taken == MAILS
    incoming = desk.rows(
        "SELECT t.subject, count(*) FROM tickets_message m JOIN tickets_ticket t ON t.number = m.ticket_id "
        "WHERE t.subject LIKE 'Killed %%' AND m.direction = 'in' GROUP BY 1"
    )
    assert dict(incoming) == {f"Killed {number}": 1 for number in range(MAILS)}
    replies = desk.rows("SELECT ticket_id, count(*) FROM tickets_message WHERE text LIKE 'Answer to %%' GROUP BY 1")
    assert dict(replies) == dict.fromkeys(ben.answered, 1)
    owed = desk.rows(
        "SELECT d.external_id, d.state, d.purpose FROM channels_delivery d JOIN tickets_ticket t ON t.number = d.ticket_id "
        "WHERE t.subject LIKE 'Killed %%' AND d.purpose <> 'notice'"
    )
    assert len(owed) == MAILS + len(replies)
    assert {state for _name, state, _purpose in owed} == {"sent"}
    arrived = Counter(str(one["Message-ID"]).strip("<>") for one in desk.sink.mails[sent_before:])
    assert {name for name, _state, _purpose in owed} <= set(arrived)
    # Twice only when a kill fell between the server's OK and our commit: for each thread of the workers one answer at most, or
    # the confirmations that leave together.
    for purpose, most in (("reply", 1), ("confirmation", 10)):
        assert sum(arrived[name] - 1 for name, _state, of in owed if of == purpose) <= 4 * 4 * most


def _has_taken(post: Post, share: int) -> bool:
    return post.taken >= share


def test_the_database_is_away_for_a_while(desk: Desk) -> None:
    with desk.browser() as ben, listening(ben, desk) as heard:
        with ExitStack() as sending:
            with desk.database_away():
                until(lambda: is_ready(desk) == 503, within=20, what="not ready")
                post = sending.enter_context(Post(desk.smtp_port, mails("Away", 30)))
                until(lambda: 451 in post.answers, within=20, what="the door's 451")
            until(lambda: is_ready(desk) == 200, within=30, what="ready")
            until(lambda: post.is_done, within=30)
        until(lambda: desk.count(OF_SUBJECT, "Away %") == 30, within=60, what="understanding")
        until(lambda: "event: resync" in heard, within=30, what="resync")
        assert ben.get("/requests/").status_code == 200
    assert post.answers <= {0, 451, 421}


@contextmanager
def listening(browser: httpx2.Client, desk: Desk) -> Iterator[list[str]]:
    """What an open page hears."""
    lines: list[str] = []
    request = (
        b"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid=%b\r\n\r\n" % browser.cookies["sessionid"].encode()
    )
    with socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.sendall(request)

        def hear() -> None:
            with suppress(OSError), line.makefile("rb") as said:
                lines.extend(one.decode().strip() for one in said)

        thread = threading.Thread(target=hear, daemon=True)
        thread.start()
        until(lambda: "id: 0" in lines, within=20, what="the stream")
        yield lines
        line.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_the_disk_is_full(desk: Desk) -> None:
    large = os.urandom(90_000).hex()
    folded = "\r\n".join(large[at : at + 70] for at in range(0, len(large), 70))
    # The large ones are kept as files, the small ones in the database alone: there is room for neither.
    many = [mail(f"full{n}@outside.example", subject=f"Full {n}", body=folded if n % 2 else "Small") for n in range(10)]
    with desk.disk_full(beyond=64 * 1024), Post(desk.smtp_port, many) as post:
        until(lambda: 451 in post.answers, within=30, what="the door's 451")
    with Post(desk.smtp_port, many) as post:
        until(lambda: post.is_done, within=30)
    until(lambda: desk.count(OF_SUBJECT, "Full %") == 10, within=60, what="understanding")
    assert is_ready(desk) == 200


@pytest.mark.parametrize("code", ["XX000", "54000"])
def test_a_fault_planted_for_one_mail_holds_up_that_mail_alone(desk: Desk, code: str) -> None:
    name = f"Planted{code}"
    plant(desk, subject=f"{name} 3", code=code)
    error = "SELECT error FROM channels_arrival WHERE state = 'retrying' AND envelope ->> 'mail_from' = %s"
    sender = f"{name}3@outside.example"
    try:
        with Post(desk.smtp_port, mails(name, 10)) as post:
            until(lambda: post.is_done, within=30)
        until(lambda: desk.count(OF_SUBJECT, f"{name} %") == 9, within=20, what="the others")
        until(lambda: desk.rows(error, sender), within=20, what="its error")
        assert "planted" in desk.rows(error, sender)[0][0]
    finally:
        desk.rows("DROP TRIGGER planted ON tickets_ticket")
    retry(desk, sender=sender)
    until(lambda: desk.count(OF_SUBJECT, f"{name} %") == 10, within=20, what="the cure")


def plant(desk: Desk, *, subject: str, code: str) -> None:
    desk.rows(
        "CREATE OR REPLACE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{code}'; END $$"
    )
    desk.rows(
        "CREATE TRIGGER planted BEFORE INSERT ON tickets_ticket FOR EACH ROW "
        f"WHEN (NEW.subject = '{subject}') EXECUTE FUNCTION planted()"
    )


def retry(desk: Desk, *, sender: str) -> None:
    """What `arrival.try_again()` writes."""
    desk.rows(
        "UPDATE channels_arrival SET state = 'waiting', attempts = 0, next_attempt_at = now() "
        "WHERE envelope ->> 'mail_from' = %s AND state = 'retrying'",
        sender,
    )
    desk.rows("SELECT pg_notify('balie_arrivals', '')")


def test_a_stop_takes_less_than_ten_seconds_and_what_was_begun_is_finished(desk: Desk) -> None:
    assert desk.process
    with socket.create_connection(("127.0.0.1", desk.port)) as line, Wire(desk.smtp_port) as wire:
        wire.greet().begin_mail(TO.encode())
        wire.send(b"From: ada@outside.example\r\nSubject: Stopped 1\r\n\r\nHalf of it\r\n")
        line.sendall(b"POST /sign-in/link/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nemail")
        # Asked after both, and answered: what came before it has been read.
        assert is_ready(desk) == 200
        begun = time.monotonic()
        desk.process.terminate()
        until(lambda: not _listens(desk.port), within=5, what="closing the port")
        line.sendall(b"=ada1")
        assert re.match(rb"HTTP/1.1 [234]", line.recv(100))
        assert wire.ask(b"The other half\r\n.").startswith("250")
        line.shutdown(socket.SHUT_RDWR)
    assert desk.process.wait(15) == 0
    assert time.monotonic() - begun < 10
    desk.start()
    until(lambda: desk.count(OF_SUBJECT, "Stopped %") == 1, within=20)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_a_second_run_on_the_same_folder_says_so_and_ends(desk: Desk) -> None:
    other = Desk(folder=desk.folder, sink=desk.sink)
    said = subprocess.run(
        other.command(), env=other.environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert said.returncode == 1
    assert "already runs" in said.stderr
    assert is_ready(desk) == 200
