"""The captured payloads read as their writers meant them, and know one workspace."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from balie.channels.slack.form.reading import to_html
from balie.channels.slack.form.tests.cast import Known
from balie.platform.text import clean_html

FIXTURES = Path(__file__).parents[2] / "fixtures"
EVENTS = sorted(FIXTURES.glob("events/*.json"))
REL = ' target="_blank" rel="noopener noreferrer nofollow"'


def event(name: str) -> dict:
    payload: dict = json.loads((FIXTURES / f"events/{name}.json").read_text())["event"]
    return payload


@pytest.mark.parametrize(
    ("name", "html"),
    [
        ("message_dm",
         "<p>Hi, my <b>laptop</b> does not start since this morning 😢</p>"
         "<ul><li>charger is fine</li><li>no light at all</li></ul>"
         "<ol><li>I pressed the button</li><li>I held it for <code>10s</code></li></ol><pre>ERR 0x7B &lt;boot&gt;</pre>"
         "<p>Thanks, <bdi>@U0BALIE009</bdi></p>"),
        ("message_channel",
         "<p>The printer on the <bdi>#C0GENERAL2</bdi> floor is out of toner, see "
         f'<a href="https://print.example/q?id=3&amp;x=1"{REL}>the queue</a></p>'),
        ("message_bot",
         f'<h3>Build failed 🚨</h3><p>Build <b>4711</b> of <a href="https://git.example/app"{REL}>app</a> failed</p>'),
        ("message_me", "<p>cannot log in</p>"),
        ("message_shared",
         "<p>Can you look at this?</p>"
         "<blockquote><p><b>Ada Vermeer</b></p><p>The printer is out of <b>toner</b></p></blockquote>"),
        ("app_mention", "<p><bdi>@U0BALIE009</bdi> we need two chairs in room 4 🙏🏽</p>"),
        ("message_file_share_elsewhere", ""),
    ],
)  # fmt: skip
def test_messages_are_read_as_they_look_in_slack(name, html):
    assert to_html(event(name), names=Known()).html == html


def test_blocks_and_text_of_a_message_say_the_same():
    said = event("message_channel")
    assert to_html(said, names=Known()) == to_html({"text": said["text"].replace("|>", ">")}, names=Known())


def test_a_preview_changes_nothing_that_was_said():
    changed = event("message_changed_unfurl")
    assert to_html(changed["message"], names=Known()) == to_html(changed["previous_message"], names=Known())


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_event_is_in_the_wrapper_of_the_events_api(path):
    payload = json.loads(path.read_text())
    assert payload["token"]
    if payload["type"] == "event_callback":
        assert {"team_id", "api_app_id", "event", "event_id", "event_time"} <= payload.keys()
        html = to_html(payload["event"], names=Known()).html
        assert clean_html(html) == html


def test_every_id_is_explained():
    known = (FIXTURES / "README.md").read_text()
    said = "".join(path.read_text() for path in sorted(FIXTURES.rglob("*")) if path.suffix in (".json", ".txt"))
    ids = set(re.findall(r"\b[UBATD]0[A-Z0-9]{8}\b", said))
    once = {"U0NOOR0014", "A0BUILD013", "U0THEIRBOT", "D0CLEO0003", "D0FOREIGN9"}
    assert ids - once <= set(re.findall(r"`([A-Z0-9]{10})`", known))


def test_a_command_is_a_form():
    [text] = parse_qs((FIXTURES / "commands/ask.txt").read_text())["text"]
    assert to_html({"text": text}, names=Known()).html == (
        "<p>my screen is <b>broken</b> &amp; <bdi>@Ben Jansen</bdi> knows</p>"
    )
