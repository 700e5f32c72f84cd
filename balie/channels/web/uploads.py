"""Files that come by a form: kept at once, and handed back to the page when the form was not in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
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


def ticket_for(file: KeptFile) -> str:
    """What a page carries instead of the file itself, until its form is in order. Nobody else can make one."""
    return signing.dumps(asdict(file), salt=_SALT)


def bring_back(tickets: Sequence[str]) -> list[KeptFile]:
    """The files of such slips; those that were forged or are older than a day are left out."""
    found = []
    for written in tickets:
        try:
            found.append(KeptFile(**signing.loads(written, salt=_SALT, max_age=_A_DAY)))
        except signing.BadSignature:
            continue
    return found


def _keep(upload: UploadedFile[Any]) -> KeptFile:
    kept = files.keep(cast(BinaryIO, upload.open("rb")))
    claimed = (upload.content_type or "").lower()
    return KeptFile(
        name=clean_name(upload.name or "") or _("file"),
        media_type=claimed if _MEDIA_TYPE.fullmatch(claimed) else "application/octet-stream",
        sha256=kept.sha256,
        size=kept.size,
    )
