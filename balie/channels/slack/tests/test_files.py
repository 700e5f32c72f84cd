"""Files go both ways, by what they are; of each that is left its sender and its request are told."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from django.test import Client

from balie.channels import receiving
from balie.channels.models import Delivery
from balie.channels.notices.models import Notice
from balie.channels.slack import client
from balie.channels.slack.client import CannotReach
from balie.channels.slack.fetching import fetch_files
from balie.channels.slack.models import Link, Workspace
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.test_conversation import ask
from balie.platform import files
from balie.tickets.models import Event, Ticket
from balie.tickets.words import KeptFile, Words

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
PDF = b"%PDF-1.7\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00"


def shared(desk: Desk, name: str, content: bytes, **more: Any) -> dict[str, Any]:
    """A file as a message of Slack describes it."""
    desk.slack.files[name] = content
    return {
        "id": f"F{len(desk.slack.files)}", "name": name, "mimetype": "image/png", "size": len(content), "mode": "hosted",
        "url_private_download": f"{desk.slack.url}/files/{name}", **more,
    }  # fmt: skip


def kept(name: str, content: bytes) -> KeptFile:
    found = files.keep(content)
    return KeptFile(name=name, media_type="application/pdf", sha256=found.sha256, size=found.size)


def left(ticket: Ticket) -> dict[str, str]:
    return {event.details["file"]: event.details["why"] for event in ticket.events.filter(kind=Event.Kind.FILE_LEFT)}


def named(ticket: Ticket) -> dict[str, str]:
    return {one.name: one.media_type for message in ticket.messages.all() for one in message.attachments.order_by("pk")}


def test_what_comes_in_is_taken_by_what_it_is(desk: Desk) -> None:
    ticket, ts = ask(desk, "My laptop is broken")
    given = [
        shared(desk, "screen.jpg", PNG),
        shared(desk, "notes.txt", "Grüße".encode()),
        shared(desk, "setup.exe", b"never fetched"),
        shared(desk, "invoice.pdf", PROGRAM),
        shared(desk, "photo.png", PDF),
        shared(desk, "film.mp4", b"", size=26 * 1024 * 1024),
        shared(desk, "foreign.png", PNG, url_private_download="https://evil.example/b.png"),
        shared(desk, "drive.png", PNG, mode="external"),
    ]
    desk.says("ada", "See there", thread_ts=ts, subtype="file_share", files=given)
    assert named(ticket) == {"screen.jpg": "image/png", "notes.txt": "text/plain"}
    assert left(ticket) == {
        "setup.exe": "program", "invoice.pdf": "program", "photo.png": "disguised", "film.mp4": "too_large",
        "foreign.png": "away", "drive.png": "away",
    }  # fmt: skip
    told = [one["text"] for one in desk.slack.posted() if one.get("thread_ts") == ts]
    assert any("setup.exe" in text and "het is een programma" in text for text in told)
    assert sum("niet meegekomen" in text for text in told) == 6


def test_a_job_that_runs_again_adds_and_tells_nothing_twice(desk: Desk) -> None:
    ticket, ts = ask(desk, "My laptop is broken")
    given = [shared(desk, "screen.png", PNG), shared(desk, "setup.exe", PROGRAM)]
    desk.says("ada", "See there", thread_ts=ts, subtype="file_share", files=given)
    said = len(desk.slack.posted())
    fetch_files(desk.workspace.pk, ticket.messages.latest("pk").pk, given)
    assert named(ticket) == {"screen.png": "image/png"}
    assert len(left(ticket)) == 1
    assert len(desk.slack.posted()) == said


def test_a_file_waits_until_slack_is_connected_again(desk: Desk) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    given = [shared(desk, "screen.png", PNG)]
    desk.workspace.disconnect("token_revoked")
    with pytest.raises(CannotReach):
        fetch_files(desk.workspace.pk, ticket.messages.get().pk, given)
    Workspace.objects.get().connect()
    fetch_files(desk.workspace.pk, ticket.messages.get().pk, given)
    assert named(ticket) == {"screen.png": "image/png"}


def test_a_file_of_another_company_in_a_shared_channel_is_asked_for(desk: Desk) -> None:
    ticket, ts = ask(desk, "My laptop is broken")
    desk.slack.told_files["F9"] = shared(desk, "screen.png", PNG)
    desk.says(
        "ada", "There", thread_ts=ts, files=[{"id": "F9", "mode": "file_access", "file_access": "check_file_info"}]
    )
    assert named(ticket) == {"screen.png": "image/png"}


def test_the_token_follows_a_moved_file_within_slack_only(desk: Desk) -> None:
    ticket, ts = ask(desk, "My laptop is broken")
    given = [shared(desk, "within.png", PNG), shared(desk, "elsewhere.png", PNG)]
    desk.slack.files["new.png"] = PNG
    desk.slack.moved["within.png"] = f"{desk.slack.url}/files/new.png"
    desk.slack.moved["elsewhere.png"] = f"{desk.slack.url.replace('127.0.0.1', 'localhost')}/files/new.png"
    desk.says("ada", "See there", thread_ts=ts, subtype="file_share", files=given)
    assert set(named(ticket)) == {"within.png"}
    assert left(ticket) == {"elsewhere.png": "away"}


@pytest.mark.parametrize(
    ("api", "file"),
    [
        ("https://slack.com/api", "https://files.slack.com/files-pri/T1-F1/a.png"),
        ("https://slack-gov.com/api", "https://files.slack-gov.com/files-pri/T1-F1/a.png"),
        ("https://slack.com/api", "https://evilslack.com/a.png"),
        ("https://slack.com/api", "https://slack.com.evil.example/a.png"),
        ("https://slack.com/api", "file:///etc/passwd"),
    ],
)  # fmt: skip
def test_files_are_fetched_from_slack_alone(settings: Any, api: str, file: str) -> None:
    settings.BALIE = dataclasses.replace(settings.BALIE, slack_api_url=api)
    if "files.slack" in file:
        client._demand_slack(file)
    else:
        with pytest.raises(client.Refused):
            client._demand_slack(file)


def test_what_goes_out_is_judged_as_well(desk: Desk, client: Client) -> None:
    ticket, ts = ask(desk, "My laptop is broken")
    enclosed = (kept("how.pdf", PDF), kept("tool.pdf", PROGRAM), kept("last.pdf", PDF))
    ticket.reply(by=desk.cast.ben, words=Words.from_text("See there", files=enclosed))
    desk.work()
    assert [one["name"] for one in desk.slack.uploads.values()] == ["how.pdf", "last.pdf"]
    assert [one["content"] for one in desk.slack.uploads.values()] == [PDF, PDF]
    assert left(ticket) == {"tool.pdf": "program"}
    notice = next(one for one in desk.slack.messages["DADA"] if "tool.pdf" in one["text"])
    assert notice["thread_ts"] == ts
    assert f"/my/requests/{ticket.pk}" in notice["text"]
    assert not Delivery.objects.exclude(state="sent").filter(kind="slack").exists()
    client.force_login(desk.cast.ben)
    assert "tool.pdf" in client.get(f"/requests/{ticket.pk}").content.decode()


def shortcut(desk: Desk, message: dict[str, Any], *, place: str) -> Ticket:
    """Somebody makes a request of a message of Cleo's, with the form."""
    desk.interaction(
        {
            "type": "message_action", "callback_id": "create_request", "user": {"id": "UADA"}, "channel": {"id": place},
            "message": message,
        }
    )  # fmt: skip
    desk.work()
    view = desk.slack.asked("views.open")[-1]["view"]
    state = {"place": str(desk.cast.it.pk), "text": "The printer burns", "subject": "Printer"}
    desk.submit("ask", json.loads(view["private_metadata"]), user="UADA", **state)
    desk.work()
    return Ticket.objects.get()


