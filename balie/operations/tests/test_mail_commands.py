"""`balie maildoor` and `balie connect mailbox`, as processes."""

import os
import queue
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from balie.channels.email.models import Mailbox
from balie.channels.email.tests.fake_imap import FakeImap, run
from balie.channels.email.tests.postbox import mail, until
from balie.channels.models import Arrival

pytestmark = pytest.mark.usefixtures("committed_cast")


def environment(data: Path) -> dict[str, str]:
    known = connection.settings_dict
    url = (
        f"postgresql://{known['USER']}:{quote(known['PASSWORD'])}@/{known['NAME']}?host={quote(known['HOST'], safe='')}"
    )
    if known["PORT"]:
        url += f"&port={known['PORT']}"
    return {**os.environ, "BALIE_SECRET_KEY": settings.SECRET_KEY, "BALIE_DATABASE_URL": url, "BALIE_DATA": str(data)}


@contextmanager
def maildoor(data: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "balie", "maildoor", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(command, env=environment(data), stdout=subprocess.PIPE, text=True)
    said: queue.Queue[str] = queue.Queue()
    assert process.stdout
    threading.Thread(target=lambda: [said.put(line) for line in process.stdout or []], daemon=True).start()
    try:
        yield process, int(said.get(timeout=60).rpartition(":")[2])
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        process.stdout.close()


def balie(*arguments: str, data: Path, said: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "balie", *arguments]
    return subprocess.run(command, env=environment(data), input=said, capture_output=True, text=True, timeout=60)


def test_the_mail_door_takes_mail_by_both_ways_and_ends_when_asked(tmp_path: Path) -> None:
    with run(FakeImap(mails={1: mail("by imap")})) as fake, maildoor(tmp_path) as (process, port):
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.starttls()
            client.sendmail("ada@balie.example", ["it@desk.localhost"], mail("by smtp"))
        connected = balie(
            "connect", "mailbox", "--team", "it", "--host", "127.0.0.1", "--port", str(fake.port), "--security", "none",
            "--user", "it@balie.example", "--password-stdin", data=tmp_path, said="secret\n",
        )  # fmt: skip
        assert connected.returncode == 0, connected.stderr
        until(lambda: Arrival.objects.count() == 2, seconds=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert {arrival.envelope["door"] for arrival in Arrival.objects.all()} == {"smtp", "imap"}


def test_large_mails_cost_little_memory_however_many_come_at_once(tmp_path: Path) -> None:
    line = "x" * 76 + "\r\n"

    def send(number: int) -> None:
        raw = f"Subject: large {number}\r\n\r\n" + line * (25 * 1024 * 1024 // len(line) - 10)
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.sendmail("ada@balie.example", ["it@desk.localhost"], raw)

    with maildoor(tmp_path) as (process, port):
        before = highest_memory(process.pid)
        senders = [threading.Thread(target=send, args=(number,)) for number in range(4)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert highest_memory(process.pid) - before < 150 * 1024
    assert Arrival.objects.count() == 4


def highest_memory(pid: int) -> int:
    """In KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = balie("maildoor", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1]), data=tmp_path)
    assert refused.returncode == 1
    assert "cannot listen" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_certificate_that_cannot_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    refused = balie("maildoor", "--port", "0", "--tls-cert", str(tmp_path / "nowhere.pem"), data=tmp_path)
    assert refused.returncode == 1
    assert "nowhere.pem" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_mailbox_that_cannot_be_opened_is_not_connected(tmp_path: Path) -> None:
    with run(FakeImap(tokens={"none"})) as fake:
        refused = balie(
            "connect", "mailbox", "--team", "it", "--host", "127.0.0.1", "--port", str(fake.port), "--security", "none",
            "--user", "it@balie.example", "--password-stdin", data=tmp_path, said="hush-hush\n",
        )  # fmt: skip
    assert refused.returncode == 1
    assert "does not accept this user and password" in refused.stderr
    assert "hush-hush" not in refused.stderr
    assert not Mailbox.objects.exists()


def test_a_team_that_is_not_known_is_said(tmp_path: Path) -> None:
    refused = balie(
        "connect", "mailbox", "--team", "no", "--host", "x", "--user", "x", "--password-stdin", data=tmp_path
    )
    assert refused.returncode == 1
    assert "no team" in refused.stderr


def test_a_wrong_setting_sends_no_mail_back_to_who_wrote_it(tmp_path: Path) -> None:
    wrong = {**environment(tmp_path), "BALIE_MAIL_DOMAIN": "not a domain"}
    command = [sys.executable, "-m", "balie", "mail", "receive"]
    refused = subprocess.run(command, env=wrong, input="Hello", capture_output=True, text=True, timeout=60)
    assert refused.returncode == 75
    assert "BALIE_MAIL_DOMAIN" in refused.stderr
