"""One row of an import, understood: what it says of a person, or what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_noop as _

from balie.people import headings
from balie.people.exporting import as_it_was
from balie.people.known import Known
from balie.people.models import Attribute
from balie.people.notation import Notation
from balie.people.values import Unfit, Value, understood
from balie.platform import text
from balie.platform.sentences import Said, Sentence

LONGEST_NAME = 120
LONGEST_ADDRESS = 254


class Wrong(Said):
    """A cell cannot be used; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a row says. An empty cell says nothing: what is known stays."""

    number: int
    email: str
    other_addresses: tuple[str, ...] = ()
    # Fields of `Person` as they will be: name, status, language, time_zone.
    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Value] = field(default_factory=dict)
    # As they were written: an address, or a name. By the attribute's key, and the supervisor.
    people: Mapping[str, str] = field(default_factory=dict)
    supervisor: str = ""
    # What cannot be used of it; the rest can.
    left_out: tuple[Sentence, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.email, *self.other_addresses)


def understand(
    number: int,
    cells: Sequence[str],
    *,
    columns: Sequence[str],
    attributes: Mapping[str, Attribute],
    known: Known,
    notation: Notation,
) -> Row:
    """The row of these cells; raises `Wrong` when it cannot be used. Without an attribute's value that does not fit, it can."""
    said = {column: as_it_was(cell) for column, cell in zip(columns, cells, strict=True) if column and cell}
    given = {
        "name": _name(said),
        "status": _status(said.get("status", "")),
        "language": _language(said.get("language", "")),
        "time_zone": _time_zone(said.get("time_zone", "")),
    }
    values: dict[str, Value] = {}
    people: dict[str, str] = {}
    left_out: list[Sentence] = []
    for key in sorted(said.keys() & attributes.keys()):
        if attributes[key].type == Attribute.Type.PERSON:
            people[key] = " ".join(text.clean_text(said[key]).split())
            continue
        try:
            value = understood(attributes[key], said[key], known=known, notation=notation)
        except Unfit as unfit:
            left_out.append(Sentence(_("%(label)s: %(fault)s Left out."), label=attributes[key], fault=unfit.sentence))
            continue
        if value is not None:
            values[key] = value
    return Row(
        number=number,
        email=read_address(said.get("email", "")),
        other_addresses=tuple(dict.fromkeys(map(read_address, _listed(said.get("other_addresses", ""))))),
        fields={name: value for name, value in given.items() if value},
        attributes=values,
        people=people,
        supervisor=" ".join(text.clean_text(said.get("supervisor", "")).split()),
        left_out=tuple(left_out),
    )


def _name(said: Mapping[str, str]) -> str:
    return read_name(said.get("name") or f"{said.get('first_name', '')} {said.get('last_name', '')}")


def read_name(written: str) -> str:
    """The name of a person; raises `Wrong`."""
    name = " ".join(text.clean_text(written).split())
    if not name:
        raise Wrong(_("The name is missing."))
    if len(name) > LONGEST_NAME:
        raise Wrong(_("The name is longer than 120 characters."))
    return text.clean_name(name)


def read_address(written: str) -> str:
    """A work address, in lower case; raises `Wrong`."""
    address = text.clean_text(written).strip().lower()
    if not address:
        raise Wrong(_("The work address is missing."))
    try:
        validate_email(address)
    except ValidationError:
        raise Wrong(_("“%(written)s” is not an email address."), written=written[:80]) from None
    if len(address) > LONGEST_ADDRESS:
        raise Wrong(_("The address is longer than 254 characters."))
    return address


def _listed(written: str) -> list[str]:
    return [one for one in written.replace(";", " ").replace(",", " ").split() if one]


def _status(written: str) -> str:
    found = headings.status(written) if written else ""
    if found is None:
        raise Wrong(
            _("The status “%(written)s” is not known. Use onboarding, active, leave or inactive."), written=written[:80]
        )
    return found


def _language(written: str) -> str:
    found = headings.language(written) if written else ""
    if found is None:
        raise Wrong(
            _("The language “%(written)s” is not spoken here. Use en, de, nl, fr, es or it."), written=written[:80]
        )
    return found


def _time_zone(written: str) -> str:
    if written and written not in available_timezones():
        raise Wrong(_("The time zone “%(written)s” is not known."), written=written[:80])
    return written
