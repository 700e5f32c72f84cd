"""What was said about a request, the files that came with it, and how its deliveries go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.http import content_disposition_header
from ninja import Router, Schema, Status
from pydantic import Field

from balie.api import finding, shapes
from balie.api.door import caller_of
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.reading import Body, Letter, files_of, read, schema_of, words_of
from balie.api.shapes import PersonShape
from balie.channels.models import Delivery
from balie.people.models import Person
from balie.platform import files
from balie.tickets import refusals
from balie.tickets.models import Attachment, Message

router = Router(tags=["messages"])
_CHANNEL = "api"

_AS_SAID = Order(name="messages", fields=("created_at", "pk"))


class AttachmentShape(Schema):
    """A file. `content_id` is how the HTML of its message names it: `data-cid`."""

    id: int
    name: str
    type: str
    size: int
    url: str
    content_id: str


class DeliveryShape(Schema):
    """How it goes with one thing owed to one recipient."""

    id: int
    to: str
    channel: str
    purpose: str
    state: str
    attempts: int
    error: str


class MessageShape(Schema):
    """`text` is what the person wrote, without quoted history and signature; `html` the same, cleaned."""

    id: int
    request: int = Field(description="Number of the request")
    kind: Literal["reply", "note"]
    direction: Literal["in", "out"]
    author: PersonShape | None
    text: str
    html: str
    channel: str
    is_automatic: bool
    sender_check: str = Field(description="pass, none or fail: whether the sender proved who they are")
    created_at: datetime
    attachments: list[AttachmentShape]
    deliveries: list[DeliveryShape] = Field(description="For those who work on the request")


class NewMessage(Body):
    """What is said now."""

    kind: Literal["reply", "note"] = "reply"
    text: Letter = ""
    html: Letter = Field("", description="Instead of `text`; it is cleaned")


@router.get(
    "/requests/{int:number}/messages", response=Page[MessageShape], operation_id="list_messages", summary="Messages, oldest first"
)  # fmt: skip
def list_messages(request: HttpRequest, number: int, cursor: Cursor = "", limit: Limit = 50) -> Page[MessageShape]:
    """Notes and deliveries are for those who work on the request."""
    caller = caller_of(request)
    ticket = finding.ticket_of(caller, number)
    works_on_it = ticket.is_worked_on_by(caller)
    messages = Message.objects.filter(ticket=ticket)
    if not works_on_it:
        messages = messages.filter(kind=Message.Kind.REPLY)
    found, following = _AS_SAID.page(
        messages.select_related("author").prefetch_related(*_parts(with_deliveries=works_on_it)).defer("folded_html"),
        cursor=cursor, limit=limit,
    )  # fmt: skip
    return Page(items=_shown(request, found, with_deliveries=works_on_it), next=following)


@router.post(
    "/requests/{int:number}/messages", response={201: MessageShape}, operation_id="say", summary="Reply, or write a note",
    openapi_extra=schema_of(NewMessage, with_files=True),
)  # fmt: skip
def say(request: HttpRequest, number: int) -> Status[MessageShape]:
    """From those who work on the request a reply goes out to all who take part; from those who take part it comes in."""
    caller, said = caller_of(request), read(request, NewMessage)
    ticket = finding.ticket_of(caller, number)
    words = words_of(said.text, said.html, files=files_of(request))
    works_on_it = ticket.is_worked_on_by(caller)
    if said.kind == "note":
        message = ticket.note(by=caller, words=words, channel=_CHANNEL)
    elif works_on_it:
        message = ticket.reply(by=caller, words=words, channel=_CHANNEL)
    elif ticket.has_participant(caller):
        message = ticket.hear(by=caller, words=words, channel=_CHANNEL)
    else:
        raise refusals.NotYours
    return Status(201, _shown(request, [_whole(message.pk)], with_deliveries=works_on_it)[0])


@router.get(
    "/attachments/{int:id}", operation_id="get_attachment", summary="One file",
    openapi_extra={"responses": {200: {"description": "The file", "content": {"application/octet-stream": {}}}}},
)  # fmt: skip
def get_attachment(request: HttpRequest, id: int) -> FileResponse:
    attachment = Attachment.objects.readable_by(caller_of(request)).filter(pk=id).first()
    if attachment is None:
        raise Http404
    try:
        content = files.open_kept(attachment.sha256)
    except files.NotKept:
        raise Http404 from None
    response = FileResponse(content, content_type="application/octet-stream")
    response.headers["Content-Length"] = str(attachment.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _parts(*, with_deliveries: bool) -> list[Prefetch[str]]:
    parts: list[Prefetch[str]] = [Prefetch("attachments", Attachment.objects.order_by("pk"))]
    if with_deliveries:
        parts.append(Prefetch("deliveries", Delivery.objects.order_by("pk").defer("raw")))
    return parts


def _whole(pk: int) -> Message:
    return Message.objects.select_related("author").prefetch_related(*_parts(with_deliveries=True)).get(pk=pk)


def _shown(request: HttpRequest, messages: Sequence[Message], *, with_deliveries: bool) -> list[MessageShape]:
    authors = shapes.people(_authors(messages))
    return [
        MessageShape(
            id=message.pk, request=message.ticket_id,
            kind=message.kind,  # type: ignore[arg-type]  # its choices are these names
            direction=message.direction,  # type: ignore[arg-type]  # as above
            author=authors.get(message.author_id or 0), text=message.text, html=message.html, channel=message.channel,
            is_automatic=message.is_automatic, sender_check=message.sender_check, created_at=message.created_at,
            attachments=[_attachment(request, file) for file in message.attachments.all()],
            deliveries=[_delivery(one) for one in message.deliveries.all()] if with_deliveries else [],
        )
        for message in messages
    ]  # fmt: skip


def _authors(messages: Sequence[Message]) -> list[Person]:
    return [message.author for message in messages if message.author is not None]


def _attachment(request: HttpRequest, file: Attachment) -> AttachmentShape:
    url = request.build_absolute_uri(reverse("api:get_attachment", args=[file.pk]))
    return AttachmentShape(
        id=file.pk, name=file.name, type=file.media_type, size=file.size, url=url, content_id=file.content_id
    )


def _delivery(one: Delivery) -> DeliveryShape:
    return DeliveryShape(
        id=one.pk, to=one.address, channel=one.kind, purpose=one.purpose, state=one.state, attempts=one.attempts, error=one.error
    )  # fmt: skip
