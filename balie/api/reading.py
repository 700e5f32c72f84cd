"""Reads what a program sent, as JSON or as a form with files, into a model; whatever does not fit is said field by field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from django.http import HttpRequest
from ninja import Schema
from ninja.errors import HttpError, ValidationError
from pydantic import AfterValidator, BeforeValidator, ConfigDict
from pydantic import ValidationError as Unread

from balie.channels.web import uploads
from balie.platform.characters import clean_text, mended
from balie.platform.files import NoRoom
from balie.tickets.words import KeptFile, Words

Model = TypeVar("Model", bound=Schema)

FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")


class Body(Schema):
    """A misspelt field is refused, not left aside."""

    model_config = ConfigDict(extra="forbid")


def _in_utc(moment: datetime) -> datetime:
    # Years at the ends of the calendar leave it in another time zone.
    if not 1970 <= moment.year <= 2200:
        raise ValueError("out of range")
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _no_number_for_text(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a boolean names nothing")
    return value


Line = Annotated[str, AfterValidator(clean_text)]
Letter = Annotated[str, AfterValidator(mended)]
Moment = Annotated[datetime, AfterValidator(_in_utc)]
# An id, or the name that people know it by.
Reference = Annotated[int | Line, BeforeValidator(_no_number_for_text)]


def read(request: HttpRequest, model: type[Model]) -> Model:
    """The body as a model; raises a `ValidationError` that names the fields, or 400 for what is not JSON."""
    try:
        return model.model_validate(_fields(request, model))
    except Unread as unread:
        raise ValidationError([{**error, "loc": ("body", *error["loc"])} for error in unread.errors()]) from None


def files_of(request: HttpRequest) -> tuple[KeptFile, ...]:
    """The files that came with a form, kept; raises `ValidationError`, or 503 when the disk is full."""
    given = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if any((file.size or 0) > uploads.LARGEST for file in given):
        raise HttpError(413, "A file is too large.")
    try:
        return tuple(uploads.keep(given))
    except NoRoom:
        raise HttpError(503, "The disk is full.") from None


def words_of(text: str, html: str, *, files: tuple[KeptFile, ...]) -> Words:
    """HTML when there is any: it says the same, with more to it."""
    return Words.from_html(html, files=files) if html.strip() else Words.from_text(text, files=files)


def schema_of(model: type[Schema], *, with_files: bool = False) -> dict[str, Any]:
    """The request body's part of the OpenAPI document."""
    schema = model.model_json_schema()
    content = {"application/json": {"schema": schema}}
    if with_files:
        files = {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "25 MB each"}
        content["multipart/form-data"] = {"schema": {**schema, "properties": {**schema["properties"], "files": files}}}
    return {"requestBody": {"required": True, "content": content}}


def _fields(request: HttpRequest, model: type[Schema]) -> Any:
    if request.content_type in FORMS:
        return {name: _value(model, name, values) for name, values in request.POST.lists()}
    try:
        return json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise HttpError(400, "This is not JSON.") from None


def _value(model: type[Schema], name: str, values: Sequence[object]) -> object:
    field = model.model_fields.get(name)
    is_list = field is not None and "list" in str(field.annotation)
    return values if is_list else values[-1] if values else ""
