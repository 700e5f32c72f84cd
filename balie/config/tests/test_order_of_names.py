"""Names stand in the order of the reader's language: nothing of ours leaves that to the database's own order, or to Python's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from balie.config.tests.catalogues import BALIE

_NAMES = {"name", "called"}
# What is put in order for machines, and what makes the companies of the demo and the bench.
_NOT_READ = {"tests", "migrations", "demo", "bench", "pictures"}


def sources() -> Iterator[Path]:
    return (path for path in BALIE.rglob("*.py") if not _NOT_READ & set(path.relative_to(BALIE).parts))


def test_lists_of_names_are_in_the_readers_order() -> None:
    loose = [
        f"{path.relative_to(BALIE)}:{call.lineno}"
        for path in sources()
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and (_orders_rows_by_name(call) or _sorts_by_name(call))
    ]
    assert loose == []


@pytest.mark.parametrize(
    ("code", "is_loose"),
    [
        ('rows.order_by("name")', True),
        ('rows.order_by("-team__name", "pk")', True),
        ("sorted(rows, key=lambda one: one.name)", True),
        ("rows.sort(key=lambda one: (one.age, one.called.casefold()))", True),
        ('rows.order_by(placed("team__name"), "pk")', False),
        ('rows.order_by("position", "name")', False),
        ("sorted(rows, key=lambda one: (one.position, place(one.called)))", False),
        ("alphabetical(rows, by=lambda one: one.name)", False),
    ],
)
def test_the_rule_knows_what_it_looks_for(code: str, is_loose: bool) -> None:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    assert (_orders_rows_by_name(call) or _sorts_by_name(call)) == is_loose


def _orders_rows_by_name(call: ast.Call) -> bool:
    """By a column with a name in it, unless somebody has put the rows in an order by hand, where it only decides between two."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "order_by"):
        return False
    columns = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return "position" not in columns and any(one.lstrip("-").split("__")[-1] in _NAMES for one in columns)


def _sorts_by_name(call: ast.Call) -> bool:
    called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    keys = [one.value for one in call.keywords if one.arg == "key"]
    return called in ("sorted", "sort") and any(_reads_a_name(key) for key in keys)


def _reads_a_name(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "place":
        return False
    if isinstance(node, ast.Attribute) and node.attr in _NAMES:
        return True
    return any(_reads_a_name(child) for child in ast.iter_child_nodes(node))
