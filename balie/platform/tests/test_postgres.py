"""The embedded database: it starts wherever it is put, whatever happened to it before, once at a time."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from balie.platform import postgres
from balie.platform.folder_lock import FolderLock
from balie.platform.tests.owner import QUICK

AS_ROOT = os.geteuid() == 0
NOBODY = 65534


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder that is not there yet."""
    with tempfile.TemporaryDirectory(prefix="balie-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "desk"


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="balie-test-", ignore_cleanup_errors=True) as folder:
        postgres.Postgres.start(Path(folder), settings=QUICK).stop()
        yield Path(folder)


@pytest.fixture
def desk(data: Path, made: Path) -> Path:
    """A folder with a database in it that was stopped. Copying one is quicker than making one."""
    shutil.copytree(made / "database", data / "database")
    return data


@dataclass
class Owner:
    """Another process that owns the database of a folder."""

    process: subprocess.Popen[str]
    server: int
    url: str

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def owner(data: Path, *options: str) -> Iterator[Owner]:
    with subprocess.Popen(
        [sys.executable, "-m", "balie.platform.tests.owner", str(data), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        server, _, url = process.stdout.readline().strip().partition(" ")
        yield Owner(
            process=process,
            server=int(server) if server.isdigit() else 0,
            url=url if server.isdigit() else f"{server} {url}",
        )
        with suppress(BrokenPipeError, ValueError):
            process.communicate("", timeout=30)


@contextmanager
def started(data: Path) -> Iterator[postgres.Postgres]:
    server = postgres.Postgres.start(data, settings=QUICK)
    try:
        yield server
    finally:
        server.stop()


def keep_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('grüße')")


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        (count,) = connection.execute("SELECT count(*) FROM kept WHERE word = 'grüße'").fetchone() or (0,)
        return int(count)


def nothing_lives_on(data: Path) -> bool:
    lock = FolderLock(data / "database.server")
    free = lock.take(within=20)
    lock.release()
    return free


def test_a_new_folder_gets_a_database_made_for_a_small_desk(data: Path) -> None:
    with started(data) as server, psycopg.connect(server.url) as connection:

        def asked(question: str) -> object:
            return (connection.execute(question).fetchone() or (None,))[0]  # type: ignore[call-overload]

        assert asked("SELECT current_database()") == asked("SELECT current_user") == "balie"
        assert asked("SHOW server_encoding") == "UTF8"
        assert asked("SELECT datlocale FROM pg_database WHERE datname = 'balie'") == "C.UTF-8"
        assert asked("SELECT upper('é') = 'É'") is True
        assert asked("SHOW listen_addresses") == ""
        assert asked("SHOW jit") == "off"
        assert asked("SHOW synchronous_commit") == "on"
        assert asked("SHOW max_connections") == "100"


def test_what_was_kept_is_there_after_a_clean_stop(desk: Path) -> None:
    with started(desk) as server:
        keep_a_row(server.url)
    assert postgres.address(desk) is None
    with started(desk) as server:
        assert rows(server.url) == 1
        assert "was not properly shut down" not in server.log.read_text()


def test_another_process_finds_the_running_server(desk: Path) -> None:
    assert postgres.address(desk) is None
    with owner(desk) as other:
        assert postgres.address(desk) == other.url
        keep_a_row(other.url)
    assert postgres.address(desk) is None


def test_the_second_on_one_folder_is_told_who_the_first_is(desk: Path) -> None:
    with owner(desk) as first:
        with pytest.raises(postgres.AlreadyRunning) as told:
            postgres.Postgres.start(desk, settings=QUICK)
        assert f"process {first.process.pid}" in str(told.value)
        assert "stop that one first, or set BALIE_DATA to another folder." in str(told.value)
        keep_a_row(first.url)
    with started(desk) as server:
        assert rows(server.url) == 1


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other kernels do not tell a child of its parent's death"
)
def test_a_server_ends_when_its_owner_is_killed(desk: Path) -> None:
    with owner(desk) as killed:
        killed.kill()
        assert nothing_lives_on(desk)


def test_a_server_that_was_left_behind_is_ended_and_nothing_is_lost(desk: Path) -> None:
    # Started from a thread it does not hear of its owner's death, as everywhere but on Linux.
    with owner(desk, "--in-a-thread") as killed:
        keep_a_row(killed.url)
        killed.kill()
        with started(desk) as server:
            assert server.process.pid != killed.server
            assert rows(server.url) == 1


def test_a_desk_starts_after_everything_was_killed_at_once(desk: Path) -> None:
    with owner(desk, "--in-a-thread") as killed:
        with psycopg.connect(killed.url, autocommit=True) as connection:
            keep_a_row(killed.url)
            backend = connection.info.backend_pid
            for process in (killed.process.pid, killed.server, backend):
                os.kill(process, signal.SIGKILL)
        killed.kill()
        with started(desk) as server:
            assert rows(server.url) == 1


def test_a_desk_starts_after_a_power_cut_when_the_old_process_number_is_somebody_elses(desk: Path) -> None:
    with owner(desk, "--in-a-thread") as killed:
        keep_a_row(killed.url)
        left = (desk / "database" / "postmaster.pid").read_text()
        os.kill(killed.server, signal.SIGKILL)
        killed.kill()
    assert nothing_lives_on(desk)
    somebody_else = subprocess.Popen(["sleep", "60"])
    try:
        stale = left.replace(str(killed.server), str(somebody_else.pid), 1)
        (desk / "database" / "postmaster.pid").write_text(stale)
        (desk / "socket" / ".s.PGSQL.5432.lock").write_text(stale)
        assert postgres.address(desk) is None
        with started(desk) as server:
            assert rows(server.url) == 1
        assert somebody_else.poll() is None
    finally:
        somebody_else.kill()
        somebody_else.wait()


def test_a_killed_server_is_revived_at_the_same_address(desk: Path) -> None:
    with started(desk) as server:
        keep_a_row(server.url)
        before = server.url
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert not server.is_alive
        server.revive()
        server._await_ready()
        assert server.url == before
        assert rows(server.url) == 1


def test_making_the_database_is_finished_after_it_was_cut_off(data: Path) -> None:
    (data / "database.new").mkdir(parents=True)
    (data / "database.new" / "PG_VERSION").write_text("18\n")
    with started(data) as server:
        keep_a_row(server.url)


@pytest.mark.parametrize(
    "name",
    ["with a space", "Größe-Ämter-桌子", "a,comma", 'a"quote', "percent%20host", "deep/" + "x" * 120 + "/" + "ÿ" * 100],
)
def test_the_folder_may_have_any_name(data: Path, made: Path, name: str) -> None:
    shutil.copytree(made / "database", data / name / "database")
    with started(data / name) as server:
        keep_a_row(server.url)
        assert postgres.address(data / name) == server.url
    assert postgres.address(data / name) is None


@pytest.mark.parametrize("relative", ["desk", "."])
def test_a_folder_may_be_named_from_where_one_stands(
    desk: Path, relative: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    with started(Path(relative)) as server:
        assert postgres.address(Path(relative)) == server.url


def test_variables_meant_for_other_databases_change_nothing(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATA", "/nowhere")
    with started(desk) as server:
        monkeypatch.delenv("PGPORT")
        keep_a_row(server.url)


def test_a_file_in_place_of_the_folder_is_refused_in_one_sentence(data: Path) -> None:
    data.write_text("not a folder")
    with pytest.raises(postgres.FolderUnusable, match="set BALIE_DATA to another folder"):
        postgres.Postgres.start(data)


def test_a_folder_that_holds_something_else_is_left_alone(data: Path) -> None:
    (data / "database").mkdir(parents=True)
    (data / "database" / "holiday.jpg").write_text("the sea")
    with pytest.raises(postgres.FolderUnusable, match="holds something that is no database"):
        postgres.Postgres.start(data)
    assert (data / "database" / "holiday.jpg").exists()


def test_a_folder_that_cannot_be_written_to_is_refused_in_one_sentence(data: Path) -> None:
    data.mkdir(mode=0o555)
    data.parent.chmod(0o755)
    with owner(data, *(("--as", str(NOBODY)) if AS_ROOT else ())) as refused:
        assert refused.url.startswith("FolderUnusable:")
        assert "make it writable, or set BALIE_DATA to another folder." in refused.url
    data.chmod(0o755)


def test_a_database_of_another_version_is_refused_and_left_alone(desk: Path) -> None:
    with started(desk):
        pass
    for version in ("19", "16"):
        (desk / "database" / "PG_VERSION").write_text(f"{version}\n")
        with pytest.raises(
            postgres.OtherVersion, match=f"made by PostgreSQL {version}, and this Balie brings PostgreSQL 18"
        ):
            postgres.Postgres.start(desk, settings=QUICK)
    (desk / "database" / "PG_VERSION").write_text("18\n")
    with started(desk) as server:
        keep_a_row(server.url)


@pytest.mark.skipif(not AS_ROOT, reason="only root can mount a small disk")
@pytest.mark.parametrize("megabytes", [16, 40])
def test_a_full_disk_is_named_as_what_it_is(data: Path, megabytes: int) -> None:
    data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", data], check=True)
    try:
        with pytest.raises(postgres.NoRoom, match="make some room there, and start again"):
            postgres.Postgres.start(data, settings=QUICK)
    finally:
        subprocess.run(["umount", data], check=True)


def test_an_unprivileged_user_runs_it_and_root_takes_the_folder_over(data: Path) -> None:
    data.mkdir()
    data.parent.chmod(0o755)
    if AS_ROOT:
        os.chown(data, NOBODY, NOBODY)
    with owner(data, *(("--as", str(NOBODY)) if AS_ROOT else ())) as other:
        assert postgres.address(data) == other.url
        keep_a_row(other.url)
    with started(data) as server:
        assert rows(server.url) == 1


def test_a_folder_behind_closed_doors_works_and_the_doors_stay_closed_to_others(desk: Path) -> None:
    home = desk / "home"
    home.mkdir(parents=True)
    desk.chmod(0o700)
    home.chmod(0o700)
    with started(home / "desk") as server:
        keep_a_row(server.url)
        others = subprocess.run(
            ["ls", home], capture_output=True, check=False, **({"user": NOBODY, "extra_groups": []} if AS_ROOT else {})
        )
        assert others.returncode != 0 or not AS_ROOT
        home.chmod(0o700)
        server.process.kill()
        server.revive()
        server._await_ready()
        assert rows(server.url) == 1
    assert home.stat().st_mode & 0o007 == 0


def test_a_folder_that_was_copied_by_root_is_handed_to_whom_it_must_belong(desk: Path) -> None:
    with started(desk) as server:
        keep_a_row(server.url)
    if AS_ROOT:
        for path in (desk / "database", *(desk / "database").rglob("*")):
            os.chown(path, 0, 0)
    with started(desk) as server:
        assert rows(server.url) == 1


def test_a_command_uses_the_running_server_and_leaves_it_running(desk: Path) -> None:
    with owner(desk) as other, postgres.serving(desk, settings=QUICK) as url:
        assert url == other.url
        keep_a_row(url)
    assert nothing_lives_on(desk)


def test_a_command_starts_a_server_for_as_long_as_it_takes(data: Path) -> None:
    with postgres.serving(data, settings=QUICK) as url:
        keep_a_row(url)
        assert postgres.address(data) == url
    assert postgres.address(data) is None
    assert nothing_lives_on(data)


def test_a_command_that_started_the_server_waits_for_one_that_leans_on_it(desk: Path) -> None:
    with owner(desk, "--passing") as first, postgres.serving(desk, settings=QUICK) as url:
        assert url == first.url
        assert first.process.stdin is not None
        first.process.stdin.close()
        with pytest.raises(subprocess.TimeoutExpired):
            first.process.wait(0.3)
        keep_a_row(url)
    assert nothing_lives_on(desk)


def test_a_desk_that_starts_while_a_command_passes_by_waits_for_it(desk: Path) -> None:
    with (
        owner(desk, "--passing") as passing,
        subprocess.Popen(
            [sys.executable, "-m", "balie.platform.tests.owner", desk],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as desk,
    ):
        keep_a_row(passing.url)
        passing.process.communicate("")
        assert desk.stdout is not None
        assert desk.stdout.readline().partition(" ")[0].isdigit()
        desk.communicate("")
