"""What is asked of Slack in its own time, and by the clock."""

from __future__ import annotations

from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from balie.channels.models import Channel
from balie.channels.slack import fetching, home, learning, members
from balie.channels.slack.client import CannotReach
from balie.channels.slack.jobs import bring_members_later, learn_names_later
from balie.channels.slack.models import Workspace
from balie.platform import files

_PATIENT = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions={CannotReach})
# What people look at is there soon after Slack is. A day.
_STEADY = RetryStrategy(max_attempts=3000, wait=30, retry_exceptions={CannotReach})
# A file or a request is worth waiting for: until somebody has connected Slack again, or made room on the disk. Three weeks.
_VERY_PATIENT = RetryStrategy(max_attempts=500, wait=30, linear_wait=15, retry_exceptions={CannotReach, files.NoRoom})


@app.task(retry=_PATIENT)
def ask_who(workspace: int, user: str) -> None:
    members.ask_who(workspace, user)


@app.task(retry=_VERY_PATIENT)
def fetch_files(workspace: int, message: int, described: list[dict[str, Any]], place: str = "", ts: str = "") -> None:
    fetching.fetch_files(workspace, message, described, place=place, ts=ts)


@app.task(retry=_VERY_PATIENT)
def fetch_thread_files(workspace: int, message: int, place: str, anchor: str) -> None:
    fetching.fetch_thread_files(workspace, message, place=place, anchor=anchor)


@app.task(retry=_VERY_PATIENT)
def fetch_marked(workspace: int, place: str, ts: str, user: str) -> None:
    fetching.fetch_marked(workspace, place=place, ts=ts, user=user)


@app.task(retry=RetryStrategy(max_attempts=50, wait=30, retry_exceptions={CannotReach}))
def bring_members(workspace: int) -> None:
    members.bring_some(workspace)


@app.task(retry=_PATIENT)
def learn_names(workspace: int) -> None:
    learning.learn(workspace)


@app.task(retry=_STEADY)
def show_homes() -> None:
    home.show_stale()


@app.periodic(cron="17 2 * * *")
@app.task(queueing_lock="compare_slack_members")
def compare_slack_members(timestamp: int) -> None:
    """Each night: whoever changed while we did not hear of it."""
    for workspace in Workspace.objects.filter(state=Channel.State.CONNECTED):
        members.begin(workspace)
        bring_members_later(workspace)
        learn_names_later(workspace)
