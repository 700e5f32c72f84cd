"""What a profile said before: each change of a fact that the reader may see, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.directory.reader import opened, reader_of
from balie.people.audience import Audience, for_
from balie.people.basics import LABELS, Basic
from balie.people.known import Known
from balie.people.models import Area, Attribute, AttributeChange, Level, Person
from balie.people.rights import Rights
from balie.people.values import shown
from balie.platform import cursors

_A_PAGE: Final = 50


@dataclass(frozen=True)
class Line:
    """One change in words."""

    change: AttributeChange
    what: str
    before: str
    after: str


@for_(Audience.PEOPLE)
@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """`?attribute=` is the key of one. Name, status and the like: whoever may edit them, or open the settings of people."""
    person, rights = opened(request, pk), Rights.of(reader_of(request))
    access = rights.to(person)
    attributes = [
        one for one in Attribute.objects.select_related("section").prefetch_related("choices") if access.may_view(one)
    ]
    key = request.GET.get("attribute", "")
    asked = [one for one in attributes if one.key == key] if key else attributes
    seen = Q(attribute__in=asked)
    if not key:
        edited = [basic.value for basic in Basic if access.level_of(basic) >= Level.EDIT]
        seen |= Q(attribute__isnull=True) if rights.may_open(Area.PEOPLE) else Q(field__in=edited)
    found = AttributeChange.objects.filter(seen, person=person).select_related("by")
    written = request.GET.get("cursor", "")
    if written:
        found = found.filter(pk__lt=_last(written))
    rows = list(found.order_by("-pk")[: _A_PAGE + 1])
    following = cursors.encode("history", rows[_A_PAGE - 1].pk) if len(rows) > _A_PAGE else ""
    known, by_number = Known([person]), {one.pk: one for one in attributes}
    context = {
        "person": person, "lines": [_line(one, by_number, known) for one in rows[:_A_PAGE]], "next": following,
        "attributes": [one for one in attributes if one.archived_at is None], "key": key, "here": "people",
    }  # fmt: skip
    return render(request, "directory/history.html", context)


def _line(change: AttributeChange, attributes: dict[int, Attribute], known: Known) -> Line:
    attribute = attributes.get(change.attribute_id or 0)
    if attribute is not None:
        before, after = (shown(attribute, value, known=known) for value in (change.old, change.new))
        return Line(change, str(attribute), before or "—", after or "—")
    before, after = (_of_field(change.field, value, known) for value in (change.old, change.new))
    return Line(change, _label(change.field), before, after)


def _label(name: str) -> str:
    if name in [*Basic]:
        return str(LABELS[Basic(name)])
    return str(getattr(Person._meta.get_field(name), "verbose_name", name))


def _of_field(name: str, value: Any, known: Known) -> str:
    """The name, status, language and the like, as a reader knows them."""
    if value is None or value == "":
        return "—"
    if name == "supervisor" and isinstance(value, int):
        lead = known.person(value)
        return lead.name if lead else "—"
    if name == Basic.OTHER_ADDRESSES:
        return str(value)
    choices = dict(getattr(Person._meta.get_field(name), "choices", None) or ())
    return str(choices.get(value, value))


def _last(written: str) -> int:
    try:
        of, pk = cursors.decode(written)
    except (cursors.BadCursor, ValueError):
        raise Http404 from None
    if of != "history" or not isinstance(pk, int):
        raise Http404
    return pk
