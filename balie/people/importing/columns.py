"""How a file is to be read: what its columns hold, of what its bringer may fill, and how it writes numbers and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation

from balie.organisation.models import Organisation
from balie.people import headings
from balie.people.models import Attribute, Person
from balie.people.notation import Notation
from balie.people.rights import Rights
from balie.people.tables import Table


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is to be read, where its own headings and cells do not say it well enough.

    `columns`: for each heading a field of a person, an attribute's key, or "" to leave it out.
    """

    columns: tuple[str, ...] | None = None
    decimal_mark: str = ""
    is_month_first: bool | None = None


def importable_by(person: Person | None) -> list[Attribute]:
    """The attributes that this person's files can fill: those that they may edit on every profile. All for a command."""
    attributes = Attribute.objects.in_use().select_related("section").prefetch_related("choices")
    return [one for one in attributes if person is None or Rights.of(person).edits_of_everybody(one)]


def columns_of(names: Sequence[str], *, attributes: Sequence[Attribute], reading: Reading) -> list[str]:
    """What each column holds: as it was said, else as its heading has it."""
    if reading.columns is None:
        return headings.columns(names, attributes=attributes)
    allowed = headings.PERSON_FIELDS | {attribute.key for attribute in attributes}
    said = (*reading.columns, *[""] * len(names))[: len(names)]
    return [column if column in allowed and column not in said[:place] else "" for place, column in enumerate(said)]


def notation_of(
    table: Table, columns: Sequence[str], *, attributes: Mapping[str, Attribute], reading: Reading
) -> Notation:
    """As it was said; else as the cells tell; else as the organisation's language has it."""
    types = (Attribute.Type.NUMBER, Attribute.Type.DECIMAL, Attribute.Type.DATE)
    places = [
        place for place, column in enumerate(columns) if column in attributes and attributes[column].type in types
    ]
    otherwise = Notation()
    if not table.is_typed:
        with translation.override(Organisation.current().language):
            otherwise = Notation.of_reader()
    found = Notation.guessed((cells[place] for _number, cells in table.rows for place in places), otherwise=otherwise)
    return Notation(
        decimal_mark=reading.decimal_mark or ("." if table.is_typed else found.decimal_mark),
        is_month_first=found.is_month_first if reading.is_month_first is None else reading.is_month_first,
    )
