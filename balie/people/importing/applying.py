"""Doing what a plan says: all of it or nothing, a batch at a time, with its history. Nobody is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction

from balie.people import definitions, following
from balie.people.importing.plan import COLUMNS_OF_PERSON, ImportPlan, Planned
from balie.people.models import AttributeChange, Identity, Person
from balie.platform import clock

BATCH: Final = 1000
# One import at a time; held until its transaction ends.
_LOCK: Final = 0x62616C6965_02

Item = TypeVar("Item")


class ChangedMeanwhile(Exception):
    """Somebody changed people between plan and import; nothing was imported. Make a new plan."""


class TooManyLeave(Exception):
    """More people would become inactive than the organisation allows at once; nothing was imported."""


def apply(
    plan: ImportPlan,
    *,
    by: Person | None = None,
    many_may_leave: bool = True,
    progress: Callable[[int], object] = lambda _done: None,
) -> None:
    """Do what the plan says, all or nothing; `progress` hears how many people each batch was. `by` is nobody for a command.

    Raises `ChangedMeanwhile`, and `TooManyLeave` unless many may.
    """
    if plan.is_large_departure and not many_may_leave:
        raise TooManyLeave
    try:
        with transaction.atomic():
            one_at_a_time()
            definitions.stand_still()
            _refuse_what_changed(plan)
            _write(plan, by, progress)
    except IntegrityError:
        raise ChangedMeanwhile from None


def one_at_a_time() -> None:
    """Waits until no other import is under way; ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def is_importing() -> bool:
    """Whether an import is under way; otherwise none begins before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT pg_try_advisory_xact_lock_shared(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _refuse_what_changed(plan: ImportPlan) -> None:
    """The rows that will be written are locked, and still say what the plan was made of."""
    for batch in _batches(plan.changes):
        rows = Person.objects.select_for_update().order_by("pk").in_bulk([one.person.pk for one in batch])
        for one in batch:
            row = rows.get(one.person.pk)
            if row is None or one.before is None or _written(row) != _written(one.before):
                raise ChangedMeanwhile
    leaving = [one.pk for one in plan.departures] + [
        one.person.pk for one in plan.changes if one.person.status == Person.Status.INACTIVE
    ]
    administrators = Person.objects.able_to_sign_in().filter(role=Person.Role.ADMINISTRATOR).order_by("pk")
    staying = {person.pk for person in administrators.select_for_update()} - set(leaving)
    if not staying and administrators.exists():
        raise ChangedMeanwhile


def _write(plan: ImportPlan, by: Person | None, progress: Callable[[int], object]) -> None:
    for batch in _batches(plan.additions):
        for planned in batch:
            planned.person.password = make_password(None)
        Person.objects.bulk_create([planned.person for planned in batch])
        progress(len(batch))
    _name_people(plan)
    for batch in _batches(plan.changes):
        # An upsert: one statement writes what `bulk_update` needs a CASE per person and field for.
        Person.objects.bulk_create(
            [planned.person for planned in batch],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=list(COLUMNS_OF_PERSON),
        )
        if rereading := [one.person for one in batch if one.before and one.before.language != one.person.language]:
            following.language_changed(*rereading)
        progress(len(batch))
    touched = [*plan.additions, *plan.changes]
    Identity.objects.bulk_create(
        [
            Identity(person=planned.person, kind=Identity.EMAIL, external_id=address)
            for planned in touched
            for address in planned.new_addresses
        ],
        batch_size=BATCH,
    )
    _set_supervisors([(planned.person, planned.supervisor) for planned in touched if planned.supervisor])
    Person.objects.filter(pk__in=[person.pk for person in plan.departures]).update(status=Person.Status.INACTIVE)
    _remember(plan, by)
    progress(len(plan.departures))


def _name_people(plan: ImportPlan) -> None:
    """New people have their ids now, so that profiles can hold them."""
    for planned in (*plan.additions, *plan.changes):
        for attribute, named in planned.people.items():
            pk = named.person.pk if isinstance(named, Planned) else named.pk
            planned.person.attributes[attribute.key] = pk
            if not planned.is_new:
                planned.history[attribute] = (planned.history[attribute][0], pk)
    naming = [planned.person for planned in plan.additions if planned.people]
    Person.objects.bulk_update(naming, ["attributes"], batch_size=BATCH)


def _set_supervisors(pairs: Sequence[tuple[Person, Planned | Person | None]]) -> None:
    """All in one statement."""
    of = [lead.person.pk if isinstance(lead, Planned) else lead.pk for _person, lead in pairs if lead is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_person SET supervisor_id = wanted.lead"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (person, lead) WHERE people_person.id = wanted.person",
            [[person.pk for person, _lead in pairs], of],
        )


def _remember(plan: ImportPlan, by: Person | None) -> None:
    """The history of what was written; new profiles' in one statement."""
    at, way = clock.now(), AttributeChange.Way.IMPORT
    _remember_new([planned.person.pk for planned in plan.additions], by=by, way=way)
    changes = [
        AttributeChange(
            person=planned.person, attribute=None if isinstance(what, str) else what,
            field=what if isinstance(what, str) else "", old=old, new=new, at=at, by=by, way=way,
        )
        for planned in plan.changes
        for what, (old, new) in planned.history.items()
    ]  # fmt: skip
    changes += [
        AttributeChange(person=person, field="status", old=person.status, new="inactive", at=at, by=by, way=way)
        for person in plan.departures
    ]
    AttributeChange.objects.bulk_create(changes, batch_size=BATCH)


def _remember_new(people: Sequence[int], *, by: Person | None, way: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_attributechange (person_id, attribute_id, field, old, new, at, by_id, way)"
            " SELECT person.id, attribute.id, '', NULL, fact.value, now(), %s, %s"
            " FROM people_person AS person, jsonb_each(person.attributes) AS fact (key, value)"
            " JOIN people_attribute AS attribute ON attribute.key = fact.key WHERE person.id = ANY(%s)",
            [by.pk if by else None, way, list(people)],
        )


def _written(person: Person) -> tuple[Any, ...]:
    return (*(getattr(person, name) for name in COLUMNS_OF_PERSON), person.supervisor_id)


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
