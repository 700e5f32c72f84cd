"""Giving an attribute another type, or another choice in the place of one, with all its values; only when none is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from balie.organisation.models import Organisation
from balie.people.headings import plainly
from balie.people.known import Known
from balie.people.models import Attribute, AttributeChange, Choice, Person
from balie.people.notation import Notation
from balie.people.values import Unfit, Value, understood
from balie.platform import clock

MOST_EXAMPLES: Final = 5
# More than these nobody would choose from.
MOST_CHOICES: Final = 100
_BATCH: Final = 5000
_LONGEST_LABEL: Final = 120

_T = Attribute.Type
_TEXTS: Final = (_T.TEXT, _T.LONG_TEXT)
# The zeros of a cost centre and the plus of a telephone number mean something.
_MEANT_AS_WRITTEN: Final = re.compile(r"\+|[+-]?0\d")


@dataclass(frozen=True, kw_only=True)
class Losses:
    """`count` values cannot be of the new type; `examples`: whose, which one, and why not."""

    count: int = 0
    examples: list[tuple[Person, str, str]] = field(default_factory=list)
    why: str = ""


def losses(attribute: Attribute, to: str) -> Losses:
    """What would be lost if the attribute got this type. Texts and numbers become choices by making these."""
    makes_choices = to in (_T.CHOICE, _T.CHOICES) and not attribute.has_choices
    if makes_choices:
        distinct = {plainly(_words(value)) for _person, value in _holders(attribute)}
        if len(distinct) > MOST_CHOICES:
            why = _("%(count)s different values are too many to choose from.") % {"count": len(distinct)}
            return Losses(count=len(distinct), why=why)
    known, count = Known(), 0
    examples: list[tuple[int, str, str]] = []
    notation = _notation(attribute, (value for _pk, value in _holders(attribute)))
    for pk, value in _holders(attribute):
        try:
            _converted(attribute, to, value, known=known, notation=notation, makes_choices=makes_choices)
        except Unfit as unfit:
            count += 1
            if len(examples) < MOST_EXAMPLES:
                examples.append((pk, _words(value), str(unfit)))
    people = Person.objects.in_bulk([pk for pk, _value, _why in examples])
    return Losses(count=count, examples=[(people[pk], value, why) for pk, value, why in examples])


def retype(attribute: Attribute, to: str, *, by: Person) -> None:
    """Give the attribute the type and convert every value; whoever calls has asked for `losses` in the same transaction."""
    known = Known()
    makes_choices = to in (_T.CHOICE, _T.CHOICES) and not attribute.has_choices
    holders = [*_holders(attribute)]
    notation = _notation(attribute, (value for _pk, value in holders))
    if makes_choices:
        _make_choices(attribute, [_words(value) for _pk, value in holders])
        attribute = Attribute.objects.prefetch_related("choices").get(pk=attribute.pk)
    converted = [(pk, old, _converted(attribute, to, old, known=known, notation=notation)) for pk, old in holders]
    _write(attribute, [(pk, old, new) for pk, old, new in converted if old != new], by=by)
    Attribute.objects.filter(pk=attribute.pk).update(type=to)


def replace_choice(choice: Choice, *, new: Choice, by: Person) -> int:
    """Put one choice in the place of another in every profile; returns in how many."""
    attribute = choice.attribute
    order = list(attribute.choices.values_list("key", flat=True))
    changes: list[tuple[int, Any, Any]] = []
    for pk, old in _holders(attribute):
        if old == choice.key:
            changes.append((pk, old, new.key))
        elif isinstance(old, list) and choice.key in old:
            kept = {new.key if key == choice.key else key for key in old}
            changes.append((pk, old, [key for key in order if key in kept]))
    _write(attribute, changes, by=by)
    return len(changes)


def _holders(attribute: Attribute) -> Iterator[tuple[int, Any]]:
    rows = Person.objects.filter(attributes__has_key=attribute.key).order_by("pk")
    for pk, values in rows.values_list("pk", "attributes").iterator(chunk_size=_BATCH):
        yield pk, values[attribute.key]


def _words(value: object) -> str:
    """A value as it was written: of choices their keys, since the labels may change."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _converted(
    attribute: Attribute, to: str, value: Any, *, known: Known, notation: Notation, makes_choices: bool = False
) -> Value:
    """Raises `Unfit` for a value that the new type cannot hold whole."""
    if attribute.has_choices and to in (_T.CHOICE, _T.CHOICES):
        keys = value if isinstance(value, list) else [value]
        if to == _T.CHOICE and len(keys) > 1:
            raise Unfit(_("A single choice cannot hold several."))
        return keys if to == _T.CHOICES else str(keys[0])
    if attribute.has_choices:
        choices = known.choices(attribute)
        keys = value if isinstance(value, list) else [value]
        value = ", ".join(choices[str(key)].label if str(key) in choices else str(key) for key in keys)
    if attribute.type == _T.PERSON and to in _TEXTS:
        person = known.person(value) if isinstance(value, int) else None
        value = person.name if person else ""
    if makes_choices:
        label = _words(value)
        if len(label) > _LONGEST_LABEL:
            raise Unfit(_("A choice has at most 120 characters."))
        return label
    target = Attribute(
        pk=attribute.pk, key=attribute.key, label=attribute.label, type=to, is_preset=attribute.is_preset
    )
    if to in (_T.CHOICE, _T.CHOICES):
        key = known.choice_called(attribute, _words(value))
        if key is None:
            raise Unfit(_("This is no choice."))
        return [key] if to == _T.CHOICES else key
    words = _words(value)
    if to in (_T.NUMBER, _T.DECIMAL) and attribute.type in _TEXTS and _MEANT_AS_WRITTEN.match(words):
        raise Unfit(_("Its first character would be lost."))
    found = understood(target, words, known=known, notation=notation)
    if found is None:
        raise Unfit(_("Nothing would be left of it."))
    return found


