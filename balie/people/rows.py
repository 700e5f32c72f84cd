"""One row of an import, understood: what it says of a person, or what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from balie.people import headings
from balie.people.models import Attribute
from balie.platform import text

LONGEST_NAME = 120
LONGEST_ADDRESS = 254
LONGEST_VALUE = 1000


class Wrong(Exception):
    """A cell cannot be used; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a row says. An empty cell says nothing: what is known stays."""

    number: int
    email: str
    other_addresses: tuple[str, ...] = ()
    # Fields of `Person` as they will be: name, status, language, time_zone.
    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    # As it was written: an address, or a name.
    supervisor: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.email, *self.other_addresses)


def understand(
    number: int, cells: Sequence[str], *, columns: Sequence[str], attributes: Mapping[str, Attribute]
) -> Row:
    """The row of these cells; raises `Wrong` for the first cell that cannot be used."""
    said = {column: cell for column, cell in zip(columns, cells, strict=True) if column and cell}
    given = {
        "name": _name(said),
        "status": _status(said.get("status", "")),
        "language": _language(said.get("language", "")),
        "time_zone": _time_zone(said.get("time_zone", "")),
    }
    return Row(
        number=number,
        email=_address(said.get("email", "")),
        other_addresses=tuple(dict.fromkeys(map(_address, _listed(said.get("other_addresses", ""))))),
        fields={name: value for name, value in given.items() if value},
        attributes={key: _value(attributes[key], said[key]) for key in said if key in attributes},
        supervisor=" ".join(text.clean_text(said.get("supervisor", "")).split()),
    )


def _name(said: Mapping[str, str]) -> str:
    written = said.get("name") or f"{said.get('first_name', '')} {said.get('last_name', '')}"
    name = " ".join(text.clean_text(written).split())
    if not name:
        raise Wrong(_("The name is missing."))
    if len(name) > LONGEST_NAME:
        raise Wrong(_("The name is longer than 120 characters."))
    return text.clean_name(name)


def _address(written: str) -> str:
    address = text.clean_text(written).strip().lower()
    if not address:
        raise Wrong(_("The work address is missing."))
    try:
        validate_email(address)
    except ValidationError:
        raise Wrong(_("“%(written)s” is not an email address.") % {"written": written[:80]}) from None
    if len(address) > LONGEST_ADDRESS:
        raise Wrong(_("The address is longer than 254 characters."))
    return address


def _listed(written: str) -> list[str]:
    return [one for one in written.replace(";", " ").replace(",", " ").split() if one]


def _status(written: str) -> str:
    found = headings.status(written) if written else ""
    if found is None:
        raise Wrong(
            _("The status “%(written)s” is not known. Use onboarding, active, leave or inactive.")
            % {"written": written[:80]}
        )
    return found


def _language(written: str) -> str:
    found = headings.language(written) if written else ""
    if found is None:
        raise Wrong(
            _("The language “%(written)s” is not spoken here. Use en, de, nl, fr, es or it.")
            % {"written": written[:80]}
        )
    return found


def _time_zone(written: str) -> str:
    if written and written not in available_timezones():
        raise Wrong(_("The time zone “%(written)s” is not known.") % {"written": written[:80]})
    return written


def _value(attribute: Attribute, written: str) -> str:
    value = text.clean_text(written).strip()
    if len(value) > LONGEST_VALUE:
        raise Wrong(_("%(label)s is longer than 1000 characters.") % {"label": attribute})
    if attribute.key == "date" or attribute.key.endswith("_date"):
        found = headings.day(value)
        if found is None:
            raise Wrong(_("“%(written)s” is not a date. Write it like 2026-11-23.") % {"written": written[:80]})
        return found.isoformat()
    return value
