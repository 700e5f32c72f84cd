"""All members of a workspace are brought over, some at a time, with progress; nobody is told of it (product, rule 2)."""

from __future__ import annotations

from typing import Final

from balie.channels.slack import jobs
from balie.channels.slack.client import AccessLost, Refused, Slack
from balie.channels.slack.models import Member, Workspace
from balie.channels.slack.who import meet
from balie.people.models import Person
from balie.platform import clock

# https://docs.slack.dev/reference/methods/users.list recommends no more.
_A_PAGE: Final = 200
# https://docs.slack.dev/reference/methods/users.info
_NOT_THERE: Final = frozenset({"user_not_found", "user_not_visible"})


def begin(workspace: Workspace) -> None:
    """From the first member."""
    Workspace.objects.filter(pk=workspace.pk).update(
        import_cursor="", imported=0, import_began_at=clock.now(), import_ended_at=None
    )


def bring_some(pk: int) -> None:
    """One page of members; the next one is a job of its own, so that others come in between, and an end loses nothing."""
    workspace = Workspace.objects.filter(pk=pk).first()
    if workspace is None or not workspace.is_connected or workspace.import_ended_at is not None:
        return
    try:
        answer = Slack.of(workspace).ask("users.list", limit=_A_PAGE, cursor=workspace.import_cursor or None)
    except AccessLost as fault:
        workspace.disconnect(str(fault))
        return
    members = [one for one in answer.get("members") or () if isinstance(one, dict)]
    for told in members:
        meet(workspace, told)
    cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
    changes = {"import_cursor": cursor[:300], "imported": workspace.imported + len(members)}
    if cursor:
        Workspace.objects.filter(pk=pk).update(**changes)
        jobs.bring_members_later(workspace)
        return
    _ask_about_the_missing(workspace)
    Workspace.objects.filter(pk=pk).update(**changes, import_ended_at=clock.now())


def ask_who(pk: int, user: str) -> None:
    """Somebody wrote before they were brought over, comes from another company by a shared channel, or is listed no more."""
    workspace = Workspace.objects.filter(pk=pk).first()
    if workspace is None or not workspace.is_connected:
        return
    try:
        told = Slack.of(workspace).ask("users.info", user=user).get("user")
    except AccessLost as fault:
        workspace.disconnect(str(fault))
    except Refused as refusal:
        # Strangers of a shared channel are not always told of; whoever was, and is no more, has left.
        if refusal.reason in _NOT_THERE:
            _forget(workspace, user)
    else:
        if isinstance(told, dict):
            meet(workspace, told)


def _ask_about_the_missing(workspace: Workspace) -> None:
    """Whom Slack does not list any more has left, or is a stranger: these are told of one by one only."""
    began = workspace.import_began_at
    if began is not None:
        missing = Member.objects.filter(workspace=workspace, checked_at__lt=began, is_gone=False).order_by("pk")
        for user in missing.values_list("user_id", flat=True):
            jobs.ask_again_later(workspace, user)


def _forget(workspace: Workspace, user: str) -> None:
    gone = Member.objects.filter(workspace=workspace, user_id=user, checked_at__isnull=False, is_gone=False)
    externals = Person.objects.filter(
        kind=Person.Kind.EXTERNAL, pk__in=gone.filter(person__isnull=False).values("person")
    )
    externals.update(status=Person.Status.INACTIVE)
    gone.update(is_gone=True)
