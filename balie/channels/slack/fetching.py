"""What a message brings beside its words is fetched by jobs: its files, those of its thread, and the message itself when somebody
marked it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from balie.channels import kinds, receiving, threads
from balie.channels.slack import cards
from balie.channels.slack.client import AccessLost, CannotReach, Refused, Slack
from balie.channels.slack.models import Post, Workspace
from balie.channels.slack.opening import member_id
from balie.channels.slack.saying import MOST_FILES, described_files, mark_of
from balie.platform import file_types, files
from balie.platform.characters import clean_name
from balie.platform.file_types import Wrong
from balie.platform.live import tell
from balie.tickets.models import Attachment, Event, Message
from balie.tickets.words import KeptFile, Words

log = structlog.get_logger(__name__)

LARGEST: Final = 25 * 1024 * 1024
_MOST_PAGES: Final = 5
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
# Kept by somebody else than Slack, deleted, or hidden by what the workspace pays for.
_AWAY: Final = ("external", "tombstone", "hidden_by_limit")
Described = Mapping[str, Any]


class Left(Exception):
    """A file stays where it is."""

    def __init__(self, why: Wrong) -> None:
        super().__init__(why)
        self.why = why


def fetch_files(workspace: int, message: int, described: Sequence[Described], *, place: str = "", ts: str = "") -> None:
    """Add them to the message, those that are small and harmless; of each other one its request and its sender are told.

    With `place` and `ts`, to the message that this post is by now: it may be split off while its files are on their way.
    A second run adds and tells nothing twice. Raises `CannotReach` also while Slack is disconnected, so that it is tried again.
    """
    found = Message.objects.select_related("ticket", "author").filter(pk=message).first()
    known = Workspace.objects.filter(pk=workspace).first()
    if found is not None and known is not None:
        _Fetching(known, found, post=(place, ts)).take_all(described)


def fetch_thread_files(workspace: int, message: int, *, place: str, anchor: str) -> None:
    """The same for all that people shared in the thread that a request was made of."""
    found = Message.objects.select_related("ticket", "author").filter(pk=message).first()
    known = Workspace.objects.filter(pk=workspace).first()
    if found is not None and known is not None:
        _Fetching(known, found).take_thread(place=place, anchor=anchor)


def fetch_marked(pk: int, *, place: str, ts: str, user: str) -> None:
    """The message that somebody marked comes in as if it had been sent to us. Raises `CannotReach` as `fetch_files` does."""
    workspace = Workspace.objects.filter(pk=pk).first()
    if workspace is None:
        return
    if not workspace.is_connected:
        raise CannotReach("disconnected")
    slack = Slack.of(workspace)
    try:
        found = (
            slack.ask("conversations.history", channel=place, latest=ts, inclusive=True, limit=1).get("messages") or []
        )
        if not found or found[0].get("ts") != ts:
            found = slack.ask("conversations.replies", channel=place, ts=ts, limit=1).get("messages") or []
    except AccessLost as fault:
        workspace.disconnect(str(fault))
        raise CannotReach("disconnected") from fault
    except Refused as refusal:
        log.info("slack message not given", place=place, reason=refusal.reason)
        return
    message = next((one for one in found if isinstance(one, dict) and one.get("ts") == ts), None)
    if message is None:
        return
    fetched = {
        "type": "balie_fetched",
        "team_id": workspace.external_id,
        "user": user,
        "channel": place,
        "message": message,
    }
    receiving.keep(
        kind=kinds.SLACK, external_id=f"{workspace.external_id}-fetched-{place}-{ts}", raw=json.dumps(fetched).encode(),
        envelope={"door": "fetched", "workspace": workspace.external_id},
    )  # fmt: skip


class _Fetching:
    """The files of one message on their way."""

    def __init__(self, workspace: Workspace, message: Message, *, post: tuple[str, str] = ("", "")) -> None:
        self._workspace = workspace
        self._message = message
        self._place, self._ts = post
        self._slack = Slack.of(workspace)

    def take_thread(self, *, place: str, anchor: str) -> None:
        try:
            found = list(self._files_of(place, anchor)) if self._workspace.is_connected else []
        except AccessLost as fault:
            self._lose_access(fault)
        except Refused as refusal:
            # The shortcut may be used where Balie is no member; the message itself came with it.
            log.info("slack thread not given", place=place, reason=refusal.reason)
            return
        self.take_all(found[:MOST_FILES])
        for one in found[MOST_FILES:]:
            self._leave(_name(one), _mark(one), Wrong.TOO_MANY)

    def take_all(self, described: Iterable[Described]) -> None:
        if not self._workspace.is_connected:
            raise CannotReach("disconnected")
        self._follow(self._posts())
        for one in described:
            if self._is_settled(_mark(one)):
                continue
            try:
                self._take(one)
            except Left as left:
                self._leave(_name(one), _mark(one), left.why)
            except Refused as refusal:
                log.info("slack file not given", message=self._message.pk, reason=refusal.reason)
                self._leave(_name(one), _mark(one), Wrong.TOO_LARGE if refusal.reason == "too_large" else Wrong.AWAY)
            except AccessLost as fault:
                self._lose_access(fault)

    def _files_of(self, place: str, anchor: str) -> Iterable[dict[str, Any]]:
        said = self._slack.whole(
            "conversations.replies", what="messages", most_pages=_MOST_PAGES, channel=place, ts=anchor, limit=200
        )
        for message in said:
            if not message.get("bot_id") and message.get("user") != self._workspace.bot_user_id:
                yield from described_files(message)

    def _take(self, one: Described) -> None:
        mark = _mark(one)
        if not _address(one) and one.get("mode") not in _AWAY:
            # From another company's part of a shared channel: https://docs.slack.dev/apis/events-api/#shared_channel_files
            one = self._slack.ask("files.info", file=one.get("id")).get("file") or one
        name, size, address = _name(one), one.get("size"), _address(one)
        if file_types.is_program(name):
            raise Left(Wrong.PROGRAM)
        if isinstance(size, int) and size > LARGEST:
            raise Left(Wrong.TOO_LARGE)
        if not address:
            raise Left(Wrong.AWAY)
        content = self._slack.download(address)
        wrong = file_types.what_is_wrong(name, content)
        if wrong is not None:
            raise Left(wrong)
        media_type = file_types.media_type(name, content)
        kept = files.keep(content)
        self._add(
            KeptFile(
                name=name, media_type=media_type[:127], sha256=kept.sha256, size=kept.size, content_id=mark,
                is_inline=media_type in _PICTURES,
            )
        )  # fmt: skip

    def _add(self, file: KeptFile) -> None:
        with transaction.atomic():
            self._follow(self._posts().select_for_update(of=("self",)))
            # Locked, so that two jobs cannot both find that it is missing.
            ticket = self._message.ticket.locked()
            if not self._is_settled(file.content_id):
                words = Words(text="", html="", files=(file,))
                Attachment.objects.bulk_create(Attachment.of(words, message=self._message))
                ticket.save_changes()
                tell(f"team:{ticket.team_id}", ticket=ticket.pk, team=ticket.team_id, event=Event.Kind.HEARD.value)

    def _leave(self, name: str, mark: str, why: Wrong) -> None:
        with transaction.atomic():
            self._follow(self._posts().select_for_update(of=("self",)))
            ticket = self._message.ticket.locked()
            if self._is_settled(mark):
                return
            Event.record(
                ticket, kind=Event.Kind.FILE_LEFT, by=None, message=self._message, file=name, why=why.value, mark=mark
            )
        self._tell_sender(name, why)

    def _tell_sender(self, name: str, why: Wrong) -> None:
        """In the thread, seen by nobody else. It is at the request already; that this is not said must not fetch again."""
        author, thread = self._message.author, threads.of(self._message.ticket)
        user = member_id(self._workspace, author) if author else ""
        if author is None or not user:
            return
        with translation.override(author.reads()):
            words = cards.file_left(name, why)
        in_talk = thread is None or thread.reader_id is not None
        about = {"channel": user if thread is None else thread.place, "text": words}
        if thread is not None and thread.anchor:
            about["thread_ts"] = thread.anchor
        try:
            if in_talk:
                self._slack.call("chat.postMessage", **about)
            else:
                self._slack.call("chat.postEphemeral", user=user, **about)
        except (CannotReach, AccessLost, Refused) as fault:
            log.info("slack sender not told", message=self._message.pk, fault=str(fault))

    def _posts(self) -> QuerySet[Post]:
        """The post that the files came with, or none. Whoever splits it off locks it before the requests, as we do."""
        posts = Post.objects.select_related("message__ticket__team", "message__author")
        return posts.filter(workspace=self._workspace, place=self._place, ts=self._ts)

    def _follow(self, posts: QuerySet[Post]) -> None:
        post = posts.first() if self._ts else None
        if post is not None and post.message is not None:
            self._message = post.message

    def _is_settled(self, mark: str) -> bool:
        if Attachment.objects.filter(message=self._message, content_id=mark).exists():
            return True
        return Event.objects.filter(message=self._message, kind=Event.Kind.FILE_LEFT, details__mark=mark).exists()

    def _lose_access(self, fault: AccessLost) -> None:
        self._workspace.disconnect(str(fault))
        raise CannotReach("disconnected") from fault


def _mark(one: Described) -> str:
    return mark_of(str(one.get("id")))


def _name(one: Described) -> str:
    return clean_name(str(one.get("name") or one.get("id") or "file"))[:255]


def _address(one: Described) -> str:
    return "" if one.get("mode") in _AWAY else str(one.get("url_private_download") or one.get("url_private") or "")
