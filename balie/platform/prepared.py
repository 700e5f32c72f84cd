"""Questions that differ only in their values: Django writes their SQL once for a process, and not for every page.

To put a queryset into SQL takes Django longer than PostgreSQL takes to answer it. What is prepared here is an ordinary queryset,
and what it gives are ordinary objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)

# Stand for the values while the SQL is written: numbers that any key could be, and that none is.
_FIRST_MARK: Final = -(2**31)


class Prepared(Generic[Row]):
    """Made of a function that gives the queryset for a number in the place of each value, called by the names of the values.

    Lists can take the place of such a number too, where the SQL is written by hand (`RawSQL`). Nothing else may decide what the
    function gives: neither the time nor who asks, unless it is a value. It gives whole objects without `prefetch_related`;
    `select_related` brings what its rows point to.
    """

    def __init__(self, question: Callable[..., QuerySet[Row]], *names: str) -> None:
        self._question = question
        self._names = names
        self._statement: _Statement[Row] | None = None

    def __call__(self, **values: Any) -> list[Row]:
        """What the queryset would give for these values."""
        if self._statement is None:
            # By two threads at once it is written twice, alike.
            self._statement = _Statement(self._question, self._names)
        return self._statement.ask(values)

    def first(self, **values: Any) -> Row | None:
        """The first of them, or None."""
        found = self(**values)
        return found[0] if found else None


class _Statement(Generic[Row]):
    """The SQL, and what Django knows of its columns."""

    def __init__(self, question: Callable[..., QuerySet[Row]], names: Sequence[str]) -> None:
        marks = {name: _FIRST_MARK + place for place, name in enumerate(names)}
        queryset = question(**marks)
        compiler: Any = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._params = compiler.as_sql()
        by_mark = {mark: name for name, mark in marks.items()}
        self._places = [
            (place, by_mark[param])
            for place, param in enumerate(self._params)
            if isinstance(param, int) and param in by_mark
        ]
        if {name for _place, name in self._places} != set(names):
            raise ValueError(f"Not every one of {', '.join(names)} is a value of the question")
        columns = [column[0] for column in compiler.select]
        self._converters = [
            (place, converters, column) for place, (converters, column) in compiler.get_converters(columns).items()
        ]
        self._model = compiler.klass_info["model"]
        own = compiler.klass_info["select_fields"]
        self._begin, self._end = own[0], own[-1] + 1
        self._columns = [column.target.attname for column in columns[self._begin : self._end]]
        populators = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of Django 6.1
        fields = [info["field"] for info in compiler.klass_info.get("related_klass_infos", [])]
        self._related = list(zip(populators, fields, strict=True))
        self._annotated = list((compiler.annotation_col_map or {}).items())

    def ask(self, values: dict[str, Any]) -> list[Row]:
        params = list(self._params)
        for place, name in self._places:
            params[place] = values[name]
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            rows = cursor.fetchall()
        known: dict[Any, Any] = {}
        return [self._object_of(list(row), connection, known) for row in rows]

    def _object_of(self, row: list[Any], connection: Any, known: dict[Any, Any]) -> Row:
        """Rows that lead to the same one, as letters to their author, share it: `known` are those that were made."""
        for place, converters, column in self._converters:
            for convert in converters:
                row[place] = convert(row[place], column, connection)
        made: Row = self._model.from_db(DEFAULT_DB_ALIAS, self._columns, row[self._begin : self._end])
        for related, field in self._related:
            key = related, row[related.cols_start + related.pk_idx]
            if key in known:
                field.set_cached_value(made, known[key])
            else:
                related.populate(row, made)
                known[key] = field.get_cached_value(made)
        for name, place in self._annotated:
            setattr(made, name, row[place])
        return made