def _notation(attribute: Attribute, values: Iterable[Any]) -> Notation:
    """How texts write numbers and days; values of other types are written in one way only."""
    if attribute.type not in _TEXTS:
        return Notation()
    with translation.override(Organisation.current().language):
        return Notation.guessed(map(_words, values), otherwise=Notation.of_reader())


def _make_choices(attribute: Attribute, written: list[str]) -> None:
    have = {plainly(name) or name for choice in attribute.choices.all() for name in (choice.key, choice.label)}
    keys = {choice.key for choice in attribute.choices.all()}
    made = []
    for label in sorted(written, key=plainly):
        name = plainly(label) or label.strip()
        if name in have:
            continue
        have.add(name)
        stem = slugify(label)[:50] or "choice"
        key, number = stem, 1
        while key in keys:
            number += 1
            key = f"{stem}-{number}"
        keys.add(key)
        made.append(Choice(attribute=attribute, key=key, label=label, position=len(keys)))
    Choice.objects.bulk_create(made)


def _write(attribute: Attribute, changes: list[tuple[int, Any, Any]], *, by: Person) -> None:
    at, way = clock.now(), AttributeChange.Way.SETTINGS
    for start in range(0, len(changes), _BATCH):
        batch = changes[start : start + _BATCH]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE people_person SET attributes = attributes || jsonb_build_object(%s::text, wanted.value)"
                " FROM unnest(%s::bigint[], %s::jsonb[]) AS wanted (person, value) WHERE people_person.id = wanted.person",
                [attribute.key, [pk for pk, _old, _new in batch], [Jsonb(new) for _pk, _old, new in batch]],
            )
        AttributeChange.objects.bulk_create(
            AttributeChange(person_id=pk, attribute=attribute, old=old, new=new, at=at, by=by, way=way)
            for pk, old, new in batch
        )
