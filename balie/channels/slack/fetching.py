"""What a message brings beside its words is fetched by jobs: its files, and the message itself when somebody marked it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import structlog
from django.db import transaction

from balie.channels import kinds, receiving
from balie.channels.slack.client import AccessLost, Refused, Slack
from balie.channels.slack.models import Post, Workspace
from balie.platform import files
from balie.platform.characters import clean_name
from balie.platform.live import tell
from balie.tickets.models import Attachment, Event
from balie.tickets.words import KeptFile, Words

log = structlog.get_logger(__name__)

LARGEST: Final = 25 * 1024 * 1024
# What Windows runs when it is opened; nobody sends these to a desk with good intent.
_NEVER: Final = (
    ".exe",
    ".scr",
    ".com",
    ".bat",
    ".cmd",
    ".msi",
    ".vbs",
    ".js",
    ".jse",
    ".wsf",
    ".ps1",
    ".hta",
    ".lnk",
    ".pif",
)
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")


def fetch_files(pk: int, described: Sequence[dict[str, Any]]) -> None:
    """Add them to the message, those that are small and harmless enough; a second run adds nothing twice."""
    post = Post.objects.select_related("workspace", "message__ticket").filter(pk=pk).first()
    if post is None or post.message is None:
        return
    slack = Slack.of(post.workspace)
    for one in described:
        name, url = clean_name(str(one.get("name") or one.get("id") or "file"))[:255], _address(one)
        mark = f"slack-{one.get('id')}"
        if not url or not may_be_taken(name, one.get("size")):
            log.info("slack file left there", post=pk)
            continue
        if Attachment.objects.filter(message=post.message, content_id=mark).exists():
            continue
        try:
            content = slack.download(url)
        except AccessLost as fault:
            post.workspace.disconnect(str(fault))
            return
        except Refused as refusal:
            log.info("slack file not given", post=pk, reason=refusal.reason)
            continue
        _add(
            post, content, name=name, media_type=str(one.get("mimetype") or "application/octet-stream")[:127], mark=mark
        )


def may_be_taken(name: str, size: object) -> bool:
    """By its size and by what it calls itself."""
    is_small = not isinstance(size, int) or size <= LARGEST
    return is_small and not name.lower().endswith(_NEVER)


def fetch_marked(pk: int, *, place: str, ts: str, user: str) -> None:
    """The message that somebody marked comes in as if it had been sent to us."""
    workspace = Workspace.objects.filter(pk=pk).first()
    if workspace is None or not workspace.is_connected:
        return
    slack = Slack.of(workspace)
    try:
        found = (
            slack.ask("conversations.history", channel=place, latest=ts, inclusive=True, limit=1).get("messages") or []
        )
        if not found or found[0].get("ts") != ts:
            found = slack.ask("conversations.replies", channel=place, ts=ts, limit=1).get("messages") or []
    except AccessLost as fault:
        workspace.disconnect(str(fault))
        return
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


def _add(post: Post, content: bytes, *, name: str, media_type: str, mark: str) -> None:
    message = post.message
    assert message is not None  # the caller looked
    kept = files.keep(content)
    file = KeptFile(
        name=name, media_type=media_type, sha256=kept.sha256, size=kept.size, content_id=mark,
        is_inline=media_type in _PICTURES,
    )  # fmt: skip
    with transaction.atomic():
        # Locked, so that two jobs cannot both find that it is missing.
        ticket = message.ticket.locked()
        if not Attachment.objects.filter(message=message, content_id=mark).exists():
            Attachment.objects.bulk_create(Attachment.of(Words(text="", html="", files=(file,)), message=message))
            ticket.save_changes()
            tell(f"team:{ticket.team_id}", ticket=ticket.pk, team=ticket.team_id, event=Event.Kind.HEARD.value)


def _address(described: dict[str, Any]) -> str:
    if described.get("mode") in ("external", "tombstone", "hidden_by_limit"):
        return ""
    return str(described.get("url_private_download") or described.get("url_private") or "")
