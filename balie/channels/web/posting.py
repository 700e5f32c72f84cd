"""Files that a page posts one by one, before its form: each is kept at once, and the page gets a slip for it."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balie.channels.web import uploads
from balie.people.audience import Audience, for_
from balie.platform import files
from balie.tickets.words import KeptFile

# The first bytes of the pictures that a browser may show in place: they hold no script. (Specifications of each format.)
_HARMLESS: Final = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
)


@require_POST
@for_(Audience.PEOPLE)
def upload(request: HttpRequest) -> JsonResponse:
    """`POST /uploads` with one `file`; `picture=1` when it is to stand in the text. Answers with a slip, or why not."""
    posted = request.FILES.get("file")
    if not isinstance(posted, UploadedFile):
        return JsonResponse({"error": _("Choose a file.")}, status=422)
    try:
        file = uploads.keep_one(posted)
    except ValidationError as refused:
        return JsonResponse({"error": " ".join(refused.messages)}, status=413)
    except files.NoRoom:
        return JsonResponse(
            {"error": _("There is no room for files now. Send your message without, or try again later.")}, status=507
        )
    if request.POST.get("picture") and picture_kind(file):
        file = uploads.as_picture(file)
    slip = uploads.ticket_for(file)
    return JsonResponse(
        {
            "slip": slip,
            "name": file.name,
            "size": file.size,
            "picture": file.content_id,
            "address": address_of(slip) if file.content_id else "",
            "html": render_to_string("components/kept_file.html", {"slip": slip, "file": file}, request),
        },
        status=201,
    )


@require_safe
@for_(Audience.PEOPLE)
def picture(request: HttpRequest, slip: str) -> FileResponse:
    """`GET /uploads/SLIP`: a picture that has not been sent yet, for whoever has its slip, and for a day."""
    kept = uploads.bring_back([slip])
    kind = picture_kind(kept[0]) if kept else None
    if kind is None:
        raise Http404
    response = FileResponse(files.open_kept(kept[0].sha256), content_type=kind)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def address_of(slip: str) -> str:
    """Where the page of its writer shows the picture."""
    return reverse("upload", args=[slip])


def picture_kind(file: KeptFile) -> str | None:
    """The type of a harmless picture, by what it is and not by what it is called."""
    try:
        with files.open_kept(file.sha256) as content:
            beginning = content.read(16)
    except files.NotKept:
        return None
    return next((kind for mark, at, kind in _HARMLESS if beginning[at:].startswith(mark)), None)