def test_the_shortcut_takes_over_the_files_of_the_thread_as_well(desk: Desk) -> None:
    root = desk.slack.said_by_people("C1", "The printer burns", user="UCLEO")
    shown = {**root, "thread_ts": root["ts"], "files": [shared(desk, "fire.png", PNG)]}
    desk.slack.messages["C1"][0].update(shown)
    for number in range(3):
        said = desk.slack.said_by_people("C1", f"More {number}", user="UDOV", thread_ts=root["ts"])
        desk.slack.messages["C1"][-1]["files"] = [
            shared(desk, f"{number}.png", PNG),
            shared(desk, f"{number}.exe", PROGRAM),
        ]
        assert said["thread_ts"] == root["ts"]
    own = {"user": "UBALIE", "bot_id": "B1", "files": [shared(desk, "ours.png", PNG)]}
    desk.slack.messages["C1"].append({"ts": desk.slack.next_ts(), "thread_ts": root["ts"], **own})
    ticket = shortcut(desk, shown, place="C1")
    assert set(named(ticket)) == {"fire.png", "0.png", "1.png", "2.png"}
    assert left(ticket) == {"0.exe": "program", "1.exe": "program", "2.exe": "program"}
    assert len(desk.slack.asked("conversations.replies")) == 1
    assert {one["user"] for one in desk.slack.asked("chat.postEphemeral")} == {"UADA"}


