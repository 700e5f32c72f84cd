"""A desk that is backed up comes back on another machine, every row and every file of it; anything less is refused."""

import gzip
import io
import json
import os
import stat
import tarfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.test import override_settings
from psycopg import sql

from balie.operations import archive
from balie.operations.backup import BackupFailed, back_up
from balie.operations.restoring import RestoreFailed, RestoreRefused, restore, restore_over
from balie.operations.tests.conftest import Installation
from balie.people.models import Person
from balie.platform import files

Install = Callable[[], Installation]
At = Callable[[Installation], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def desk(install: Install, at: At, loaded: Callable[[Installation], None]) -> Installation:
    """The demo company, with two attachments and a key; no test changes it."""
    one = install()
    loaded(one)
    (one.data / "secret.key").write_text(settings.SECRET_KEY + "\n" + "an-older-key" * 4 + "\n")
    (one.data / "secret.key").chmod(0o600)
    with at(one):
        files.keep("Grüße aus der Ablage".encode())
        files.keep(os.urandom(3_000_000))
    return one


@pytest.fixture(scope="module")
def backup(desk: Installation, at: At, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backups") / "desk.backup"
    with at(desk):
        back_up(path)
    return path


@pytest.fixture(scope="module")
def empty(install: Install) -> Installation:
    """An installation that stays empty, because all that it is offered is refused."""
    return install()


def everything(installation: Installation) -> dict[str, list[str]]:
    """Every row of every table, and where every sequence stands."""
    with psycopg.connect(installation.url) as database:
        tables = database.execute(
            "SELECT relname::text, relkind::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')"
        ).fetchall()
        told: dict[str, list[str]] = {}
        for name, kind in tables:
            what = sql.SQL("ROW(t.*)" if kind == "r" else "ROW(last_value, is_called)")
            asked = sql.SQL("SELECT {}::text FROM {} t ORDER BY 1").format(what, sql.Identifier(name))
            told[name] = [row for (row,) in database.execute(asked)]
        return told


def kept(installation: Installation) -> dict[str, bytes]:
    root = installation.data / "files"
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def repacked(source: Path, target: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The archive with each member as `change` makes it, or without those of which it makes nothing."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content
            if changed := change(member.name, content.read()):
                renamed = tarfile.TarInfo(changed[0])
                renamed.size = len(changed[1])
                new.addfile(renamed, io.BytesIO(changed[1]))
    return target


def test_every_row_and_every_file_comes_back_on_another_machine(
    desk: Installation, backup: Path, install: Install, at: At
) -> None:
    other = install()
    (other.data / "secret.key").write_text("a key that this machine made for itself, and that is replaced\n")
    with at(other):
        manifest = restore(backup)
    assert everything(other) == everything(desk)
    assert len(everything(other)["people_person"]) == manifest.rows["people_person"] >= 5
    assert kept(other) == kept(desk)
    assert len(kept(other)) >= 2
    assert (other.data / "secret.key").read_bytes() == (desk.data / "secret.key").read_bytes()
    assert stat.S_IMODE((other.data / "secret.key").stat().st_mode) == 0o600
    assert not (other.data / "restoring").exists()


def test_a_restored_desk_goes_on_where_it_was_and_is_not_replaced_unasked(
    backup: Path, install: Install, at: At
) -> None:
    with at(install()):
        restore(backup)
        newest = Person.objects.latest("pk").pk
        fay = Person.objects.create_employee(name="Fay", email="fay@balie.example", language="en")
        assert fay.pk > newest
        with pytest.raises(RestoreRefused, match="--force"):
            restore(backup)
        assert Person.objects.filter(email="fay@balie.example").exists()
        restore_over(backup)
        assert not Person.objects.filter(email="fay@balie.example").exists()


def test_a_backup_is_for_its_owner_only_and_leaves_nothing_beside_it(backup: Path) -> None:
    assert [path.name for path in backup.parent.iterdir()] == ["desk.backup"]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_desk_that_runs_is_not_replaced(backup: Path, empty: Installation, at: At) -> None:
    with psycopg.connect(empty.url), at(empty), pytest.raises(RestoreRefused, match="stop Balie"):
        restore(backup)


def _cut(source: Path, target: Path) -> Path:
    target.write_bytes(source.read_bytes()[:-2000])
    return target


def _flipped(source: Path, target: Path) -> Path:
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 0xFF
    target.write_bytes(content)
    return target


def _with_another_row(source: Path, target: Path) -> Path:
    return repacked(
        source, target, lambda name, content: (name, content + b" " if name == archive.DATABASE else content)
    )


def _climbing(source: Path, target: Path) -> Path:
    return repacked(
        source, target, lambda name, content: ("../../climbed", b"x") if name.startswith("files/") else (name, content)
    )


def _without_its_end(source: Path, target: Path) -> Path:
    return repacked(source, target, lambda name, content: None if name == archive.MANIFEST else (name, content))


def _without_a_file(source: Path, target: Path) -> Path:
    return repacked(source, target, lambda name, content: None if name.startswith("files/") else (name, content))


def _with_a_link(source: Path, target: Path) -> Path:
    with tarfile.open(target, "w:gz") as new:
        link = tarfile.TarInfo(archive.DATABASE)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        new.addfile(link)
    return target


def _of_nothing(source: Path, target: Path) -> Path:
    target.write_bytes(b"")
    return target


def _of_something_else(source: Path, target: Path) -> Path:
    target.write_bytes(gzip.compress(b"a letter to a friend"))
    return target


@pytest.mark.parametrize(
    "spoil",
    [
        *(_cut, _flipped, _with_another_row, _climbing, _without_its_end, _without_a_file, _with_a_link),
        *(_of_nothing, _of_something_else),
    ],
)
def test_an_archive_that_is_not_whole_is_refused_before_anything_is_touched(
    backup: Path, empty: Installation, at: At, tmp_path: Path, spoil: Callable[[Path, Path], Path]
) -> None:
    spoiled = spoil(backup, tmp_path / "spoiled.backup")
    with at(empty), pytest.raises(RestoreRefused, match=r"backup|backed up"):
        restore(spoiled)
    assert everything(empty)["people_person"] == []
    assert list(empty.data.rglob("*")) == []
    assert not (tmp_path / "climbed").exists()


def test_a_database_that_will_not_take_the_backup_stays_as_it_was(
    backup: Path, install: Install, at: At, tmp_path: Path
) -> None:
    def miscounted(name: str, content: bytes) -> tuple[str, bytes]:
        lie = content.replace(b'"people_person": ', b'"people_person": 1')
        return name, lie if name == archive.MANIFEST else content

    other = install()
    before = everything(other)
    with at(other), pytest.raises(RestoreFailed, match="people_person has not as many rows"):
        restore(repacked(backup, tmp_path / "lying.backup", miscounted))
    assert everything(other) == before
    assert not (other.data / "secret.key").exists()


def test_a_backup_of_a_newer_balie_is_refused(backup: Path, empty: Installation, at: At, tmp_path: Path) -> None:
    def newer(name: str, content: bytes) -> tuple[str, bytes]:
        later = content.replace(b'"people.0001_initial"', b'"people.9999_later"')
        return name, later if name == archive.MANIFEST else content

    with at(empty), pytest.raises(RestoreRefused, match="made by a newer Balie"):
        restore(repacked(backup, tmp_path / "newer.backup", newer))


def test_a_backup_without_its_key_asks_for_it(
    desk: Installation, backup: Path, install: Install, at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keyless(name: str, content: bytes) -> tuple[str, bytes] | None:
        if name == archive.MANIFEST:
            manifest = json.loads(content)
            del manifest["members"][archive.KEY]
            content = json.dumps(manifest).encode()
        return None if name == archive.KEY else (name, content)

    without = repacked(backup, tmp_path / "keyless.backup", keyless)
    other = install()
    with at(other):
        with (
            override_settings(SECRET_KEY="the key that this machine made for itself"),
            pytest.raises(RestoreRefused, match="set BALIE_SECRET_KEY to the one"),
        ):
            restore(without)
        monkeypatch.setenv("BALIE_SECRET_KEY", settings.SECRET_KEY)
        restore(without)
    assert everything(other) == everything(desk)


def test_a_place_that_cannot_be_written_to_is_named(desk: Installation, at: At, tmp_path: Path) -> None:
    with at(desk), pytest.raises(BackupFailed, match="could not be written"):
        back_up(tmp_path / "nowhere" / "desk.backup")
