"""What a page costs: bytes over the wire, and questions to the database."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from balie.config.shrinking import gzipped, shrink
from balie.config.static_files import StaticFiles
from balie.operations.pictures.pages import pages
from balie.operations.static_files import collect_static
from balie.people.models import Person

FIRST_VIEW, LATER_VIEW, MOST_QUERIES = 150_000, 30_000, 12
ADDRESS = re.compile(rb"/static/([\w./-]+)")
ASSET = re.compile(rb'(?:href|src)="(/static/[^"#]+)')


class Lasting:
    """Files under the names that they have on a desk. Pages are drawn with plain ones in tests, and remember them."""

    def __init__(self, folder: Path) -> None:
        self._files = StaticFiles(folder)
        self._names: dict[str, str] = json.loads((folder / "staticfiles.json").read_text())["paths"]
        self._weights: dict[str, int] = {}

    def named(self, page: bytes) -> bytes:
        """The page as a desk sends it."""
        return ADDRESS.sub(lambda found: b"/static/" + self._names[found[1].decode()].encode(), page)

    def weight_of(self, address: str) -> int:
        if address not in self._weights:
            kept = self._files._of(address.removeprefix("/static/"), compressed=True)
            assert kept is not None, address
            self._weights[address] = len(kept.content)
        return self._weights[address]


@pytest.mark.usefixtures("company")
def test_no_page_is_heavy_or_asks_more_than_twelve_questions(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    collect_static()
    files = Lasting(settings.STATIC_ROOT)
    of = {"": Client()}
    for who in ("ada", "ben", "eva"):
        of[who] = Client(raise_request_exception=False)
        person = Person.objects.get(email=f"{who}@balie.example")
        of[who].force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    faults = []
    for page in list(pages(lambda who: of[who])):
        asked: list[str] = []

        def count(execute: Any, sql: str, values: Any, many: bool, context: Any, asked: list[str] = asked) -> Any:
            asked.append(sql)
            return execute(sql, values, many, context)

        with connection.execute_wrapper(count):
            response = of[page.who].get(page.path)
        body = files.named(b"".join(response))
        later = len(gzipped(body, level=4, padding=100))
        assets = {address.decode() for address in ASSET.findall(body)}
        first = later + sum(files.weight_of(address) for address in assets)
        questions = [sql for sql in asked if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
        if later > LATER_VIEW or first > FIRST_VIEW or len(questions) > MOST_QUERIES:
            faults.append(f"{page.name}: {first} bytes at first, {later} later, {len(questions)} queries")
    assert not faults, "\n".join(faults)


def test_an_answer_is_made_smaller_once_and_says_so() -> None:
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"5000"), (b"vary", b"Cookie")]
    small, told = shrink(b"x" * 5000, headers)
    named = dict(told)
    assert len(small) < 500
    assert named[b"content-encoding"] == b"gzip"
    assert named[b"content-length"] == str(len(small)).encode()
    assert named[b"vary"] == b"Cookie, Accept-Encoding"
    assert shrink(small, told) == (small, told)
    assert shrink(b"x" * 5000, [(b"content-type", b"image/png")])[0] == b"x" * 5000
    assert len({len(shrink(b"x" * 5000, headers)[0]) for _each in range(30)}) > 1, "an attacker could measure it"
