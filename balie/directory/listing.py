"""The list of people, by name, and found by names nearly written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.directory.reader import reader_of
from balie.people import proposing
from balie.people.audience import Audience, for_
from balie.people.known import Known
from balie.people.models import Attribute, Person
from balie.people.naming import MOST, people_called
from balie.people.paging import page_of
from balie.people.rights import Access, Rights
from balie.people.values import shown
from balie.platform import cursors

# What says most about somebody in one line.
_BESIDE_THE_NAME: Final = ("position", "department")


@dataclass(frozen=True)
class Line:
    """One person, as far as the reader may know them."""

    person: Person
    facts: list[str]


@for_(Audience.PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """`?q=` is what somebody types of a name, or a work address."""
    reader, q = reader_of(request), request.GET.get("q", "").replace("\0", "").strip()[:120]
    found = Rights.of(reader).people()
    if q:
        found = found.filter(pk__in=people_called(q, most=MOST))
    written = request.GET.get("cursor", "")
    try:
        rows, following = page_of(found, written)
    except cursors.BadCursor:
        raise Http404 from None
    context = {
        "lines": _lines(rows, reader=reader), "q": q, "next": following, "is_first": not written,
        "waiting": proposing.decidable_by(reader).count() if not q and not written else 0, "here": "people",
    }  # fmt: skip
    return render(request, "directory/people.html", context)


def _lines(people: list[Person], *, reader: Person) -> list[Line]:
    attributes = Attribute.objects.in_use().filter(key__in=_BESIDE_THE_NAME).prefetch_related("choices")
    return lines_of(people, attributes=attributes, access=Rights.of(reader).over(people))


def lines_of(people: list[Person], *, attributes: Iterable[Attribute], access: Mapping[int, Access]) -> list[Line]:
    """What stands beside each name, of these attributes, as far as the access goes."""
    known = Known(people)
    shown_beside = {one.key: one for one in attributes if one.key in _BESIDE_THE_NAME}
    ordered = [shown_beside[key] for key in _BESIDE_THE_NAME if key in shown_beside]
    return [
        Line(
            person,
            [
                words
                for attribute in ordered
                if access[person.pk].may_view(attribute)
                and (words := shown(attribute, person.attributes.get(attribute.key), known=known))
            ],
        )
        for person in people
    ]
