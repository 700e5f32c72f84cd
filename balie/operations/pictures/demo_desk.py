"""A desk for as long as it is looked at: an empty folder, its own PostgreSQL, the files of the pages and the demo company."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def demo_desk() -> Iterator[None]:
    """Only inside may anything that needs Django be imported; afterwards nothing is left of it."""
    data = Path(tempfile.mkdtemp(prefix="balie-pictures-"))
    os.environ["BALIE_DATA"] = str(data)
    os.environ.pop("BALIE_DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.config.settings")
    try:
        from balie.operations.standing import desk

        with desk():
            from balie.operations.demo.loading import load
            from balie.operations.static_files import collect_static

            collect_static()
            load()
            yield
    finally:
        shutil.rmtree(data, ignore_errors=True)
