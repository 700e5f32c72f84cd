"""Reads what Slack sends as what it means; pure. https://docs.slack.dev/reference/events and /reference/interaction-payloads"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from balie.channels.slack.heard import (
    ChannelClosed,
    ChannelMoved,
    ChannelRenamed,
    Deleted,
    Edited,
    Fetched,
    Heard,
    HomeOpened,
    LinksShared,
    MemberChanged,
    NamesChanged,
    Nothing,
    Posted,
    Pressed,
    Reacted,
    Revoked,
    Submitted,
    Wanted,
)  # fmt: skip

Payload = Mapping[str, Any]

_REVOKING: Final = frozenset({"app_uninstalled", "tokens_revoked"})
# Says reminders, and what an administrator had it answer; not always as a bot.
_SLACKBOT: Final = "USLACKBOT"
# Messages of these kinds are said by a person; all others tell of channels and settings.
_SAID: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})


class Unreadable(Exception):
    """It is no payload of Slack."""


def payload_of(body: bytes, *, is_form: bool) -> dict[str, Any]:
    """The JSON of an event, or of a form's field `payload`; a command is a form by itself. Raises `Unreadable`."""
    try:
        if is_form:
            fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200))
            read = json.loads(fields["payload"]) if "payload" in fields else fields
        else:
            read = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise Unreadable from fault
    if not isinstance(read, dict):
        raise Unreadable
    return read


def workspace_of(payload: Payload) -> str:
    """The id of the workspace that the app is installed in; "" when it says none."""
    authorizations = payload.get("authorizations")
    if isinstance(authorizations, list) and authorizations and isinstance(authorizations[0], dict):
        return _text(authorizations[0], "team_id") or _text(payload, "team_id")
    return _text(payload, "team_id") or _text(_one(payload, "team"), "id") or _text(_one(payload, "user"), "team_id")


def kind_of(payload: Payload) -> str:
    """The event as the app's settings name it, such as `message.im`; "" for what is none."""
    event = _one(payload, "event")
    kind = _text(event, "type")
    if kind != "message":
        return kind
    place = {"channel": "channels", "group": "groups"}.get(_text(event, "channel_type"), _text(event, "channel_type"))
    return f"message.{place}"


def read(payload: Payload, *, bot_user: str) -> Heard:
    """What it means. Whatever we or another bot said is nothing."""
    kind = _text(payload, "type")
    if kind == "event_callback":
        event = _one(payload, "event")
        if _text(event, "type") == "member_joined_channel":
            return _joined(event, bot_user=bot_user)
        if _is_of_a_bot(event, bot_user=bot_user):
            return Nothing(why="bot")
        if _text(event, "type") in _REVOKING:
            return _revoked(event, at=payload.get("event_time"))
        reader = _EVENTS.get(_text(event, "type"))
        return reader(event) if reader else Nothing(why="event")
    if kind == "app_rate_limited":
        return Nothing(why="rate limited")
    if kind == "balie_fetched":
        return Fetched(user=_text(payload, "user"), place=_text(payload, "channel"), message=_one(payload, "message"))
    if "command" in payload:
        return Wanted(
            user=_text(payload, "user_id"), trigger=_text(payload, "trigger_id"), text=_text(payload, "text"),
            place=_text(payload, "channel_id"),
        )  # fmt: skip
    interaction = _INTERACTIONS.get(kind)
    return interaction(payload) if interaction else Nothing(why="interaction")


def _is_of_a_bot(event: Payload, *, bot_user: str) -> bool:
    said = _one(event, "message") or event
    if _text(said, "bot_id") or _text(said, "subtype") == "bot_message":
        return True
    previous = _one(event, "previous_message")
    if _text(event, "subtype") == "message_deleted" and _text(previous, "bot_id"):
        return True
    if _text(said, "user") == _SLACKBOT:
        # In whose name also a deleted message stands whose thread is still there.
        return _text(said, "subtype") != "tombstone"
    return _text(event, "type") != "app_home_opened" and _text(said, "user") == bot_user


def _message(event: Payload) -> Heard:
    subtype = _text(event, "subtype")
    if subtype == "message_changed":
        return _changed(event)
    if subtype == "message_deleted":
        return _deleted(event, ts=_text(event, "deleted_ts"))
    if subtype not in _SAID:
        return Nothing(why=subtype)
    return _posted(event, is_mention=False)


def _mention(event: Payload) -> Heard:
    return _posted(event, is_mention=True)


def _posted(event: Payload, *, is_mention: bool) -> Heard:
    if not (_text(event, "user") and _text(event, "ts") and _text(event, "channel")):
        return Nothing(why="nobody")
    return Posted(
        user=_text(event, "user"), place=_text(event, "channel"), ts=_text(event, "ts"),
        thread_ts=_text(event, "thread_ts"), in_person=_text(event, "channel_type") == "im", is_mention=is_mention,
        message=event,
    )  # fmt: skip


def _changed(event: Payload) -> Heard:
    """A preview that Slack adds to a message changes it too, and is nothing that anybody did."""
    message, before = _one(event, "message"), _one(event, "previous_message")
    if _text(message, "subtype") == "tombstone":
        return _deleted(event, ts=_text(message, "ts"))
    at = _text(_one(message, "edited"), "ts")
    if not at or (message.get("text") == before.get("text") and message.get("blocks") == before.get("blocks")):
        return Nothing(why="preview")
    return Edited(
        place=_text(event, "channel"), ts=_text(message, "ts"), at=at, user=_text(message, "user"), message=message
    )


