"""Cursors come back as they were, or not at all."""

from datetime import UTC, datetime

import pytest

from balie.platform import cursors


def test_a_cursor_carries_the_sort_key_of_a_row() -> None:
    parts = (datetime(2026, 11, 23, 19, 2, 22, 123456, tzinfo=UTC), 12, "é", None, True)
    assert cursors.decode(cursors.encode(*parts)) == parts
    assert cursors.decode(cursors.encode()) == ()


def test_a_cursor_fits_into_an_address() -> None:
    assert all(sign.isalnum() or sign in "._-" for sign in cursors.encode("?&=/ ", 1))


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1], lambda c: "x" + c, lambda c: c.replace(".", ""), lambda c: c + "é"]
)
def test_a_changed_cursor_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(cursors.BadCursor):
        cursors.decode(change(cursors.encode(12)))


@pytest.mark.parametrize("text", ["", ".", "..", "12", "a" * 5_000, "\0", "WzEyXQ.aaaaaaaaaaaaaaaa", "\ud800.a"])
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(cursors.BadCursor):
        cursors.decode(text)
