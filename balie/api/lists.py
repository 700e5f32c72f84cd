"""Lists, a page at a time: the cursor names the last row shown, so that rows that are added meanwhile move nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema

from balie.api.problems import Unfit
from balie.platform import cursors

MOST: Final = 200

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

Cursor = Annotated[str, Query(max_length=cursors.LONGEST_CURSOR, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items at most")]


class Page(Schema, Generic[Item]):
    """`next` is the cursor of the following page, null on the last one."""

    items: list[Item]
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a list is sorted by, unique in the end; `name` keeps the cursors of different lists apart."""

    name: str
    fields: tuple[str, ...]
    descending: bool = False

    def page(self, rows: QuerySet[Row], *, cursor: str, limit: int) -> tuple[list[Row], str | None]:
        """The rows of one page and the cursor of the next; raises `Unfit` for a cursor that is not of this list."""
        if cursor:
            rows = rows.filter(self._after(self._marked(cursor)))
        sign = "-" if self.descending else ""
        found = list(rows.order_by(*(sign + field for field in self.fields))[: limit + 1])
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        return found[:limit], cursors.encode(self.name, *(getattr(last, field) for field in self.fields))

    def _marked(self, cursor: str) -> Sequence[Any]:
        try:
            name, *parts = cursors.decode(cursor)
        except (cursors.BadCursor, ValueError):
            name, parts = None, []
        if name != self.name or len(parts) != len(self.fields):
            raise Unfit("cursor", _("This page of the list cannot be found; start again from the first page."))
        return parts

    def _after(self, parts: Sequence[int | str | datetime]) -> Q:
        beyond = "lt" if self.descending else "gt"
        found, same = Q(), Q()
        for field, part in zip(self.fields, parts, strict=True):
            found |= same & Q(**{f"{field}__{beyond}": part})
            same &= Q(**{field: part})
        # Said once more in a form that an index can begin at.
        return Q(**{f"{self.fields[0]}__{beyond}e": parts[0]}) & found
