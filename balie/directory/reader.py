"""Who reads a page of the directory, and whose profile they opened."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from balie.people.models import Person
from balie.people.rights import Rights


def reader_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in."""
    if not isinstance(request.user, Person):
        raise TypeError("the gate lets nobody else through")
    return request.user


def opened(request: HttpRequest, pk: int) -> Person:
    """Somebody of whom the reader may see anything; not found for everybody else."""
    person = Rights.of(reader_of(request)).people().select_related("supervisor").filter(pk=pk).first()
    if person is None:
        raise Http404
    return person
