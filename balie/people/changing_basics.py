"""Changing name, status, supervisor and addresses of a person, with the history of it, in one transaction.

Nobody is told of it. Whether `by` may do it is asked by whoever calls (`people/rights.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from balie.people import reporting_lines
from balie.people.basics import Basic
from balie.people.changing_attributes import ValuesRefused, Way
from balie.people.importing import is_importing
from balie.people.joining import join
from balie.people.models import AttributeChange, Identity, Person
from balie.people.roles import LastAdministrator
from balie.people.rows import Wrong, read_address, read_name
from balie.platform import clock
from balie.platform.live import tell

# Who reports to whom changes one after the other, so that two changes cannot close a loop together.
_LINES: Final = 0x62616C6965_03
MOST_ADDRESSES: Final = 20


def basics_of(person: Person) -> dict[Basic, Any]:
    """As `change` takes them: the supervisor is a number, other addresses are a list in order."""
    emails = person.identities.filter(kind=Identity.EMAIL).exclude(external_id=person.email)
    return {
        Basic.NAME: person.name, Basic.STATUS: person.status, Basic.SUPERVISOR: person.supervisor_id,
        Basic.EMAIL: person.email, Basic.OTHER_ADDRESSES: sorted(emails.values_list("external_id", flat=True)),
    }  # fmt: skip


def change(person: Person, wanted: Mapping[Basic, Any], *, by: Person | None, way: Way) -> list[AttributeChange]:
    """Give the person these; returns what changed. Raises `ValuesRefused`, with a sentence for each that cannot be.

    A former work address stays one of the other addresses, so that mail from it is still theirs.
    """
    try:
        with transaction.atomic():
            changes = _change(person, wanted, by=by, way=way)
    except IntegrityError:
        # Somebody else took the address between our look and our write.
        raise ValuesRefused({Basic.EMAIL: gettext("Somebody else has this address.")}) from None
    person.refresh_from_db()
    return changes


def _change(person: Person, wanted: Mapping[Basic, Any], *, by: Person | None, way: Way) -> list[AttributeChange]:
    _wait_for_no_import()
    administrators = set(
        Person.objects.select_for_update().administrators().order_by("pk").values_list("pk", flat=True)
    )
    row = Person.objects.select_for_update().get(pk=person.pk)
    before = basics_of(row)
    values = fitting(row, {**before, **wanted}, asked=wanted)
    if before[Basic.EMAIL] and values[Basic.EMAIL] != before[Basic.EMAIL]:
        values[Basic.OTHER_ADDRESSES] = sorted({*values[Basic.OTHER_ADDRESSES], before[Basic.EMAIL]})
    if values[Basic.STATUS] == Person.Status.INACTIVE and administrators == {row.pk}:
        raise ValuesRefused({Basic.STATUS: str(LastAdministrator())})
    changed = [basic for basic in Basic if values[basic] != before[basic]]
    if not changed:
        return []
    row.name, row.status, row.email = values[Basic.NAME], values[Basic.STATUS], values[Basic.EMAIL]
    row.supervisor_id = values[Basic.SUPERVISOR]
    _write_addresses(row, {values[Basic.EMAIL], *values[Basic.OTHER_ADDRESSES]} - {""})
    row.save(update_fields=["name", "status", "email", "supervisor"])
    if {Basic.STATUS, Basic.SUPERVISOR} & {*changed}:
        tell(f"rights:{row.pk}")
    return AttributeChange.objects.bulk_create(
        AttributeChange(
            person=row, field=basic.value, old=_as_history(basic, before[basic]), new=_as_history(basic, values[basic]),
            at=clock.now(), by=by, way=way,
        )
        for basic in changed
    )  # fmt: skip


def fitting(person: Person, wanted: Mapping[Basic, Any], *, asked: Mapping[Basic, Any]) -> dict[Basic, Any]:
    """These, as they are kept; raises `ValuesRefused` with a sentence for each of those asked that cannot be."""
    values, faults = dict(wanted), dict[str, str]()
    for basic in asked:
        try:
            values[basic] = _READ[basic](person, wanted[basic])
        except Wrong as wrong:
            faults[basic] = str(wrong)
    if Basic.OTHER_ADDRESSES in asked and not faults:
        values[Basic.OTHER_ADDRESSES] = [one for one in values[Basic.OTHER_ADDRESSES] if one != values[Basic.EMAIL]]
    if faults:
        raise ValuesRefused(faults)
    return values


def _name(_person: Person, written: Any) -> str:
    return read_name(str(written or ""))


def _status(_person: Person, written: Any) -> str:
    if written not in Person.Status.values:
        raise Wrong(_("Choose one of the statuses that are offered."))
    return str(written)


def _supervisor(person: Person, wanted: Any) -> int | None:
    if wanted is None:
        return None
    if wanted == person.supervisor_id:
        return int(wanted)
    lead = Person.objects.employees().filter(pk=wanted).first()
    if lead is None:
        raise Wrong(_("This person is not here any more."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LINES])
    if reporting_lines.would_close_a_loop(person.pk, lead.pk):
        if lead.pk == person.pk:
            raise Wrong(_("Nobody can supervise themselves."))
        raise Wrong(
            _("%(supervisor)s reports to %(name)s, directly or through others: nobody can supervise themselves."),
            supervisor=lead.name, name=person.name,
        )  # fmt: skip
    return int(lead.pk)


def _email(person: Person, written: Any) -> str:
    if not written and not person.email:
        return ""
    return _own_address(person, str(written or ""))


def _other_addresses(person: Person, written: Any) -> list[str]:
    found = {_own_address(person, str(one)) for one in written or ()}
    if len(found) > MOST_ADDRESSES:
        raise Wrong(_("A person has 20 other addresses at most."))
    return sorted(found)


def _own_address(person: Person, written: str) -> str:
    """The address, when nobody else who works here has it. Whoever is known by it from outside turns out to be this person."""
    address = read_address(written)
    owner = Person.objects.known_by(Identity.EMAIL, address)
    if owner is not None and owner.pk != person.pk and not owner.is_external:
        raise Wrong(_("%(address)s is the address of %(name)s."), address=address, name=owner.name)
    return address


_READ: Final[dict[Basic, Callable[[Person, Any], Any]]] = {
    Basic.NAME: _name, Basic.STATUS: _status, Basic.SUPERVISOR: _supervisor, Basic.EMAIL: _email,
    Basic.OTHER_ADDRESSES: _other_addresses,
}  # fmt: skip


def _write_addresses(row: Person, addresses: set[str]) -> None:
    for stranger in Person.objects.known_by_any(Identity.EMAIL, addresses).values():
        if stranger.is_external:
            join(stranger, to=row)
    mine = row.identities.filter(kind=Identity.EMAIL)
    mine.exclude(external_id__in=addresses).delete()
    there = set(mine.values_list("external_id", flat=True))
    Identity.objects.bulk_create(
        Identity(person=row, kind=Identity.EMAIL, external_id=address) for address in sorted(addresses - there)
    )


def _wait_for_no_import() -> None:
    """An import compares everybody with its file and holds the rows: nobody waits for it on a page."""
    if is_importing():
        raise ValuesRefused({"": gettext("People are being imported at this moment. Try again when that is done.")})


def _as_history(basic: Basic, value: Any) -> Any:
    """As an import writes them: the supervisor by name."""
    if basic == Basic.SUPERVISOR and value is not None:
        return Person.objects.values_list("name", flat=True).get(pk=value)
    if basic == Basic.OTHER_ADDRESSES:
        return ", ".join(value) or None
    return value or None
