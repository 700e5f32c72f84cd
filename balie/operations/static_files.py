"""Static files, brought together under names that carry a digest of their content."""

import mimetypes
import shutil
import tempfile
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

from balie.config.shrinking import gzipped, is_text
from balie.config.static_files import COMPRESSED

_STAMP = "collected.txt"


def collect_static() -> bool:
    """Fill STATIC_ROOT; returns False when it already holds these very files.

    The folder is filled beside the one in use and then put in its place: a server never sees half of it. Only the names with
    a digest are kept, since everything there is served as lasting a year.
    """
    root = Path(settings.STATIC_ROOT)
    sources = _sources()
    stamp = _stamp(sources)
    kept = root / _STAMP
    if kept.is_file() and kept.read_text() == stamp:
        return False
    root.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="static-", dir=root.parent))
    try:
        fresh.chmod(0o755)
        _fill(fresh, sources)
        (fresh / _STAMP).write_text(stamp)
        shutil.rmtree(root, ignore_errors=True)
        fresh.rename(root)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def _sources() -> dict[str, Path]:
    """Every static file by its name; where two have the same, the first finder's, as Django's own command has it."""
    sources: dict[str, Path] = {}
    for finder in get_finders():
        for name, storage in finder.list(None):
            full = f"{storage.prefix}/{name}" if getattr(storage, "prefix", None) else name
            sources.setdefault(full, Path(storage.path(name)))
    return sources


def _stamp(sources: dict[str, Path]) -> str:
    # The second part changes when these files are prepared in another way.
    digest = sha256(version("balie").encode() + b" gzip")
    for name, path in sorted(sources.items()):
        digest.update(name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _fill(folder: Path, sources: dict[str, Path]) -> None:
    storage = ManifestStaticFilesStorage(location=folder)
    for name, path in sources.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for _name, _digested, outcome in storage.post_process({name: (storage, name) for name in sources}):
        if isinstance(outcome, Exception):
            raise outcome
    lasting = set(storage.hashed_files.values())
    for name in sources:
        if name not in lasting:
            (folder / name).unlink()
    for name in lasting:
        _compress(folder / name)


def _compress(file: Path) -> None:
    """Beside it, as small as gzip can: done once, read by everybody."""
    if is_text(mimetypes.guess_type(file.name)[0] or ""):
        content = file.read_bytes()
        small = gzipped(content, level=9)
        if len(small) < len(content):
            file.with_name(file.name + COMPRESSED).write_bytes(small)