def test_of_a_long_thread_so_many_files_are_taken_and_the_others_named(desk: Desk) -> None:
    root = desk.slack.said_by_people("C1", "The printer burns", user="UCLEO")
    for number in range(23):
        desk.slack.said_by_people("C1", "More", user="UDOV", thread_ts=root["ts"])
        desk.slack.messages["C1"][-1]["files"] = [shared(desk, f"{number}.png", PNG)]
    ticket = shortcut(desk, {**root, "thread_ts": root["ts"]}, place="C1")
    assert len(named(ticket)) == 20
    assert left(ticket) == {"20.png": "too_many", "21.png": "too_many", "22.png": "too_many"}


def test_where_balie_is_no_member_the_message_alone_comes(desk: Desk) -> None:
    desk.slack.always["conversations.replies"] = "channel_not_found"
    root = desk.slack.said_by_people("D77", "The printer burns", user="UCLEO")
    message = {**root, "thread_ts": root["ts"], "files": [shared(desk, "fire.png", PNG)]}
    ticket = shortcut(desk, message, place="D77")
    assert set(named(ticket)) == {"fire.png"}


def test_a_message_within_a_thread_hangs_from_the_first_one(desk: Desk) -> None:
    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="emoji")
    root = desk.slack.said_by_people("C1", "Lunch?", user="UCLEO")
    said = desk.slack.said_by_people("C1", "The printer burns", user="UCLEO", thread_ts=root["ts"])
    ticket = shortcut(desk, said, place="C1")
    thread = ticket.threads.get()
    assert (thread.place, thread.anchor) == ("C1", root["ts"])
    assert desk.slack.posted()[-1]["thread_ts"] == root["ts"]


def test_files_go_along_when_a_message_is_split_off(desk: Desk) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    second = desk.says("ada", "And a chair", subtype="file_share", files=[shared(desk, "chair.png", PNG)])
    desk.press("split", second["ts"], user="UADA", place="DADA", ts="9.9")
    desk.work()
    assert not named(ticket)
    assert set(named(Ticket.objects.latest("pk"))) == {"chair.png"}


def test_files_on_their_way_go_along_when_their_message_is_split_off(desk: Desk) -> None:
    ask(desk, "My laptop is broken")
    given = [shared(desk, "chair.png", PNG), shared(desk, "setup.exe", PROGRAM)]
    said = desk.slack.said_by_people("DADA", "And a chair", user="UADA") | {"subtype": "file_share", "files": given}
    desk.event(said)
    receiving.understand_some()
    # Before the job has run.
    desk.press("split", said["ts"], user="UADA", place="DADA", ts="9.9")
    receiving.understand_some()
    desk.work()
    former, made = Ticket.objects.order_by("pk")
    assert (set(named(former)), set(named(made))) == (set(), {"chair.png"})
    assert (left(former), left(made)) == ({}, {"setup.exe": "program"})


@pytest.mark.parametrize("refused", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_file_that_slack_refuses_holds_nothing_up_and_its_author_learns_of_it(
    desk: Desk, client: Client, refused: str
) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    enclosed = (kept("how.pdf", PDF), kept("last.pdf", PDF))
    desk.slack.faults[refused] = ["file_upload_size_restricted"]
    ticket.reply(by=desk.cast.ben, words=Words.from_text("See there", files=enclosed))
    ticket.reply(by=desk.cast.ben, words=Words.from_text("And this"))
    desk.work()
    assert left(ticket) == {"how.pdf": "refused"}
    shown = [one["files"][0]["name"] for one in desk.slack.posted() if one.get("files")]
    assert shown == ["last.pdf"]
    said = [one["text"] for one in desk.slack.posted() if one["text"]]
    assert "how.pdf" in said[-2]
    assert said[-1] == "And this"
    assert not Delivery.objects.exclude(state="sent").filter(kind="slack").exists()
    assert [(one.person, one.kind) for one in Notice.objects.filter(ticket=ticket, kind="refused")] == [
        (desk.cast.ben, "refused")
    ]
    client.force_login(desk.cast.ben)
    assert "The file “how.pdf” of your answer was not passed on" in client.get("/notices/").content.decode()
    assert "it was not accepted there" in client.get(f"/requests/{ticket.pk}").content.decode()


def test_the_author_of_an_answer_learns_which_file_we_kept_back(desk: Desk) -> None:
    ticket, _ts = ask(desk, "My laptop is broken")
    ticket.reply(by=desk.cast.ben, words=Words.from_text("See there", files=(kept("tool.pdf", PROGRAM),)))
    desk.work()
    assert Notice.objects.get(ticket=ticket, kind="refused").person == desk.cast.ben
    given = [shared(desk, "setup.exe", PROGRAM)]
    desk.says("ada", "And this", thread_ts=ticket.threads.get().anchor, subtype="file_share", files=given)
    assert left(ticket) == {"tool.pdf": "program", "setup.exe": "program"}
    assert Notice.objects.filter(ticket=ticket, kind="refused").count() == 1, (
        "what is left on its way in is no failure of Ben's"
    )
