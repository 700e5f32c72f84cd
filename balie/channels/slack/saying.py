"""A message of Slack as words of a request: read, known again by its place and ts, amended and retracted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from balie.channels.models import Arrival, Thread
from balie.channels.slack import jobs, reading
from balie.channels.slack.form.reading import to_html
from balie.channels.slack.heard import Deleted, Edited
from balie.channels.slack.models import Link, Post, Question, Workspace
from balie.channels.slack.who import KnownNames
from balie.people.models import Identity, Person
from balie.platform import clock
from balie.platform.characters import clean_name
from balie.tickets import amending
from balie.tickets.models import Message
from balie.tickets.words import Words

# Slack takes no more in one message; of a whole thread no more are taken over.
MOST_FILES: Final = 20
# So often, and so long after it was said, it is waited for that a message is understood before what changes it.
_PATIENCE: Final = 3
_ON_THE_WAY: Final = timedelta(minutes=10)
_TS: Final = re.compile(r"\d{1,12}\.\d{1,9}")
Said = dict[str, Any]


class NotYetKnown(Exception):
    """What changes a message came before it; it is tried again in a moment."""


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


def mark_of(file: str) -> str:
    """How a kept file is known as this one of Slack's."""
    return f"slack-{file}"


def payload_of(arrival: Arrival) -> dict[str, Any]:
    """As it came: two of the doors take forms."""
    is_form = arrival.envelope.get("door") in ("interactions", "commands")
    return reading.payload_of(arrival.content(), is_form=is_form)


def words_of(said: Sequence[Said], *, thread: Thread | None) -> Words:
    """Several messages are one, when they were written before anybody could answer. Whoever reads `thread` has them already."""
    return Words(
        text="\n\n".join(one["text"] for one in said if one["text"]), html="".join(one["html"] for one in said),
        sent_to=(thread.address,) if thread else (),
    )  # fmt: skip


def remember(
    workspace: Workspace, said: Sequence[Said], *, thread: Thread, message: Message | None, place: str = ""
) -> None:
    """The posts are known from now on, and their files are fetched."""
    for one in said:
        facts = {"thread": thread, "message": message}
        Post.objects.update_or_create(workspace=workspace, place=place or thread.place, ts=one["ts"], defaults=facts)
        if message is not None and one["files"]:
            jobs.fetch_files_later(workspace, message, one["files"], place=place or thread.place, ts=one["ts"])


def is_known(workspace: Workspace, place: str, ts: str) -> bool:
    """Whether it has been read before, by another event or as the answer of our own."""
    return Post.objects.filter(workspace=workspace, place=place, ts=ts).exists()


def amend(workspace: Workspace, heard: Edited, *, attempts: int) -> Message | str:
    """Somebody wrote it otherwise. Raises `NotYetKnown`."""
    post = held(workspace, heard.place, heard.ts)
    if post is None:
        _wait_for(workspace, heard.place, heard.ts, attempts=attempts)
        return "unknown"
    if post.edited >= heard.at:
        return "older edit"
    if _is_anothers(workspace, post, heard.user):
        return "of another"
    Post.objects.filter(pk=post.pk).update(edited=heard.at)
    return _say_otherwise(post, read(workspace, heard.message))


def retract(workspace: Workspace, heard: Deleted, *, attempts: int) -> Message | str:
    """Somebody took it back. Raises `NotYetKnown`."""
    post = held(workspace, heard.place, heard.ts)
    if post is None:
        _wait_for(workspace, heard.place, heard.ts, attempts=attempts)
        return "unknown"
    if post.delivery_id is not None:
        # Somebody took our own words away in Slack; in Balie they stay as they were sent.
        return "ours"
    if _is_anothers(workspace, post, heard.author):
        return "of another"
    return _say_otherwise(post, None)


def held(workspace: Workspace, place: str, ts: str) -> Post | None:
    """The post, until the commit; and before it the question that it is a part of, in the order of whoever answers that."""
    posts = Post.objects.select_related("message__author", "message__ticket__team", "thread")
    found = posts.filter(workspace=workspace, place=place, ts=ts)
    list(Question.objects.select_for_update().filter(thread__in=found.values("thread")))
    return found.select_for_update(of=("self",)).first()


def take_out(post: Post) -> tuple[Said | None, list[Said]]:
    """What the post said when it was written before a team was chosen, and what of that is left without it: these are one
    message."""
    question = _question_of(post)
    if question is None:
        return None, []
    said = next(one for one in question.said if one["ts"] == post.ts)
    question.said = [one for one in question.said if one is not said]
    question.save(update_fields=["said"])
    return said, question.said


def subject_of(said: Sequence[Said]) -> str:
    """The first line that says something."""
    first = next((line.strip() for one in said for line in one["text"].split("\n") if line.strip()), "")
    return first if len(first) <= 120 else first[:119].rsplit(" ", 1)[0] + "…"


def _question_of(post: Post) -> Question | None:
    """The question that it is a part of."""
    question = Question.objects.filter(thread=post.thread).first()
    return question if question is not None and any(one["ts"] == post.ts for one in question.said) else None


def _say_otherwise(post: Post, said: Said | None) -> Message | str:
    """What was written before a team was chosen is one message of several posts, of which this one says something else now."""
    question, whole = _question_of(post), [said] if said else []
    if question is not None:
        whole = [one for part in question.said for one in ([said] if part["ts"] == post.ts else [part]) if one]
        question.said = whole
        question.save(update_fields=["said"])
    if post.message is None:
        return "" if question is not None else "unknown"
    amending.amend(post.message, words_of(whole, thread=post.thread), by=post.message.author)
    return post.message


def _is_anothers(workspace: Workspace, post: Post, user: str) -> bool:
    """Whoever made a request of somebody else's message has a copy of it, which is not changed by that one's hand."""
    if not user or post.message is None:
        return False
    known: Person | None = Person.objects.known_by(Identity.SLACK, f"{workspace.external_id}:{user}")
    return known != post.message.author


def _wait_for(workspace: Workspace, place: str, ts: str, *, attempts: int) -> None:
    """Slack brings a message again after a minute and after five, when we could not take it; until then what changes it may
    come first. Where most of what is said is no request, nobody waits for it."""
    said_at = float(ts) if _TS.fullmatch(ts) else 0.0
    is_young = clock.now().timestamp() - said_at < _ON_THE_WAY.total_seconds()
    if is_young and attempts <= _PATIENCE and (place.startswith("D") or _asks_always(workspace, place)):
        raise NotYetKnown


def _asks_always(workspace: Workspace, place: str) -> bool:
    return Link.objects.filter(workspace=workspace, place=place, mode=Link.Mode.EVERY).exists()


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
