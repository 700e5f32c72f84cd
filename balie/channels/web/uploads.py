"""Files that come by a form: kept at once, and handed back to the page when the form was not in order."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any, BinaryIO, cast

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from balie.platform import files
from balie.platform.characters import clean_name
from balie.tickets.words import KeptFile

LARGEST = 25 * 1024 * 1024
_SALT = "kept-file"
_A_DAY = 24 * 3600
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")


class ManyFiles(forms.ClearableFileInput):
    """A file field of HTML with `multiple`."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files of at most 25 MB each; an empty one is a file as well."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = [one for one in data if one] if isinstance(data, list | tuple) else [data] if data else []
        for file in given:
            if (file.size or 0) > LARGEST:
                raise forms.ValidationError(_("%(name)s is larger than 25 MB.") % {"name": file.name})
        return given


def keep(uploads: Sequence[UploadedFile[Any]]) -> list[KeptFile]:
    """Put them on the disk, under the names they came with; raises `files.NoRoom`."""
    return [_keep(upload) for upload in uploads]


def keep_one(upload: UploadedFile[Any]) -> KeptFile:
    """One file that was posted by itself; raises `files.NoRoom`, and `forms.ValidationError` when it is too large."""
    FilesField(required=False).clean(upload)
    return _keep(upload)


def ticket_for(file: KeptFile) -> str:
    """What a page carries instead of the file itself, until its form is in order. Nobody else can make one."""
    return signing.dumps(asdict(file), salt=_SALT)


def bring_back(tickets: Sequence[str], *, named: Collection[str] = ()) -> list[KeptFile]:
    """The files of such slips; those that were forged are left out, and older ones than a day unless a row names the file.

    `named` are the SHA-256 of the files that a row of this writer names.
    """
    found: dict[tuple[str, str, str], KeptFile] = {}
    for written in tickets:
        file = _of_slip(written, named)
        if file is not None:
            found.setdefault((file.sha256, file.name, file.content_id), file)
    return list(found.values())


def as_picture(file: KeptFile) -> KeptFile:
    """The same file, to stand in the text: its content id is what the text calls it by."""
    return replace(file, content_id=f"{secrets.token_hex(10)}@balie", is_inline=True)


def as_enclosure(file: KeptFile) -> KeptFile:
    """The same file, to stand beneath the text."""
    return replace(file, content_id="", is_inline=False)


def _of_slip(written: str, named: Collection[str]) -> KeptFile | None:
    try:
        return KeptFile(**signing.loads(written, salt=_SALT, max_age=_A_DAY))
    except signing.SignatureExpired:
        file = KeptFile(**signing.loads(written, salt=_SALT))
        return file if file.sha256 in named else None
    except signing.BadSignature:
        return None


def _keep(upload: UploadedFile[Any]) -> KeptFile:
    kept = files.keep(cast(BinaryIO, upload.open("rb")))
    claimed = (upload.content_type or "").lower()
    return KeptFile(
        name=clean_name(upload.name or "") or _("file"),
        media_type=claimed if _MEDIA_TYPE.fullmatch(claimed) else "application/octet-stream",
        sha256=kept.sha256,
        size=kept.size,
    )
