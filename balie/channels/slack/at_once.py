"""What is worth something for seconds only: a form that opens over Slack, a word that one person sees. Sent after the commit.

It is no delivery: a form can be opened within three seconds of the press, and whoever sees none is told to press again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import structlog
from django.db import transaction

from balie.channels.slack import cards
from balie.channels.slack.client import AccessLost, CannotReach, Refused, Slack
from balie.channels.slack.models import Workspace

log = structlog.get_logger(__name__)

_PATIENCE = 4
Arguments = dict[str, Any]
_pool: Executor | None = None


def begin() -> None:
    """In a worker: beside its queues, so that a slow Slack holds nothing up."""
    global _pool
    _pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="slack")


def open_form(workspace: Workspace, view: dict[str, Any], *, trigger: str, user: str) -> None:
    """Within three seconds; when it took longer, whoever waits for it is told."""
    arguments = {"trigger_id": trigger, "view": view}
    _after_commit(workspace, "views.open", arguments, too_late={"channel": user, "text": cards.too_late()})


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
    arguments = {"text": words, "blocks": blocks, "thread_ts": thread or None}
    if place.startswith(("D", "U", "W")) or not place:
        _after_commit(workspace, "chat.postMessage", {"channel": place or user, **arguments})
    else:
        _after_commit(workspace, "chat.postEphemeral", {"channel": place, "user": user, **arguments})


def unfurl(workspace: Workspace, unfurls: dict[str, Any], *, at: dict[str, str]) -> None:
    _after_commit(workspace, "chat.unfurl", {"unfurls": unfurls, **at})


def _after_commit(
    workspace: Workspace, method: str, arguments: Arguments, *, too_late: Arguments | None = None
) -> None:  # fmt: skip
    token = workspace.bot_token
    # Only strings go over to the other thread, which touches no row.
    transaction.on_commit(lambda: _run(lambda: _post(token, method, arguments, too_late=too_late)))


def _run(work: Callable[[], None]) -> None:
    if _pool is None:
        work()
    else:
        _pool.submit(work)


def _post(token: str, method: str, arguments: Arguments, *, too_late: Arguments | None = None) -> None:
    try:
        Slack(token, patience=_PATIENCE).call(method, **arguments)
    except (CannotReach, AccessLost, Refused) as fault:
        log.info("slack not told at once", method=method, fault=str(fault))
        if too_late is not None and str(fault) == "expired_trigger_id":
            _post(token, "chat.postMessage", too_late)
