"""A desk whose connections go through PgBouncer in transaction mode, as many machines on one PostgreSQL need it."""

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from balie.operations.bench.processes import free_port
from balie.operations.tests.conftest import administer
from balie.operations.tests.desk import Post, mail, open_desk, until

BOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "pgbouncer"


@contextmanager
def pooled(folder: Path, database: str) -> Iterator[str]:
    """PgBouncer before this database; the address that a desk is given."""
    server = conninfo_to_dict(os.environ["BALIE_TEST_SERVER"])
    port = free_port()
    target = make_conninfo("", **{key: server[key] for key in ("host", "port", "user", "password") if server.get(key)})
    settings = f"""
[databases]
{database} = {target} dbname={database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
"""
    written = folder / "pgbouncer.ini"
    written.write_text(settings)
    written.chmod(0o644)
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)
    account = ["--user", _account(str(server["host"]))] if os.getuid() == 0 else []
    process = subprocess.Popen([BOUNCER, *account, str(written)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _answers(port), within=20, what="PgBouncer")
        yield f"postgresql://{server['user']}@127.0.0.1:{port}/{database}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def database() -> Iterator[str]:
    name = f"pooled_{secrets.token_hex(6)}"
    administer(f"CREATE DATABASE {name}")
    yield name
    administer(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_desk_behind_a_pooler_takes_mail_answers_and_shows_it(tmp_path: Path, database: str) -> None:
    direct = make_conninfo(os.environ["BALIE_TEST_SERVER"], dbname=database)
    server = conninfo_to_dict(direct)
    user = f"{server['user']}:{server['password']}" if server.get("password") else server["user"]
    url = f"postgresql://{user}@/{database}?host={server['host']}&port={server.get('port', 5432)}"
    with (
        pooled(tmp_path, database) as through,
        open_desk(tmp_path / "desk", BALIE_DATABASE_URL=through, BALIE_DATABASE_DIRECT_URL=url) as desk,
    ):
        mails = [mail(f"ann{number}@outside.example", subject=f"Pooled {number}") for number in range(20)]
        with Post(desk.smtp_port, mails) as post:
            until(lambda: post.is_done, within=60, what="the post")
        until(
            lambda: desk.count("SELECT count(*) FROM tickets_ticket WHERE subject LIKE 'Pooled%%'") == 20,
            within=60, what="the requests",
        )  # fmt: skip
        until(lambda: len(desk.sink.taken) >= 20, within=120, what="the confirmations")
        with desk.browser() as ben:
            assert "Pooled 19" in ben.get("/requests/?view=unassigned").text
        backup = tmp_path / "backup"
        done = subprocess.run(
            [*desk.command()[:3], "backup", str(backup)],
            env=desk.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert backup.stat().st_size > 10_000
        assert desk.stop() == 0


def _account(host: str) -> str:
    """PgBouncer refuses to run as root: it runs as whoever may use the server's socket."""
    return Path(host).owner() if host.startswith("/") else "nobody"


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
