"""A message of Slack as words of a request: read, known again by its place and ts, amended and retracted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from balie.channels.models import Arrival, Thread
from balie.channels.slack import jobs, reading
from balie.channels.slack.form.reading import to_html
from balie.channels.slack.heard import Deleted, Edited
from balie.channels.slack.models import Post, Question, Workspace
from balie.channels.slack.who import KnownNames
from balie.platform.characters import clean_name
from balie.tickets import amending
from balie.tickets.models import Message
from balie.tickets.words import Words

# Slack takes no more in one message; of a whole thread no more are taken over.
MOST_FILES: Final = 20
# So often it is waited for that the message of which an edit tells is understood first.
_PATIENCE: Final = 3
Said = dict[str, Any]


class NotYetKnown(Exception):
    """An edit came before its message; it is tried again in a moment."""


def read(workspace: Workspace, message: Mapping[str, Any]) -> Said:
    """What was said, as `Question.said` keeps it; what has files and no words is called by its files."""
    form = to_html(_without_call(message, workspace.bot_user_id), names=KnownNames(workspace))
    files = described_files(message)
    text, html = form.text.strip(), form.html
    if not text and files:
        words = Words.from_text(", ".join(clean_name(str(one["name"] or "…")) for one in files))
        text, html = words.text, words.html
    return {"ts": str(message.get("ts") or ""), "text": text, "html": html, "files": files}


def described_files(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of a message of Slack, by what is needed to fetch them."""
    needed = ("id", "name", "mimetype", "size", "url_private_download", "url_private", "mode")
    given = [one for one in message.get("files") or () if isinstance(one, dict)][:MOST_FILES]
    return [{name: one.get(name) for name in needed} for one in given]


def payload_of(arrival: Arrival) -> dict[str, Any]:
    """As it came: two of the doors take forms."""
    is_form = arrival.envelope.get("door") in ("interactions", "commands")
    return reading.payload_of(arrival.content(), is_form=is_form)


def words_of(said: Sequence[Said], *, thread: Thread) -> Words:
    """Several messages are one, when they were written before anybody could answer."""
    return Words(
        text="\n\n".join(one["text"] for one in said if one["text"]), html="".join(one["html"] for one in said),
        sent_to=(thread.address,),
    )  # fmt: skip


def remember(
    workspace: Workspace, said: Sequence[Said], *, thread: Thread, message: Message | None, place: str = ""
) -> None:
    """The posts are known from now on, and their files are fetched."""
    for one in said:
        facts = {"thread": thread, "message": message}
        Post.objects.update_or_create(workspace=workspace, place=place or thread.place, ts=one["ts"], defaults=facts)
        if message is not None and one["files"]:
            jobs.fetch_files_later(workspace, message, one["files"])


def is_known(workspace: Workspace, place: str, ts: str) -> bool:
    """Whether it has been read before, by another event or as the answer of our own."""
    return Post.objects.filter(workspace=workspace, place=place, ts=ts).exists()


def amend(workspace: Workspace, heard: Edited, *, attempts: int) -> Message | str:
    post = _post(workspace, heard.place, heard.ts)
    if post is None:
        if attempts <= _PATIENCE:
            raise NotYetKnown
        return "unknown"
    if post.edited >= heard.at:
        return "older edit"
    Post.objects.filter(pk=post.pk).update(edited=heard.at)
    said = read(workspace, heard.message)
    if post.message is None:
        return _in_question(post, said)
    amending.amend(post.message, words_of([said], thread=post.thread), by=post.message.author)
    return post.message


def retract(workspace: Workspace, heard: Deleted) -> Message | str:
    post = _post(workspace, heard.place, heard.ts)
    if post is None:
        return "unknown"
    if post.message is None:
        return _in_question(post, None)
    if post.delivery_id is not None:
        # Somebody took our own words away in Slack; in Balie they stay as they were sent.
        return "ours"
    amending.retract(post.message, by=post.message.author)
    return post.message


def subject_of(said: Sequence[Said]) -> str:
    """The first line that says something."""
    first = next((line.strip() for one in said for line in one["text"].split("\n") if line.strip()), "")
    return first if len(first) <= 120 else first[:119].rsplit(" ", 1)[0] + "…"


def _post(workspace: Workspace, place: str, ts: str) -> Post | None:
    posts = Post.objects.select_related("message__author", "message__ticket", "thread")
    return posts.select_for_update(of=("self",)).filter(workspace=workspace, place=place, ts=ts).first()


def _in_question(post: Post, said: Said | None) -> str:
    question = Question.objects.select_for_update().filter(thread=post.thread, answered_at__isnull=True).first()
    if question is None:
        return "unknown"
    kept = [one for one in question.said if one["ts"] != post.ts]
    at = next((number for number, one in enumerate(question.said) if one["ts"] == post.ts), len(kept))
    question.said = [*kept[:at], *([said] if said else []), *kept[at:]]
    question.save(update_fields=["said"])
    return ""


def _without_call(message: Mapping[str, Any], bot_user: str) -> Mapping[str, Any]:
    """The mention that calls the bot is nothing that the request is about."""
    call = f"<@{bot_user}>"
    changed = dict(message)
    if isinstance(message.get("text"), str):
        changed["text"] = message["text"].replace(call, "", 1).strip()
    blocks = message.get("blocks")
    if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict):
        changed["blocks"] = [_block_without_call(blocks[0], bot_user), *blocks[1:]]
    return changed


def _block_without_call(block: Mapping[str, Any], bot_user: str) -> Mapping[str, Any]:
    sections = block.get("elements")
    if block.get("type") != "rich_text" or not isinstance(sections, list) or not sections:
        return block
    first = sections[0]
    elements = first.get("elements") if isinstance(first, dict) else None
    if not isinstance(elements, list) or not elements or not isinstance(elements[0], dict):
        return block
    if elements[0].get("type") != "user" or elements[0].get("user_id") != bot_user:
        return block
    rest = list(elements[1:])
    if rest and isinstance(rest[0], dict) and rest[0].get("type") == "text":
        rest[0] = {**rest[0], "text": str(rest[0].get("text", "")).lstrip(" ,:")}
    return {**block, "elements": [{**first, "elements": rest}, *sections[1:]]}
