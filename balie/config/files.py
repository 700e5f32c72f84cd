"""Hands out a file to whoever may read the message that it came with, so that it can do no harm in their browser."""

from __future__ import annotations

from typing import Final

from django.http import FileResponse, Http404, HttpRequest
from django.utils.http import content_disposition_header

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import files
from balie.tickets.models import Attachment

# The first bytes of the pictures that a browser may show in place: they hold no script. (Specifications of each format.)
_HARMLESS: Final = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
)


@for_(Audience.PEOPLE)
def file(request: HttpRequest, pk: int, name: str) -> FileResponse:
    """`GET /files/12/screen.png`; the name is for people, the number decides."""
    assert isinstance(request.user, Person)
    attachment = Attachment.objects.readable_by(request.user).filter(pk=pk).first()
    if attachment is None:
        raise Http404
    try:
        content = files.open_kept(attachment.sha256)
    except files.NotKept:
        raise Http404 from None
    picture = _picture(content.read(16))
    content.seek(0)
    response = FileResponse(content, content_type=picture or "application/octet-stream")
    response.headers["Content-Length"] = str(attachment.size)
    response.headers["Content-Disposition"] = (
        content_disposition_header(picture is None, attachment.name) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # The number always names the same bytes, but a shared computer must not keep them.
    response.headers["Cache-Control"] = "private, no-store" if picture is None else "private, max-age=3600"
    return response


def _picture(beginning: bytes) -> str | None:
    """The type of a harmless picture, by what it is and not by what it is called."""
    return next((kind for mark, at, kind in _HARMLESS if beginning[at:].startswith(mark)), None)
