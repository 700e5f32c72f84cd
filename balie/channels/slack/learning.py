"""What messages name by id is called as in Slack: asked at connecting, each night, and when Slack says that it changed."""

from __future__ import annotations

from typing import Final

import structlog
from django.db import transaction

from balie.channels.slack.client import AccessLost, Refused, Slack
from balie.channels.slack.models import Name, Workspace

log = structlog.get_logger(__name__)

_ALIAS: Final = "alias:"


def learn(pk: int) -> None:
    """All names of the workspace. What the app may not ask, since it was made before it wanted to, is left as it is."""
    workspace = Workspace.objects.filter(pk=pk).first()
    if workspace is None or not workspace.is_connected:
        return
    slack = Slack.of(workspace)
    for kind, ask in ((Name.Kind.GROUP, _groups), (Name.Kind.EMOJI, _emoji), (Name.Kind.CHANNEL, _channels)):
        try:
            named = ask(slack)
        except AccessLost as fault:
            workspace.disconnect(str(fault))
            return
        except Refused as refusal:
            log.info("slack names not given", kind=kind, reason=refusal.reason)
            continue
        with transaction.atomic():
            Name.keep_only(workspace, kind, named)


def _groups(slack: Slack) -> dict[str, str]:
    """https://docs.slack.dev/reference/methods/usergroups.list"""
    listed = slack.ask("usergroups.list").get("usergroups") or ()
    return {str(one["id"]): str(one.get("handle") or one.get("name") or "") for one in listed}


def _emoji(slack: Slack) -> dict[str, str]:
    """Those that stand for another one; https://docs.slack.dev/reference/methods/emoji.list"""
    listed = slack.ask("emoji.list").get("emoji") or {}
    return {name: drawn.removeprefix(_ALIAS) for name, drawn in listed.items() if str(drawn).startswith(_ALIAS)}


def _channels(slack: Slack) -> dict[str, str]:
    """Public ones: that they exist and how they are called is known to every member."""
    listed = slack.whole(
        "conversations.list", what="channels", types="public_channel", exclude_archived=True, limit=1000
    )
    return {str(one["id"]): str(one.get("name") or "") for one in listed}
