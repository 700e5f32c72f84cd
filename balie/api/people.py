"""People, as far as the caller may know them: profiles pass the gate of `people/disclosure.py` and no other way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from balie.api import shapes
from balie.api.door import asker_of, caller_of
from balie.api.finding import LARGEST_ID
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.reading import Line
from balie.people.disclosure import passed_on, shown_to_experts
from balie.people.known import Known
from balie.people.models import Attribute, Credential, Person
from balie.people.models.person import PersonQuerySet
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
    """All employees for experts and for credentials; for everybody else those whose profiles they may see anything of,
    themselves included.

    Externals are found by the requests they take part in.
    """
    asker = asker_of(request)
    people = _known_to(asker)
    if email:
        address = email.strip().lower()
        known = Q(email=address) | Q(identities__kind="email", identities__external_id=address)
        people = people.filter(known).distinct()
    if q:
        people = people.filter(Q(name__icontains=q) | Q(email__icontains=q))
    found, following = _BY_ID.page(people, cursor=cursor, limit=limit)
    return Page(items=_shown(found, asker=asker), next=following)


@router.get("/people/me", response=ProfileShape, operation_id="get_me", summary="You")
def get_me(request: HttpRequest) -> ProfileShape:
    return _shown([caller_of(request)], asker=asker_of(request))[0]


@router.get("/people/{int:id}", response=ProfileShape, operation_id="get_person", summary="One person")
def get_person(request: HttpRequest, id: int) -> ProfileShape:
    asker = asker_of(request)
    person = Person.objects.filter(pk=id).first() if id <= LARGEST_ID else None
    if person is None or not _may_know(asker, person):
        raise Http404
    return _shown([person], asker=asker)[0]


def _known_to(asker: Person | Credential) -> PersonQuerySet:
    if isinstance(asker, Credential) or asker.is_expert:
        employees: PersonQuerySet = Person.objects.employees()
        return employees
    return Rights.of(asker).people()


def _may_know(caller: Person | Credential, person: Person) -> bool:
    if isinstance(caller, Credential):
        return not person.is_external
    if person.pk == caller.pk:
        return True
    if not caller.is_expert:
        return Rights.of(caller).people().filter(pk=person.pk).exists()
    # An external who only ever wrote to a private team is nobody for all others (product, rule 4).
    return not person.is_external or _meets(caller, person)


def _meets(caller: Person, person: Person) -> bool:
    taking_part = Q(requester=person) | Q(followings__person=person)
    return Ticket.objects.visible_to(caller).filter(taking_part).exists()


def _shown(people: Iterable[Person], *, asker: Person | Credential) -> list[ProfileShape]:
    found = list(people)
    shown, facts = shapes.people(found), _known_of(found, asker)
    values = _values_of(found, asker)
    return [
        ProfileShape(
            id=person.pk, name=person.name, email=shown[person.pk].email, kind=person.kind,
            facts=[FactShape(label=label, value=value) for label, value in facts.get(person.pk, ())],
            attributes=values[person.pk],
        )
        for person in found
    ]  # fmt: skip


def _values_of(people: list[Person], asker: Person | Credential) -> dict[int, dict[str, Any]]:
    """By key: what the asker's own access rights show; of credentials, what they allow."""
    if isinstance(asker, Credential):
        allowed = list(Attribute.objects.in_use().filter(credentials=asker, is_never_shared=False))
        return {person.pk: _kept(person, allowed) for person in people}
    access, attributes = Rights.of(asker).over(people), list(Attribute.objects.in_use())
    return {
        person.pk: _kept(person, [one for one in attributes if access[person.pk].may_view(one)]) for person in people
    }


def _kept(person: Person, attributes: list[Attribute]) -> dict[str, Any]:
    return {one.key: person.attributes[one.key] for one in attributes if one.key in person.attributes}


def _known_of(people: list[Person], asker: Person | Credential) -> dict[int, list[tuple[str, str]]]:
    """Experts are told what Conversations allows, credentials what they allow, and everybody else nothing."""
    if isinstance(asker, Credential):
        return passed_on(people, by=asker)
    if not asker.is_expert:
        return {}
    allowed = list(Attribute.objects.shown_to_experts())
    known = Known(people)
    known.read_people(people, attributes=allowed)
    return {person.pk: shown_to_experts(person, attributes=allowed, known=known) for person in people}
