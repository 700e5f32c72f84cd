"""Employee attributes: what profiles can hold. Administrators make and change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from balie.api.door import caller_of
from balie.api.lists import Page
from balie.api.problems import Unfit
from balie.api.reading import Body, Line, read, schema_of
from balie.people import shaping_attributes as shaping
from balie.people.models import Attribute, Person, Section
from balie.people.shaping_attributes import Outline
from balie.platform.characters import clean_name
from balie.platform.languages import CODES

router = Router(tags=["people"])

TypeName = Literal[
    "text", "long_text", "number", "decimal", "date", "yes_no", "choice", "choices", "link", "person"
]  # as Attribute.Type
Label = Annotated[Line, Field(min_length=1, max_length=120)]
Labels = Annotated[dict[str, Annotated[Line, Field(max_length=120)]], Field(description="By code of the language")]


class SectionShape(Schema):
    key: str
    label: str = Field(description="In your language")


class ChoiceShape(Schema):
    key: str
    label: str = Field(description="In your language")


class AttributeShape(Schema):
    """Profiles hold values by `key`."""

    key: str
    label: str = Field(description="In your language")
    type: TypeName
    section: SectionShape
    choices: list[ChoiceShape] = Field(description="Those in use, of `choice` and `choices`")
    is_preset: bool
    is_required: bool
    is_sensitive: bool
    is_never_shared: bool = Field(description="No API credentials can be allowed to read it")


class AttributeNew(Body):
    label: Label
    labels: Labels = {}
    section: Annotated[Line, Field(description="Key of the section", max_length=60)]
    type: TypeName = "text"
    is_required: bool = False
    is_sensitive: bool = False
    is_never_shared: bool = False
    choices: Annotated[list[Label], Field(max_length=500, description="What can be chosen, in order")] = []


class AttributeChanges(Body):
    """What is left out stays as it is. Of a preset one only the marks can be changed."""

    label: Label = ""
    labels: Labels = {}
    section: Annotated[Line, Field(description="Key of the section", max_length=60)] = ""
    type: TypeName = "text"
    is_required: bool = False
    is_sensitive: bool = False
    is_never_shared: bool = False


@router.get(
    "/attributes", response=Page[AttributeShape], operation_id="list_attributes", summary="Employee attributes, in their order"
)  # fmt: skip
def list_attributes(request: HttpRequest) -> Page[AttributeShape]:
    """All that are in use, on one page."""
    return Page(items=[_shown(one) for one in _in_use()], next=None)


@router.get(
    "/attributes/{key}", response=AttributeShape, operation_id="get_attribute", summary="One employee attribute"
)
def get_attribute(request: HttpRequest, key: str) -> AttributeShape:
    return _shown(_found(key))


@router.post(
    "/attributes", response={201: AttributeShape}, operation_id="make_attribute", summary="Make an employee attribute",
    openapi_extra=schema_of(AttributeNew),
)  # fmt: skip
def make_attribute(request: HttpRequest) -> Status[AttributeShape]:
    """For administrators."""
    caller = _shaper(request)
    sent = read(request, AttributeNew)
    outline = Outline(
        label=_label(sent.label), labels=_labels(sent.labels), section=_section(sent.section), type=sent.type,
        is_required=sent.is_required, is_sensitive=sent.is_sensitive, is_never_shared=sent.is_never_shared,
    )  # fmt: skip
    made = shaping.make_attribute(outline, by=caller)
    for label in sent.choices:
        shaping.add_choice(made, _label(label), by=caller)
    return Status(201, _shown(_found(made.key)))


@router.patch(
    "/attributes/{key}", response=AttributeShape, operation_id="change_attribute", summary="Change an employee attribute",
    openapi_extra=schema_of(AttributeChanges),
)  # fmt: skip
def change_attribute(request: HttpRequest, key: str) -> AttributeShape:
    """For administrators. A type changes only when no value is lost."""
    caller = _shaper(request)
    found, sent = _found(key), read(request, AttributeChanges)
    given: dict[str, Any] = {name: getattr(sent, name) for name in sent.model_fields_set}
    if "label" in given:
        given["label"] = _label(given["label"])
    if "labels" in given:
        given["labels"] = _labels(given["labels"])
    if "section" in given:
        given["section"] = _section(given["section"])
    now: dict[str, Any] = {
        name: getattr(found, name)
        for name in ("label", "labels", "section", "type", "is_required", "is_sensitive", "is_never_shared")
    }
    if found.is_preset and given.keys() & {"label", "labels", "section", "type"}:
        raise shaping.IsPreset
    shaping.reshape(found, Outline(**{**now, **given}), by=caller)
    return _shown(_found(key))


def _shaper(request: HttpRequest) -> Person:
    """Whoever may change what profiles hold; asked before anything is read of what was sent."""
    caller = caller_of(request)
    if not shaping.may_shape(caller):
        raise shaping.NotForYou
    return caller


def _label(written: str) -> str:
    label = clean_name(written)
    if not label:
        raise Unfit("label")
    return label


def _in_use() -> Any:
    return Attribute.objects.in_use().select_related("section").prefetch_related("choices")


def _found(key: str) -> Attribute:
    found: Attribute | None = _in_use().filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _section(key: str) -> Section:
    found = Section.objects.in_use().filter(key=key).first()
    if found is None:
        raise Unfit("section", _("There is no such section."))
    return found


def _labels(given: Mapping[str, str]) -> dict[str, str]:
    if unspoken := given.keys() - CODES:
        written = ", ".join(sorted(unspoken))[:80]
        sentence = _("The language “%(written)s” is not spoken here. Use en, de, nl, fr, es or it.")
        raise Unfit("labels", sentence % {"written": written})
    return {code: clean_name(label) for code, label in given.items()}


def _shown(attribute: Attribute) -> AttributeShape:
    return AttributeShape(
        key=attribute.key, label=str(attribute), type=attribute.type,  # type: ignore[arg-type]  # its choices
        section=SectionShape(key=attribute.section.key, label=str(attribute.section)),
        choices=[
            ChoiceShape(key=one.key, label=str(one)) for one in attribute.choices.all() if not one.archived_at
        ] if attribute.has_choices else [],
        is_preset=attribute.is_preset, is_required=attribute.is_required, is_sensitive=attribute.is_sensitive,
        is_never_shared=attribute.is_never_shared,
    )  # fmt: skip
