"""What is asked of Slack later, by jobs that belong to the commit that wants them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from balie.channels.slack.models import Home, Workspace
from balie.channels.slack.who import is_unknown
from balie.tickets.models import Message

_TASKS = "balie.channels.slack.tasks"


def ask_who_later(workspace: Workspace, user: str) -> None:
    """Somebody wrote whom nobody has told us of."""
    if is_unknown(workspace, user):
        _defer("ask_who", workspace=workspace.pk, user=user)


def ask_again_later(workspace: Workspace, user: str) -> None:
    """Whoever is known, and may have left."""
    _defer("ask_who", workspace=workspace.pk, user=user)


def fetch_files_later(
    workspace: Workspace, message: Message, described: Sequence[dict[str, Any]], *, place: str = "", ts: str = ""
) -> None:
    """`place` and `ts` name the post that they came with: what is split off takes its files along, also those on their way."""
    _defer(
        "fetch_files", workspace=workspace.pk, message=message.pk, described=list(described), place=place, ts=ts
    )  # fmt: skip


def fetch_thread_files_later(workspace: Workspace, message: Message, *, place: str, anchor: str) -> None:
    _defer("fetch_thread_files", workspace=workspace.pk, message=message.pk, place=place, anchor=anchor)


def fetch_marked_later(workspace: Workspace, *, place: str, ts: str, user: str) -> None:
    _defer("fetch_marked", workspace=workspace.pk, place=place, ts=ts, user=user)


def bring_members_later(workspace: Workspace) -> None:
    _defer("bring_members", once=f"slack_members_{workspace.pk}", workspace=workspace.pk)


def learn_names_later(workspace: Workspace) -> None:
    _defer("learn_names", once=f"slack_names_{workspace.pk}", workspace=workspace.pk)


def show_homes_later() -> None:
    """Those that are stale; one job shows them all.

    After the commit, so that no two requests that change at once wait for each other, only because both are shown somewhere.
    """
    transaction.on_commit(_show_homes, robust=True)


def _show_homes() -> None:
    if Home.objects.filter(is_stale=True).exists():
        _defer("show_homes", once="slack_homes")


def _defer(name: str, *, once: str | None = None, **arguments: Any) -> None:
    """`once` names a job of which one that waits is enough."""
    task = app.configure_task(f"{_TASKS}.{name}", queueing_lock=once)
    if once is None:
        task.defer(**arguments)
        return
    with suppress(AlreadyEnqueued), transaction.atomic():
        # Within a savepoint: that there is one already must not undo what is done beside it.
        task.defer(**arguments)