def _deleted(event: Payload, *, ts: str) -> Heard:
    author = _text(_one(event, "previous_message"), "user")
    return Deleted(place=_text(event, "channel"), ts=ts, author=author)


def _reaction(event: Payload) -> Heard:
    item = _one(event, "item")
    if _text(item, "type") != "message":
        return Nothing(why="item")
    return Reacted(
        user=_text(event, "user"), emoji=_text(event, "reaction").partition("::")[0], place=_text(item, "channel"),
        ts=_text(item, "ts"), author=_text(event, "item_user"),
    )  # fmt: skip


def _home(event: Payload) -> Heard:
    return HomeOpened(user=_text(event, "user")) if event.get("tab", "home") == "home" else Nothing(why="tab")


def _links(event: Payload) -> Heard:
    if _text(event, "unfurl_id"):
        unfurl = {"unfurl_id": _text(event, "unfurl_id"), "source": _text(event, "source")}
    else:
        unfurl = {"channel": _text(event, "channel"), "ts": _text(event, "message_ts")}
    # Told of every conversation of the workspace, also of talks between two others, which have ids of the same form.
    in_person = _text(event, "channel").startswith("D") and event.get("is_bot_user_member") is True
    return LinksShared(
        user=_text(event, "user"), place=_text(event, "channel"), in_person=in_person, unfurl=unfurl,
        links=tuple(_text(link, "url") for link in _many(event, "links"))[:20],
    )  # fmt: skip


def _revoked(event: Payload, *, at: object) -> Heard:
    why = _text(event, "type")
    if why == "tokens_revoked" and not _one(event, "tokens").get("bot"):
        return Nothing(why="user token")
    return Revoked(why=why, at=at if isinstance(at, int) else 0)


def _member(event: Payload) -> Heard:
    return MemberChanged(member=_one(event, "user"))


def _renamed(event: Payload) -> Heard:
    channel = _one(event, "channel")
    return ChannelRenamed(place=_text(channel, "id"), name=_text(channel, "name"))


def _joined(event: Payload, *, bot_user: str) -> Heard:
    """What others join is nothing to us."""
    is_ours = _text(event, "user") == bot_user
    return ChannelClosed(place=_text(event, "channel"), how="") if is_ours else Nothing(why="event")


def _closing(how: str) -> Callable[[Payload], Heard]:
    return lambda event: ChannelClosed(place=_text(event, "channel"), how=how)


def _pressed(payload: Payload) -> Heard:
    actions = _many(payload, "actions")
    if not actions:
        return Nothing(why="no action")
    action, container = actions[0], _one(payload, "container")
    chosen = _text(_one(action, "selected_option"), "value") or _text(action, "value")
    name = _text(action, "action_id").partition("/")[0]
    return Pressed(
        user=_text(_one(payload, "user"), "id"), action=name, value=chosen, trigger=_text(payload, "trigger_id"),
        place=_text(container, "channel_id"), ts=_text(container, "message_ts"), thread_ts=_text(container, "thread_ts"),
    )  # fmt: skip


def _wanted(payload: Payload) -> Heard:
    return Wanted(
        user=_text(_one(payload, "user"), "id"), trigger=_text(payload, "trigger_id"),
        place=_text(_one(payload, "channel"), "id"), message=_one(payload, "message"),
    )  # fmt: skip


def _submitted(payload: Payload) -> Heard:
    view = _one(payload, "view")
    return Submitted(
        user=_text(_one(payload, "user"), "id"),
        form=_text(view, "callback_id"),
        values=values_of(view),
        about=about_of(view),
    )


def values_of(view: Payload) -> dict[str, str]:
    """What was filled in, by the id of each field; "" where nothing was."""
    found: dict[str, str] = {}
    for fields in _one(_one(view, "state"), "values").values():
        for name, field in fields.items() if isinstance(fields, dict) else ():
            if isinstance(field, dict):
                options = ",".join(_text(option, "value") for option in _many(field, "selected_options"))
                found[name] = _text(field, "value") or _text(_one(field, "selected_option"), "value") or options
    return found


def about_of(view: Payload) -> dict[str, Any]:
    try:
        about = json.loads(_text(view, "private_metadata") or "{}")
    except ValueError:
        return {}
    return about if isinstance(about, dict) else {}


def _text(given: Payload, name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _one(given: Payload, name: str) -> Payload:
    value = given.get(name)
    return value if isinstance(value, dict) else {}


def _many(given: Payload, name: str) -> list[Payload]:
    value = given.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


_EVENTS: Final[Mapping[str, Callable[[Payload], Heard]]] = {
    "message": _message,
    "app_mention": _mention,
    "reaction_added": _reaction,
    "app_home_opened": _home,
    "link_shared": _links,
    "team_join": _member,
    "user_change": _member,
    "channel_id_changed": lambda event: ChannelMoved(
        place=_text(event, "old_channel_id"), now=_text(event, "new_channel_id")
    ),
    "channel_rename": _renamed,
    "group_rename": _renamed,
    **{
        f"{kind}_{word}": _closing(how)
        for kind in ("channel", "group")
        for word, how in (("archive", "archived"), ("unarchive", ""), ("deleted", "deleted"), ("left", "removed"))
    },
    "emoji_changed": lambda _event: NamesChanged(),
    "subteam_created": lambda _event: NamesChanged(),
    "subteam_updated": lambda _event: NamesChanged(),
}
_INTERACTIONS: Final[Mapping[str, Callable[[Payload], Heard]]] = {
    "block_actions": _pressed,
    "message_action": _wanted,
    "shortcut": _wanted,
    "view_submission": _submitted,
}
