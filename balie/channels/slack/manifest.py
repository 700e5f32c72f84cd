"""The manifest that the Slack app is made from: what it may do, what it hears of, and where Slack finds us.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

# The bot's scopes, each for something that Balie does.
SCOPES: Final = (
    "app_mentions:read", "channels:history", "channels:read", "chat:write", "chat:write.customize", "commands", "emoji:read",
    "files:read", "files:write", "groups:history", "groups:read", "im:history", "im:write", "links:read", "links:write",
    "reactions:read", "team:read", "usergroups:read", "users:read", "users:read.email",
)  # fmt: skip
EVENTS: Final = (
    "app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_deleted", "channel_id_changed",
    "channel_left", "channel_rename", "channel_unarchive", "emoji_changed", "group_archive", "group_deleted", "group_left",
    "group_rename", "group_unarchive", "link_shared", "member_joined_channel", "message.channels", "message.groups",
    "message.im", "reaction_added", "subteam_created", "subteam_updated", "team_join", "tokens_revoked", "user_change",
)  # fmt: skip
REQUEST_SHORTCUT: Final = "create_request"
ASK_SHORTCUT: Final = "ask"


def manifest(*, language: str, socket_mode: bool = False) -> dict[str, Any]:
    """In this language: people read the names of shortcuts and of the command in Slack."""
    with translation.override(language):
        return _manifest(socket_mode=socket_mode)


def address_of(door: str) -> str:
    return settings.BALIE.url + reverse(f"slack_{door}")


def _manifest(*, socket_mode: bool) -> dict[str, Any]:
    command: dict[str, Any] = {
        "command": "/ask", "description": _("Ask a team"), "usage_hint": _("what you need"), "should_escape": True,
    }  # fmt: skip
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if not socket_mode:
        command["url"] = address_of("commands")
        events["request_url"] = address_of("events")
        interactivity["request_url"] = address_of("interactions")
    host = urlsplit(settings.BALIE.url).hostname or ""
    return {
        "display_information": {"name": "Balie", "description": _("Ask a team, and follow your requests")},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "Balie", "always_online": True},
            "shortcuts": [
                {
                    "name": _("Create a request"), "type": "message", "callback_id": REQUEST_SHORTCUT,
                    "description": _("Make a request of this message"),
                },
                {"name": _("Ask a team"), "type": "global", "callback_id": ASK_SHORTCUT, "description": _("New request")},
            ],
            "slash_commands": [command],
            # Slack unfurls links of public hosts only.
            **({"unfurl_domains": [host]} if "." in host else {}),
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}, "redirect_urls": [address_of("oauth")]},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }  # fmt: skip
