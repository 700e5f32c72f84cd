"""What is worth something for seconds only: a form that opens over Slack, a word that one person sees. Sent after the commit.

It is no delivery: a form can be opened within three seconds of the press, and whoever sees none presses again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import structlog
from django.db import transaction

from balie.channels.slack.client import AccessLost, CannotReach, Refused, Slack
from balie.channels.slack.models import Workspace

log = structlog.get_logger(__name__)

_PATIENCE = 4
_pool: Executor | None = None


def begin() -> None:
    """In a worker: beside its queues, so that a slow Slack holds nothing up."""
    global _pool
    _pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="slack")


def open_form(workspace: Workspace, view: dict[str, Any], *, trigger: str) -> None:
    _after_commit(workspace, "views.open", trigger_id=trigger, view=view)


def whisper(
    workspace: Workspace,
    words: str,
    *,
    place: str,
    user: str,
    thread: str = "",
    blocks: list[dict[str, Any]] | None = None,
) -> None:
    """Only this member sees it; in a talk with the bot alone there is nobody else, and it is said plainly."""
    if place.startswith(("D", "U", "W")) or not place:
        _after_commit(
            workspace, "chat.postMessage", channel=place or user, text=words, blocks=blocks, thread_ts=thread or None
        )
    else:
        _after_commit(
            workspace,
            "chat.postEphemeral",
            channel=place,
            user=user,
            text=words,
            blocks=blocks,
            thread_ts=thread or None,
        )


def unfurl(workspace: Workspace, unfurls: dict[str, Any], *, at: dict[str, str]) -> None:
    _after_commit(workspace, "chat.unfurl", unfurls=unfurls, **at)


def _after_commit(workspace: Workspace, method: str, **arguments: Any) -> None:
    token = workspace.bot_token
    # Only strings go over to the other thread, which touches no row.
    transaction.on_commit(lambda: _run(lambda: _post(token, method, arguments)))


def _run(work: Callable[[], None]) -> None:
    if _pool is None:
        work()
    else:
        _pool.submit(work)


def _post(token: str, method: str, arguments: dict[str, Any]) -> None:
    try:
        Slack(token, patience=_PATIENCE).call(method, **arguments)
    except (CannotReach, AccessLost, Refused) as fault:
        log.info("slack not told at once", method=method, fault=str(fault))
