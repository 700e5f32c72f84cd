"""Says in Slack what is owed there: asked again whether it may be said, in its turn, and once.

Slack takes about one message a second in each conversation. Whoever's turn it is not waits without holding up others. When an
answer was lost, the thread is read before anything is said again: each of our messages carries the name of its delivery.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils import translation

from balie.channels import delivering, kinds, silence
from balie.channels.models import Delivery, Thread
from balie.channels.models.delivery import NO_LONGER_ALLOWED, OVERTAKEN
from balie.channels.slack import cards, facts
from balie.channels.slack.client import AccessLost, CannotReach, Limited, Refused, Slack
from balie.channels.slack.form.limits import MOST_PARTS
from balie.channels.slack.form.writing import Part, to_parts
from balie.channels.slack.models import Member, Post, Turn, Workspace
from balie.people.models import Person
from balie.platform import clock, file_types, files
from balie.platform.file_types import Wrong
from balie.platform.secrets import sign
from balie.tickets.models import Attachment, Event, Message, Ticket

log = structlog.get_logger(__name__)

DISCONNECTED: Final = "Slack is disconnected"
EVENT_TYPE: Final = "balie_delivery"
# Half an hour between two tries would keep people waiting long after Slack is back.
_LONGEST_PAUSE: Final = timedelta(minutes=2)
# Files are counted as parts behind all that is said.
_FIRST_FILE: Final = 1000
# The whole of a letter that is longer than its messages.
_WHOLE: Final = 999
# What Slack says of blocks that it does not draw.
_NOT_DRAWN: Final = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments"})
_LARGEST_FILE: Final = 25 * 1024 * 1024
_MOST_READ: Final = 5


def send(delivery: Delivery) -> None:
    """One post of what is owed, and what more there is in the next turn."""
    threads = Thread.objects.select_related("ticket__team", "channel", "reader")
    thread = threads.filter(pk=delivery.thread_id).first() if delivery.thread_id is not None else None
    workspace = Workspace.objects.filter(pk=thread.channel_id).first() if thread else None
    if thread is None or workspace is None:
        delivery.refuse(NO_LONGER_ALLOWED)
        return
    if not workspace.is_connected:
        delivery.wait(DISCONNECTED)
        return
    if not _is_still_due(delivery, thread):
        return
    busy_until = Turn.take(workspace, thread.place)
    if busy_until is not None:
        # Behind all others that wait for this conversation, so that they do not ask for nothing in turn.
        before = Delivery.objects.filter(
            kind=kinds.SLACK, address=delivery.address, state__in=Delivery.PENDING, pk__lt=delivery.pk
        ).count()
        delivery.postpone(busy_until + before * timedelta(seconds=1))
        return
    was_begun = bool(delivery.external_id)
    if delivering.begin([delivery], name=_name):
        _Saying(delivery, thread, workspace).go_on(was_begun=was_begun)


def _name(delivery: Delivery) -> str:
    return f"{delivery.pk}-{sign('slack delivery', str(delivery.pk))}"


def _is_still_due(delivery: Delivery, thread: Thread) -> bool:
    """Asked at the last moment: the request may have moved, the person may take part no more."""
    if delivery.purpose == Delivery.Purpose.CARD:
        question = getattr(thread, "question", None) if thread.ticket is None else None
        if thread.ticket is None and (question is None or not question.said):
            delivery.refuse(OVERTAKEN)
            return False
        if thread.ticket is not None and (thread.ticket.deleted_at is not None or not thread.fits(thread.ticket)):
            delivery.refuse(NO_LONGER_ALLOWED)
            return False
        return True
    ticket, recipient = thread.ticket, delivery.recipient
    if ticket is None or recipient is None or not thread.fits(ticket):
        delivery.refuse(NO_LONGER_ALLOWED)
        return False
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    if not thread.fits(ticket) or not silence.may_hear(
        recipient, purpose=delivery.purpose, ticket=ticket, event=delivery.event
    ):
        delivery.refuse(NO_LONGER_ALLOWED)
        return False
    if delivery.event is not None and delivery.event.kind == Event.Kind.RESOLVED and ticket.is_open:
        delivery.refuse(OVERTAKEN)
        return False
    return True


class _Saying:
    """One delivery on its way."""

    def __init__(self, delivery: Delivery, thread: Thread, workspace: Workspace) -> None:
        self._delivery = delivery
        self._thread = thread
        self._workspace = workspace
        self._slack = Slack.of(workspace)

    def go_on(self, *, was_begun: bool) -> None:
        try:
            if was_begun:
                self._find_what_was_said()
            self._say_next()
        except Limited as limit:
            until = clock.now() + timedelta(seconds=limit.pause)
            Turn.close(self._workspace, self._thread.place, until=until)
            self._delivery.postpone(until)
        except CannotReach as fault:
            self._delivery.put_off(str(fault), at_most=_LONGEST_PAUSE)
        except AccessLost as fault:
            self._workspace.disconnect(str(fault))
            self._delivery.wait(DISCONNECTED)
        except Refused as refusal:
            self._refuse(refusal.reason)

    def _say_next(self) -> None:
        with translation.override(self._language()):
            if self._delivery.purpose == Delivery.Purpose.CARD:
                self._show_card()
            elif self._delivery.purpose == Delivery.Purpose.NOTICE:
                event = self._delivery.event
                words = cards.solved(event.by.name if event and event.by else "")
                if not self._posts():
                    self._post(0, Part(text=words, blocks=[]))
                self._delivery.take()
            elif self._delivery.message is None or not self._say_message(self._delivery.message):
                self._delivery.take()
            else:
                # There is more: in the next turn.
                self._delivery.postpone(clock.now() + timedelta(seconds=1))

    def _say_message(self, message: Message) -> bool:
        """Whether more of it is left."""
        said = {post.part for post in self._posts()}
        parts = to_parts(message.html, mentions=self._mentions(message))
        is_cut = len(parts) > MOST_PARTS
        if is_cut:
            parts = [*parts[:MOST_PARTS], Part(text=cards.goes_on(self._page(message.ticket)), blocks=[])]
        enclosed = list(message.attachments.order_by("pk"))
        for number, part in enumerate(parts):
            if number not in said:
                # Where it goes on is Balie's word, not the expert's.
                self._post(number, part, author=message.author if number < MOST_PARTS else None)
                return number + 1 < len(parts) or bool(enclosed) or is_cut
        if is_cut and _WHOLE not in said:
            self._put(_WHOLE, cards.name_of_whole(message.pk), message.text.encode())
            return bool(enclosed)
        for number, attachment in enumerate(enclosed):
            if _FIRST_FILE + number not in said:
                self._upload(_FIRST_FILE + number, attachment)
                return number + 1 < len(enclosed)
        return False

    def _show_card(self) -> None:
        thread = self._thread
        words, blocks = facts.card_of(thread, reader=self._reader())
        if thread.card:
            self._slack.call("chat.update", channel=thread.place, ts=thread.card, text=words, blocks=blocks)
        else:
            posts = self._posts()
            ts = posts[0].ts if posts else self._post(0, Part(text=words, blocks=blocks))
            thread.card = ts
            Thread.objects.filter(pk=thread.pk).update(card=ts)
        self._delivery.take()

    def _post(self, part: int, said: Part, *, author: Person | None = None) -> str:
        try:
            answer = self._post_as(part, said, author=author)
        except Refused as refusal:
            if not said.blocks or refusal.reason not in _NOT_DRAWN:
                raise
            # Nothing of it was taken; the words say the same.
            log.warning("slack does not draw blocks", delivery=self._delivery.pk, reason=refusal.reason)
            answer = self._post_as(part, Part(text=said.text, blocks=[]), author=author)
        ts = str(answer["ts"])
        self._remember(part, ts, place=str(answer.get("channel") or self._thread.place))
        return ts

    def _post_as(self, part: int, said: Part, *, author: Person | None) -> dict[str, Any]:
        return self._slack.call(
            "chat.postMessage", channel=self._thread.place, thread_ts=self._thread.anchor or None, text=said.text,
            blocks=said.blocks or None, unfurl_links=False, unfurl_media=False,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"delivery": self._delivery.external_id, "part": part}},
            **self._in_the_name_of(author),
        )  # fmt: skip

    def _upload(self, part: int, attachment: Attachment) -> None:
        content = b""
        wrong: Wrong | None = Wrong.TOO_LARGE
        if attachment.size <= _LARGEST_FILE:
            with files.open_kept(attachment.sha256) as kept:
                content = kept.read()
            wrong = file_types.what_is_wrong(attachment.name, content)
        if wrong is None:
            try:
                self._put(part, attachment.name, content)
                return
            except Refused as refusal:
                # When it is the conversation that Slack refuses, it refuses to be told so there as well.
                log.warning("slack takes no file", delivery=self._delivery.pk, reason=refusal.reason)
                wrong = Wrong.REFUSED
        self._keep_back(part, attachment, wrong)

    def _put(self, part: int, name: str, content: bytes) -> None:
        file = self._slack.upload(name=name, content=content, place=self._thread.place, thread=self._thread.anchor)
        self._remember(part, file, place=self._thread.place)

    def _page(self, ticket: Ticket) -> str:
        return facts.page_of(ticket, reader=self._reader())

    def _keep_back(self, part: int, attachment: Attachment, wrong: Wrong) -> None:
        """It stays at the request; whoever waits for it and whoever sent it learn why it is not here."""
        ticket, mark = attachment.message.ticket, f"out-{attachment.pk}"
        said = cards.file_kept_back(attachment.name, wrong, self._page(ticket))
        self._post(part, Part(text=said, blocks=[]))
        if not Event.objects.filter(ticket=ticket, kind=Event.Kind.FILE_LEFT, details__mark=mark).exists():
            Event.record(
                ticket, kind=Event.Kind.FILE_LEFT, by=None, message=attachment.message, file=attachment.name,
                why=wrong.value, mark=mark, is_ours=True,
            )  # fmt: skip

    def _remember(self, part: int, ts: str, *, place: str) -> None:
        """A talk is known by the member's id until something was said in it; and the first thing said is what it hangs from."""
        with transaction.atomic():
            changes: dict[str, Any] = {}
            if place != self._thread.place:
                changes["place"] = place
            if not self._thread.anchor:
                changes["anchor"] = ts
            if changes:
                Thread.objects.filter(pk=self._thread.pk).update(**changes)
                for name, value in changes.items():
                    setattr(self._thread, name, value)
                Delivery.objects.filter(thread=self._thread.pk, state__in=Delivery.PENDING).update(address=place)
                self._delivery.address = place
            Post.objects.get_or_create(
                workspace=self._workspace, place=place, ts=ts,
                defaults={
                    "thread": self._thread, "message": self._delivery.message, "delivery": self._delivery, "part": part,
                },
            )  # fmt: skip

    def _find_what_was_said(self) -> None:
        """An answer may have been lost: what Slack has taken of it already is not said again."""
        place = self._thread.place
        if place.startswith(("U", "W")):
            opened = self._slack.call("conversations.open", users=place)
            place = str((opened.get("channel") or {}).get("id") or place)
        # The delivery's own time begins anew when it is released or tried again.
        event = self._delivery.event
        owed_at = min(self._delivery.created_at, event.at if event else self._thread.created_at)
        oldest = str(int(owed_at.timestamp()) - 60)
        if self._thread.anchor:
            method, about = "conversations.replies", {"ts": self._thread.anchor}
        else:
            method, about = "conversations.history", {}
        known = {post.part for post in self._posts()}
        found = self._slack.whole(
            method, what="messages", most_pages=_MOST_READ, channel=place, oldest=oldest, include_all_metadata=True,
            limit=200, **about,
        )  # fmt: skip
        said = self._delivery.message
        enclosed: dict[int, str] = {}
        if said is not None:
            enclosed[_WHOLE] = cards.name_of_whole(said.pk)
            enclosed |= {_FIRST_FILE + at: one.name for at, one in enumerate(said.attachments.order_by("pk"))}
        for message in found:
            part = self._part_of(message)
            if part is not None and part not in known:
                self._remember(part, str(message["ts"]), place=place)
                known.add(part)
            for file in self._own_files(message):
                # A file carries no name of its delivery; ours of this name, in this thread and since then, is this one.
                for number, name in enclosed.items():
                    if name == file.get("name") and number not in known:
                        self._remember(number, str(file.get("id")), place=place)
                        known.add(number)
                        break

    def _part_of(self, message: Mapping[str, Any]) -> int | None:
        metadata = message.get("metadata")
        if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
            return None
        payload = metadata.get("event_payload")
        if not isinstance(payload, dict) or payload.get("delivery") != self._delivery.external_id:
            return None
        part = payload.get("part")
        return part if isinstance(part, int) else 0

    def _own_files(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        if message.get("user") != self._workspace.bot_user_id:
            return []
        return [one for one in message.get("files") or () if isinstance(one, dict)]

    def _posts(self) -> list[Post]:
        return list(Post.objects.filter(delivery=self._delivery).order_by("part"))

    def _in_the_name_of(self, author: Person | None) -> dict[str, str]:
        """An expert answers under their own name and picture, with Balie's mark behind it in Slack."""
        if author is None:
            return {}
        member = Member.objects.filter(workspace=self._workspace, person=author).exclude(picture="").first()
        return {"username": author.name[:80]} | ({"icon_url": member.picture} if member else {})

    def _mentions(self, message: Message) -> dict[str, str]:
        """Only those whom the message names, and who take part, are called."""
        known = Member.objects.filter(workspace=self._workspace, person__in=message.mentions.all(), is_gone=False)
        known = known.order_by("pk")
        return {member.person.name: member.user_id for member in known.select_related("person") if member.person}

    def _reader(self) -> Person:
        if self._thread.reader is not None:
            return self._thread.reader
        assert self._thread.ticket is not None  # a talk without a request has a reader
        return self._thread.ticket.requester

    def _language(self) -> str:
        return self._reader().reads()

    def _refuse(self, reason: str) -> None:
        """It cannot be said there. What somebody waits for goes by mail instead; a card is a matter of Slack only."""
        person = self._delivery.recipient
        address = person.mail_address() if person else ""
        if self._delivery.purpose == Delivery.Purpose.CARD:
            if reason in ("message_not_found", "cant_update_message", "edit_window_closed"):
                Thread.objects.filter(pk=self._thread.pk).update(card="")
            self._delivery.refuse(OVERTAKEN)
            log.info("slack card not shown", reason=reason)
        elif address and not self._posts():
            log.info("said by mail instead", delivery=self._delivery.pk, reason=reason)
            row = self._delivery
            row.kind, row.address, row.thread, row.external_id = kinds.EMAIL, address, None, ""
            row.state, row.attempts, row.held_by, row.next_attempt_at = Delivery.State.OWED, 0, None, clock.now()
            row.save()
        else:
            self._delivery.refuse(f"Slack: {reason}")
