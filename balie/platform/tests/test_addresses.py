"""Addresses of numbers are those that Django gives; so is what is escaped."""

from __future__ import annotations

import html

import pytest
from django.db import connection
from django.urls import NoReverseMatch, reverse

from balie.platform.addresses import address, parts
from balie.platform.arrays import array_of
from balie.platform.escaping import escape


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("workspace:inbox", ()),
        ("workspace:request", (7,)),
        ("workspace:request", (2**62,)),
        ("workspace:return", (12, 345)),
    ],
)
def test_an_address_is_what_reverse_gives(name: str, numbers: tuple[int, ...]) -> None:
    assert address(name, *numbers) == reverse(name, args=numbers)


def test_a_route_that_is_not_there_has_no_address() -> None:
    with pytest.raises(NoReverseMatch):
        address("workspace:request")
    with pytest.raises(NoReverseMatch):
        parts("workspace:nowhere", 1)


@pytest.mark.parametrize("text", ["", "plain", "a & b", "<b>", "\"quoted\" 'twice'", "ß€😀", "&amp;"])
def test_what_is_escaped_is_what_python_gives(text: str) -> None:
    assert escape(text) == html.escape(text)


@pytest.mark.django_db
def test_arrays_are_read_as_they_were() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::bigint[], %s::bigint[], %s::text[]",
            [array_of([3, 2**40]), array_of([]), array_of(["todo", "waiting"])],
        )
        assert cursor.fetchone() == ([3, 2**40], [], ["todo", "waiting"])
