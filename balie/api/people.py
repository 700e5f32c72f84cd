"""People, as far as the caller may know them: profiles pass the gate of `people/disclosure.py` and no other way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from balie.api import shapes
from balie.api.door import caller_of
from balie.api.finding import LARGEST_ID
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.reading import Line
from balie.people.disclosure import shown_to_experts
from balie.people.known import Known
from balie.people.models import Attribute, Person
from balie.people.rights import Rights
from balie.tickets.models import Ticket

router = Router(tags=["people"])

_BY_ID = Order(name="people", fields=("pk",))


class FactShape(Schema):
    """One thing that experts may know of somebody, in the caller's language."""

    label: str
    value: str


class ProfileShape(Schema):
    """`facts` are name, status, address and the allowed employee attributes; those are for experts.

    `attributes` is what the caller's own access rights show of the profile, by key; what they do not show is not there.
    """

    id: int
    name: str
    email: str
    kind: str
    facts: list[FactShape]
    attributes: dict[str, Any]


@router.get("/people", response=Page[ProfileShape], operation_id="list_people", summary="People")
def list_people(
    request: HttpRequest,
    email: Annotated[Line | None, Query(max_length=320, description="Exactly this address")] = None,
    q: Annotated[Line | None, Query(max_length=120, description="Part of a name or address")] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ProfileShape]:
    """All employees for experts; for everybody else those whose profiles they may see anything of, themselves included.

    Externals are found by the requests they take part in.
    """
    caller = caller_of(request)
    people = Person.objects.employees() if caller.is_expert else Rights.of(caller).people()
    if email:
        address = email.strip().lower()
        known = Q(email=address) | Q(identities__kind="email", identities__external_id=address)
        people = people.filter(known).distinct()
    if q:
        people = people.filter(Q(name__icontains=q) | Q(email__icontains=q))
    found, following = _BY_ID.page(people, cursor=cursor, limit=limit)
    return Page(items=_shown(found, caller=caller), next=following)


@router.get("/people/me", response=ProfileShape, operation_id="get_me", summary="You")
def get_me(request: HttpRequest) -> ProfileShape:
    caller = caller_of(request)
    return _shown([caller], caller=caller)[0]


@router.get("/people/{int:id}", response=ProfileShape, operation_id="get_person", summary="One person")
def get_person(request: HttpRequest, id: int) -> ProfileShape:
    caller = caller_of(request)
    person = Person.objects.filter(pk=id).first() if id <= LARGEST_ID else None
    if person is None or not _may_know(caller, person):
        raise Http404
    return _shown([person], caller=caller)[0]


def _may_know(caller: Person, person: Person) -> bool:
    if person.pk == caller.pk:
        return True
    if not caller.is_expert:
        return Rights.of(caller).people().filter(pk=person.pk).exists()
    # An external who only ever wrote to a private team is nobody for all others (product, rule 4).
    return not person.is_external or _meets(caller, person)


def _meets(caller: Person, person: Person) -> bool:
    taking_part = Q(requester=person) | Q(followings__person=person)
    return Ticket.objects.visible_to(caller).filter(taking_part).exists()


def _shown(people: Iterable[Person], *, caller: Person) -> list[ProfileShape]:
    found = list(people)
    shown = shapes.people(found)
    allowed = list(Attribute.objects.shown_to_experts()) if caller.is_expert else []
    known = Known(found)
    known.read_people(found, attributes=allowed)
    access = Rights.of(caller).over(found)
    attributes = list(Attribute.objects.in_use())
    return [
        ProfileShape(
            id=person.pk, name=person.name, email=shown[person.pk].email, kind=person.kind,
            facts=[
                FactShape(label=label, value=value)
                for label, value in (shown_to_experts(person, attributes=allowed, known=known) if caller.is_expert else [])
            ],
            attributes={
                one.key: person.attributes[one.key]
                for one in attributes
                if one.key in person.attributes and access[person.pk].may_view(one)
            },
        )
        for person in found
    ]  # fmt: skip
