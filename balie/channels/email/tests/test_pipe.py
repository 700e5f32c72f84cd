"""`balie mail receive`, as a mail server calls it."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from balie.channels.email import reply_address
from balie.channels.email.tests.postbox import mail
from balie.channels.models import Arrival

pytestmark = pytest.mark.usefixtures("committed_cast")

LIMIT = 25 * 1024 * 1024


def receive(raw: bytes, *options: str, data: Path, database: str = "", largest_file: int = 0) -> int:
    known = connection.settings_dict
    url = (
        f"postgresql://{known['USER']}:{quote(known['PASSWORD'])}@/{known['NAME']}?host={quote(known['HOST'], safe='')}"
    )
    if known["PORT"]:
        url += f"&port={known['PORT']}"
    environment = {
        **os.environ,
        "BALIE_SECRET_KEY": settings.SECRET_KEY,
        "BALIE_DATABASE_URL": database or url,
        "BALIE_DATA": str(data),
    }

    def confine() -> None:
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    command = [sys.executable, "-m", "balie", "mail", "receive", *options]
    finished = subprocess.run(command, input=raw, env=environment, preexec_fn=confine, timeout=60, capture_output=True)
    assert b"Traceback" not in finished.stderr, finished.stderr.decode()
    return finished.returncode


def recipients() -> list[str]:
    return sorted(arrival.envelope["recipient"] for arrival in Arrival.objects.all())


def test_a_mail_is_stored_for_the_address_that_the_server_names(tmp_path: Path) -> None:
    assert receive(mail(), "--to", "Facilities+door@desk.localhost", "--from", "ada@balie.example", data=tmp_path) == 0
    arrival = Arrival.objects.get()
    assert arrival.content() == mail()
    assert arrival.envelope["door"] == "pipe"
    assert arrival.envelope["mail_from"] == "ada@balie.example"
    assert recipients() == ["facilities@desk.localhost"]


def test_without_an_address_the_servers_own_note_counts_before_what_the_sender_wrote(tmp_path: Path) -> None:
    reply = reply_address.write(team_address="it", ticket=12, person=7)
    assert receive(f"Delivered-To: {reply}@desk.localhost\r\n".encode() + mail(), data=tmp_path) == 0
    assert recipients() == [f"{reply}@desk.localhost"]


def test_without_any_note_it_is_for_those_it_is_written_to(tmp_path: Path) -> None:
    copies = "Cc: Dov <facilities@desk.localhost>, x@elsewhere.example\r\n"
    raw = b"From ada@balie.example Mon Nov 23 10:00:00 2026\n" + mail(more=copies)
    assert receive(raw, data=tmp_path) == 0
    assert recipients() == ["facilities@desk.localhost", "it@desk.localhost"]
    assert Arrival.objects.first().content().startswith(b"From: Ada")


@pytest.mark.parametrize("options", [("--to", "nobody@desk.localhost"), ("--to", "it@elsewhere.example")])
def test_an_unknown_address_is_no_user(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert receive(mail(), *options, data=tmp_path) == 67
    assert receive(mail().replace(b"it@desk", b"no@desk"), data=tmp_path) == 67
    assert not Arrival.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"\r\n\n", b"Subject: large\r\n\r\n" + b"x" * LIMIT])
def test_what_cannot_be_a_mail_is_refused(tmp_path: Path, raw: bytes) -> None:
    assert receive(raw, "--to", "it@desk.localhost", data=tmp_path) == 65


def test_the_largest_mail_is_taken(tmp_path: Path) -> None:
    header = b"Subject: large\r\n\r\n"
    assert receive(header + b"x" * (LIMIT - len(header)), "--to", "it@desk.localhost", data=tmp_path) == 0
    assert Arrival.objects.get().size == LIMIT


def test_the_server_tries_again_when_the_database_is_away(tmp_path: Path) -> None:
    assert receive(mail(), data=tmp_path, database="postgresql://balie@127.0.0.1:1/balie") == 75


def test_the_server_tries_again_when_the_disk_is_full(tmp_path: Path) -> None:
    assert receive(mail(body="x" * 400_000), data=tmp_path, largest_file=100_000) == 75
    assert not Arrival.objects.exists()
    assert receive(mail(body="x" * 400_000), data=tmp_path) == 0
