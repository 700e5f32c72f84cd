"""What Slack tells of its channels and names, and what it does not draw."""

from __future__ import annotations

from django.test import Client
from django.utils import translation

from balie.channels.models import Delivery
from balie.channels.slack import learning
from balie.channels.slack.form.limits import MOST_PARTS
from balie.channels.slack.models import Link
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.standin import BOT
from balie.channels.slack.tests.test_conversation import ask
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def tell(desk: Desk, kind: str, **more: object) -> None:
    desk.event({"type": kind, "channel": "C1", **more})
    desk.work()


def test_an_archived_channel_is_shown_so_and_answers_go_by_mail(desk: Desk, client: Client) -> None:
    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="every")
    desk.says("ada", "The printer is on fire", place="C1")
    tell(desk, "channel_archive", user="UEVA")
    assert Link.objects.get().closed == "archived"
    client.force_login(desk.cast.eva)
    address = f"/settings/integrations/slack/{desk.workspace.pk}"
    with translation.override(desk.cast.eva.reads()):
        assert str(Link.Closed.ARCHIVED.label) in client.get(address).content.decode()
    desk.slack.always["chat.postMessage"] = "is_archived"
    Ticket.objects.get().reply(by=desk.cast.ben, words=Words.from_text("Done"))
    desk.work()
    assert Delivery.objects.get(purpose="reply").kind == "email"
    tell(desk, "channel_unarchive", user="UEVA")
    assert not Link.objects.get().closed
    desk.slack.always.clear()
    Ticket.objects.get().reply(by=desk.cast.ben, words=Words.from_text("Again"))
    desk.work()
    assert desk.slack.posted()[-1]["text"] == "Again"
    tell(desk, "channel_deleted", actor_id="UEVA")
    assert Link.objects.get().closed == "deleted"


def test_a_channel_that_balie_was_removed_from_is_shown_so_until_it_is_invited_again(
    desk: Desk, client: Client
) -> None:
    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="every")
    tell(desk, "member_joined_channel", user="UCLEO")
    tell(desk, "channel_left", actor_id="UEVA")
    assert Link.objects.get().closed == "removed"
    client.force_login(desk.cast.eva)
    assert "Balie was removed there" in client.get(f"/settings/integrations/slack/{desk.workspace.pk}").content.decode()
    tell(desk, "member_joined_channel", user=BOT, inviter="UEVA")
    assert not Link.objects.get().closed


def test_a_private_channel_that_is_shared_goes_on_under_its_new_id(desk: Desk) -> None:
    Link.make(desk.workspace, place="G1", name="it-help", team=desk.cast.it, mode="every")
    said = desk.says("ada", "The printer is on fire", place="G1", channel_type="group")
    ticket = Ticket.objects.get()
    ticket.reply(by=desk.cast.ben, words=Words.from_text("Done"))
    desk.event({"type": "channel_id_changed", "old_channel_id": "G1", "new_channel_id": "C1"})
    desk.slack.messages["C1"] = desk.slack.messages.pop("G1")
    desk.work()
    answer = desk.slack.asked("chat.postMessage")[-1]
    assert (answer["channel"], answer["thread_ts"], answer["text"]) == ("C1", said["ts"], "Done")
    desk.says("ada", "It burns again", place="C1", thread_ts=said["ts"])
    assert ticket.messages.latest("pk").text == "It burns again"
    desk.says("cleo", "Mine too", place="C1")
    assert Ticket.objects.count() == 2


def test_a_renamed_channel_is_called_by_its_new_name(desk: Desk) -> None:
    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="every")
    desk.event({"type": "channel_rename", "channel": {"id": "C1", "name": "help-it"}})
    desk.work()
    assert Link.objects.get().name == "help-it"
    ticket, _ts = ask(desk, "Asked in <#C1> before")
    assert ticket.messages.get().text == "Asked in #help-it before"


def test_groups_channels_and_own_emoji_are_called_as_in_slack(desk: Desk) -> None:
    desk.slack.groups = [{"id": "S1", "handle": "it-team", "name": "IT team"}]
    desk.slack.emoji = {"ship_it": "alias:rocket", "logo": "https://emoji.example/logo.png"}
    desk.slack.channels = [{"id": "C7", "name": "random"}]
    desk.event({"type": "emoji_changed", "subtype": "add", "name": "ship_it"})
    desk.work()
    elements = [
        {"type": "usergroup", "usergroup_id": "S1"}, {"type": "text", "text": " "}, {"type": "channel", "channel_id": "C7"},
        {"type": "text", "text": " "}, {"type": "emoji", "name": "ship_it"}, {"type": "emoji", "name": "logo"},
    ]  # fmt: skip
    section = {"type": "rich_text_section", "elements": elements}
    event = desk.says("ada", "x", blocks=[{"type": "rich_text", "elements": [section]}])
    desk.press("place/menu", f"{desk.cast.it.pk}.0", user="UADA", place="DADA", ts=desk.slack.posted()[-1]["ts"])
    desk.work()
    assert Ticket.objects.get().messages.get().text == "@it-team #random 🚀:logo:"
    desk.says("ada", "<!subteam^S1> :ship_it:", thread_ts=event["ts"])
    assert Ticket.objects.get().messages.latest("pk").text == "@it-team 🚀"
    desk.slack.groups, desk.slack.emoji = [], {}
    learning.learn(desk.workspace.pk)
    assert set(desk.workspace.names.values_list("name", flat=True)) == {"random"}


def test_what_slack_does_not_draw_is_said_in_words_once(desk: Desk) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    desk.slack.faults["chat.postMessage"] = ["invalid_blocks"]
    ticket.reply(by=desk.cast.ben, words=Words.from_html("<p>Try <b>this</b></p>"))
    desk.work()
    first, second = desk.slack.asked("chat.postMessage")[-2:]
    assert first["blocks"]
    assert "blocks" not in second
    assert second["text"] == "Try *this*"
    assert Delivery.objects.get(purpose="reply").state == "sent"


def test_a_letter_without_end_is_said_in_part_and_follows_as_a_file(desk: Desk) -> None:
    ticket, ts = ask(desk, "My laptop is broken")
    words = Words.from_text("\n\n".join(f"Paragraph {number}. " + "word " * 500 for number in range(40)))
    ticket.reply(by=desk.cast.ben, words=words)
    desk.slack.faults["files.completeUploadExternal"] = ["swallow"]
    for _wait in range(4):
        desk.work()
        desk.clock.shift(delta=60)
    said = [post for post in desk.slack.posted() if post.get("username")]
    assert len(said) == MOST_PARTS
    assert said[0]["text"].startswith("Paragraph 0.")
    assert f"/my/requests/{ticket.pk}" in str([post for post in desk.slack.posted() if "files" not in post][-1])
    files = [post for post in desk.slack.posted() if post.get("files")]
    assert len(files) == 1, "a lost answer does not put it there twice"
    assert files[0]["thread_ts"] == ts
    assert desk.slack.uploads["F1"]["content"].decode() == ticket.messages.latest("pk").text
    assert not Delivery.objects.exclude(state="sent").filter(kind="slack").exists()
