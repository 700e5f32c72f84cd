"""Making and changing what profiles hold: sections, attributes, and the choices of those that have some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from balie.people import definitions, headings, retyping
from balie.people.models import Area, Attribute, Choice, Person, Section
from balie.people.models.credential import tell_what_experts_know
from balie.people.rights import Rights
from balie.platform import clock
from balie.platform.refusal import Refusal

Thing = TypeVar("Thing", Section, Attribute, Choice)

LONGEST_KEY = 60


class ShapingRefused(Refusal):
    """It cannot be changed so; says why, in the reader's language."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence or self.sentence


class NotForYou(ShapingRefused):
    sentence = gettext_lazy("What profiles hold is not yours to change.")


class IsPreset(ShapingRefused):
    sentence = gettext_lazy("What Balie brings along keeps its name, its type and its section.")


class StaysUnshared(ShapingRefused):
    sentence = gettext_lazy("Pay, tax and health are never shared; that cannot be taken back.")


class SectionInUse(ShapingRefused):
    sentence = gettext_lazy("Attributes stand in this section. Archive them, or move them to another one, first.")


class HasNoChoices(ShapingRefused):
    sentence = gettext_lazy("An attribute of this type has no choices.")


class ValuesWouldBeLost(ShapingRefused):
    """The type cannot change: `losses` are the values that the new one cannot hold."""

    def __init__(self, losses: retyping.Losses) -> None:
        said = ngettext(
            "The type was not changed: %(count)s value would be lost.",
            "The type was not changed: %(count)s values would be lost.",
            losses.count,
        ) % {"count": losses.count}
        super().__init__(" ".join([said, *([losses.why] if losses.why else [])]))
        self.losses = losses


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What an own attribute is. `labels`: by code of the language, "" where there is none."""

    label: str
    section: Section
    type: str = Attribute.Type.TEXT
    labels: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False
    is_sensitive: bool = False
    is_never_shared: bool = False


def make_section(label: str, *, labels: Mapping[str, str], by: Person) -> Section:
    with _shaping(by):
        return Section.objects.create(
            key=_free_key(label, {*Section.objects.values_list("key", flat=True)}), label=label, labels=_said(labels),
            position=_last(Section.objects.all()),
        )  # fmt: skip


def make_attribute(outline: Outline, *, by: Person) -> Attribute:
    """Its key is made from its label, and stays."""
    with _shaping(by):
        # Profiles may hold values under keys of the past, and imports know the fields of a person by theirs.
        taken = {*Attribute.objects.values_list("key", flat=True), *headings.PERSON_FIELDS}
        return Attribute.objects.create(
            key=_free_key(outline.label, taken), label=outline.label, labels=_said(outline.labels), section=outline.section,
            type=outline.type, is_required=outline.is_required, is_sensitive=outline.is_sensitive,
            is_never_shared=outline.is_never_shared, position=_last(Attribute.objects.filter(section=outline.section)),
        )  # fmt: skip


def reshape(attribute: Attribute, outline: Outline, *, by: Person) -> None:
    """Make it what the outline says. Of a preset one only the marks may change; raises `ShapingRefused`."""
    with _shaping(by):
        row = Attribute.objects.select_for_update(of=("self",)).get(pk=attribute.pk)
        if row.is_preset and row.is_never_shared and not outline.is_never_shared:
            raise StaysUnshared
        row.is_required, row.is_sensitive = outline.is_required, outline.is_sensitive
        row.is_never_shared = outline.is_never_shared
        if not row.is_preset:
            if outline.section.pk != row.section_id:
                row.section, row.position = outline.section, _last(Attribute.objects.filter(section=outline.section))
            row.label, row.labels = outline.label, _said(outline.labels)
            if row.type != outline.type:
                _retype(row, outline.type, by=by)
        row.save()
    attribute.refresh_from_db()


def _retype(row: Attribute, to: str, *, by: Person) -> None:
    losses = retyping.losses(row, to)
    if losses.count:
        raise ValuesWouldBeLost(losses)
    retyping.retype(row, to, by=by)
    row.type = to


def rename(thing: Section | Choice, label: str, *, labels: Mapping[str, str], by: Person) -> None:
    with _shaping(by):
        if thing.is_preset:
            raise IsPreset
        thing.label, thing.labels = label, _said(labels)
        thing.save(update_fields=["label", "labels"])


def add_choice(attribute: Attribute, label: str, *, by: Person) -> Choice:
    """A new one at the end, or an archived one of this name again."""
    with _shaping(by):
        row = Attribute.objects.get(pk=attribute.pk)
        if not row.has_choices:
            raise HasNoChoices
        choices = {choice.key: choice for choice in row.choices.all()}
        same = next((one for one in choices.values() if one.label.casefold() == label.casefold()), None)
        if same is not None and same.archived_at is None:
            raise ShapingRefused(_("There is a choice “%(label)s” already.") % {"label": label})
        if same is not None:
            same.archived_at = None
            same.save(update_fields=["archived_at"])
            return same
        return Choice.objects.create(
            attribute=row, key=_free_key(label, set(choices)), label=label, position=_last(row.choices.all())
        )


def merge(choice: Choice, *, into: Choice, by: Person) -> int:
    """Profiles that held `choice` hold `into` from now on, and `choice` is no more; returns how many those were."""
    with _shaping(by):
        if choice.attribute_id != into.attribute_id or choice.pk == into.pk:
            raise ShapingRefused(_("Choose another choice of the same attribute."))
        changed = retyping.replace_choice(choice, by=by, new=into)
        choice.delete()
    return changed


def archive(thing: Thing, *, by: Person) -> None:
    """Not offered and not shown any more; values stay where they are."""
    with _shaping(by):
        if thing.is_preset:
            raise IsPreset
        if isinstance(thing, Section) and thing.attributes.in_use().exists():
            raise SectionInUse
        if thing.archived_at is None:
            thing.archived_at = clock.now()
            thing.save(update_fields=["archived_at"])


def restore(thing: Thing, *, by: Person) -> None:
    """As it was before it was archived, its values too; an attribute brings its section back with it."""
    with _shaping(by):
        thing.archived_at = None
        thing.save(update_fields=["archived_at"])
        if isinstance(thing, Attribute):
            Section.objects.filter(pk=thing.section_id).update(archived_at=None)


def move(thing: Section | Attribute | Choice, *, places: int, by: Person) -> None:
    """Up or down among its neighbours: sections among sections, attributes in their section, choices in their attribute."""
    with _shaping(by):
        row: list[Section | Attribute | Choice] = [*_neighbours(thing)]
        at = next(place for place, one in enumerate(row) if one.pk == thing.pk)
        to = min(max(at + places, 0), len(row) - 1)
        row.insert(to, row.pop(at))
        for position, one in enumerate(row, start=1):
            one.position = position
        type(thing).objects.bulk_update(row, ["position"])  # type: ignore[arg-type]  # all of them are of its kind


def may_shape(person: Person) -> bool:
    """Administrators, and whoever has the right to change this area of the settings."""
    return Rights.of(person).may_open(Area.ATTRIBUTES, edit=True)


@contextmanager
def _shaping(by: Person) -> Iterator[None]:
    """One at a time, while nobody writes values. What experts' open pages show of profiles follows at once."""
    if not may_shape(by):
        raise NotForYou
    with transaction.atomic():
        definitions.change()
        yield
        tell_what_experts_know()


def _neighbours(thing: Section | Attribute | Choice) -> list[Section] | list[Attribute] | list[Choice]:
    if isinstance(thing, Attribute):
        return [*Attribute.objects.in_use().filter(section=thing.section)]
    if isinstance(thing, Choice):
        return [*Choice.objects.in_use().filter(attribute=thing.attribute)]
    return [*Section.objects.in_use()]


def _last(rows: object) -> int:
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1  # type: ignore[attr-defined]  # a query of any of the three


def _said(labels: Mapping[str, str]) -> dict[str, str]:
    return {code: label for code, label in labels.items() if label}


def _free_key(label: str, taken: set[str]) -> str:
    stem = slugify(label)[: LONGEST_KEY - 5].strip("-") or "own"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key
