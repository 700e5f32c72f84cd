"""What each captured payload means to us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from balie.channels.slack import manifest, reading
from balie.channels.slack.heard import (
    ChannelClosed,
    ChannelMoved,
    ChannelRenamed,
    Deleted,
    Edited,
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

FIXTURES = Path(__file__).parents[1] / "fixtures"
ADA, BEN, FINN, BOT = "U0ADA00001", "U0BEN00002", "U0FINN0010", "U0BALIE009"
DM, HELP, SHARED = "D0ADA00001", "C0ITHELP01", "C0SHARED04"

EVENTS = {
    "app_home_opened": HomeOpened,
    "app_home_opened_messages": Nothing,
    "app_mention": Posted,
    "app_rate_limited": Nothing,
    "app_uninstalled": Revoked,
    "channel_archive": ChannelClosed,
    "channel_deleted": ChannelClosed,
    "channel_id_changed": ChannelMoved,
    "channel_left": ChannelClosed,
    "channel_rename": ChannelRenamed,
    "channel_unarchive": ChannelClosed,
    "emoji_changed": NamesChanged,
    "group_archive": ChannelClosed,
    "group_deleted": ChannelClosed,
    "group_left": ChannelClosed,
    "group_rename": ChannelRenamed,
    "group_unarchive": ChannelClosed,
    "link_shared": LinksShared,
    "link_shared_composer": LinksShared,
    "link_shared_talk": LinksShared,
    "link_shared_talk_of_others": LinksShared,
    "member_joined_channel": ChannelClosed,
    "member_joined_channel_other": Nothing,
    "message_bot": Nothing,
    "message_changed": Edited,
    "message_changed_thread_parent": Nothing,
    "message_changed_tombstone": Deleted,
    "message_changed_unfurl": Nothing,
    "message_channel": Posted,
    "message_channel_join": Nothing,
    "message_channel_mention": Posted,
    "message_channel_thread": Posted,
    "message_deleted": Deleted,
    "message_dm": Posted,
    "message_dm_more": Posted,
    "message_dm_thread": Posted,
    "message_file_share": Posted,
    "message_file_share_elsewhere": Posted,
    "message_foreign_workspace": Posted,
    "message_from_us": Nothing,
    "message_me": Posted,
    "message_private_channel": Posted,
    "message_shared": Posted,
    "message_shared_channel": Posted,
    "message_thread_broadcast": Posted,
    "reaction_added": Reacted,
    "reaction_added_resolve": Reacted,
    "reaction_removed": Nothing,
    "subteam_created": NamesChanged,
    "subteam_updated": NamesChanged,
    "team_join": MemberChanged,
    "tokens_revoked": Revoked,
    "url_verification": Nothing,
    "user_change": MemberChanged,
    "user_change_deactivated": MemberChanged,
}
INTERACTIONS = {
    "block_actions_add_details": Pressed,
    "block_actions_choose_team": Pressed,
    "block_actions_choose_team_select": Pressed,
    "block_actions_close": Pressed,
    "block_actions_desk_ephemeral": Pressed,
    "block_actions_form_place": Pressed,
    "block_actions_home_ask": Pressed,
    "block_actions_rate": Pressed,
    "block_suggestion": Nothing,
    "message_action": Wanted,
    "shortcut": Wanted,
    "view_closed": Nothing,
    "view_submission_comment": Submitted,
    "view_submission_create": Submitted,
    "view_submission_create_empty": Submitted,
    "view_submission_desk": Submitted,
    "view_submission_details": Submitted,
    "view_submission_elsewhere": Submitted,
}


def payload(path: str) -> dict:
    read: dict = json.loads((FIXTURES / f"{path}.json").read_text())
    return read


def heard(path: str):
    return reading.read(payload(path), bot_user=BOT)


def test_every_captured_payload_is_in_the_tables():
    assert {path.stem for path in FIXTURES.glob("events/*.json")} == EVENTS.keys()
    assert {path.stem for path in FIXTURES.glob("interactions/*.json")} == INTERACTIONS.keys()


def test_of_every_event_that_the_app_hears_there_is_a_payload():
    assert {reading.kind_of(payload(f"events/{name}")) for name in EVENTS} >= set(manifest.EVENTS)


@pytest.mark.parametrize(("name", "kind"), EVENTS.items())
def test_each_event_is_of_its_kind(name, kind):
    assert type(heard(f"events/{name}")) is kind


@pytest.mark.parametrize(("name", "kind"), INTERACTIONS.items())
def test_each_interaction_is_of_its_kind(name, kind):
    assert type(heard(f"interactions/{name}")) is kind


@pytest.mark.parametrize(
    "name",
    [f"events/{name}" for name in EVENTS if name != "url_verification"]
    + [f"interactions/{name}" for name in INTERACTIONS],
)
def test_each_payload_names_the_workspace_that_the_app_is_installed_in(name):
    expected = "T0OTHER002" if name.endswith("foreign_workspace") else "T0BALIE001"
    assert reading.workspace_of(payload(name)) == expected


def test_a_message_says_who_wrote_where_and_in_which_thread():
    first, answer, channel = (
        heard(f"events/{name}") for name in ("message_dm", "message_dm_thread", "message_channel")
    )
    assert (first.user, first.place, first.in_person, first.begins) == (ADA, DM, True, True)
    assert (answer.thread_ts, answer.begins) == (first.ts, False)
    assert (channel.place, channel.in_person, channel.is_mention) == (HELP, False, False)
    assert heard("events/app_mention").is_mention
    assert (heard("events/message_shared_channel").user, heard("events/message_shared_channel").place) == (FINN, SHARED)


def test_an_edit_and_a_deletion_name_the_message_and_not_themselves():
    written = heard("events/message_dm")
    edited, deleted = heard("events/message_changed"), heard("events/message_deleted")
    assert (edited.ts, edited.at, edited.user) == (written.ts, "1792397600.000000", ADA)
    assert (deleted.place, deleted.ts) == (DM, heard("events/message_dm_more").ts)
    assert heard("events/message_changed_tombstone").ts == heard("events/message_channel").ts
    assert deleted.author == ADA


def test_slackbots_reminders_are_nothing_that_anybody_asks():
    told = payload("events/message_channel")
    told["event"]["user"] = "USLACKBOT"
    assert reading.read(told, bot_user=BOT) == Nothing(why="bot")


def test_only_in_a_talk_with_the_bot_a_link_is_read_by_one_person():
    shared = {
        name: heard(f"events/link_shared{name}").in_person for name in ("", "_composer", "_talk", "_talk_of_others")
    }
    assert shared == {"": False, "_composer": False, "_talk": True, "_talk_of_others": False}


def test_a_revocation_says_when():
    assert heard("events/app_uninstalled").at == payload("events/app_uninstalled")["event_time"]


@pytest.mark.parametrize("name", ["message_bot", "message_from_us"])
def test_what_a_bot_says_is_nothing(name):
    assert heard(f"events/{name}") == Nothing(why="bot")


def test_a_preview_is_nothing_that_anybody_did():
    assert heard("events/message_changed_unfurl") == Nothing(why="preview")
    assert heard("events/message_changed_thread_parent") == Nothing(why="preview")


def test_a_press_says_what_was_chosen():
    pressed = heard("interactions/block_actions_choose_team")
    assert (pressed.action, pressed.value, pressed.user, pressed.place) == ("place", "1.12", ADA, DM)
    assert heard("interactions/block_actions_choose_team_select").value == "4"
    assert heard("interactions/block_actions_desk_ephemeral").user == BEN


def test_a_form_says_its_fields_and_what_it_is_about():
    made, empty, worked = (heard(f"interactions/view_submission_{name}") for name in ("create", "create_empty", "desk"))
    assert made.values == {
        "place": "1.12", "subject": "Printer is out of toner", "text": "The printer on the 2nd floor is out of toner",
    }  # fmt: skip
    assert made.about == {"language": "nl", "place": HELP, "arrival": 4711, "ts": "1792396900.000001"}
    assert empty.values["subject"] == ""
    assert worked.values == {"status": "3", "assign": "mine", "note": "Ask Dov for the spare one"}


def test_a_rating_says_request_and_score_and_its_word_comes_by_a_form():
    pressed, said = heard("interactions/block_actions_rate"), heard("interactions/view_submission_comment")
    assert (pressed.action, pressed.value) == ("rate", "1042.3")
    assert (said.form, said.values, said.about["number"]) == ("comment", {"comment": "It took a while"}, "1042")


def test_a_closed_channel_says_how_and_an_open_one_nothing():
    named = (
        "channel_archive",
        "channel_unarchive",
        "channel_deleted",
        "group_archive",
        "group_left",
        "member_joined_channel",
    )
    told = [heard(f"events/{name}") for name in named]
    assert [one.how for one in told] == ["archived", "", "deleted", "archived", "removed", ""]
    assert told[0].place == HELP


def test_a_shortcut_brings_the_message_it_was_used_on():
    wanted = heard("interactions/message_action")
    assert (wanted.user, wanted.place, wanted.message["user"], len(wanted.message["files"])) == (BEN, HELP, ADA, 1)


def test_a_command_is_wanted_with_its_words():
    body = reading.payload_of((FIXTURES / "commands/ask.txt").read_bytes(), is_form=True)
    wanted = reading.read(body, bot_user=BOT)
    assert isinstance(wanted, Wanted)
    assert (wanted.user, wanted.text) == (ADA, "my screen is *broken* & <@U0BEN00002|ben> knows")


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_payload_is_unreadable(body):
    with pytest.raises(reading.Unreadable):
        reading.payload_of(body, is_form=False)
