"""Blocks that programs send, and what came along with a message."""

from balie.channels.slack.form.reading import to_html
from balie.channels.slack.form.tests.cast import ADA, Known, bullets, rich_text, section, text

REL = ' target="_blank" rel="noopener noreferrer nofollow"'


def html(*blocks: dict, **payload: object) -> str:
    return to_html({"blocks": list(blocks), **payload}, names=Known()).html


def test_sections_headers_contexts_and_rules_are_read_in_order():
    said = html(
        {"type": "header", "text": {"type": "plain_text", "text": "Deploy :rocket:", "emoji": True}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Done* by <@U0BEN00002>"},
         "fields": [{"type": "mrkdwn", "text": "*Version*\n4"}, {"type": "plain_text", "text": "*as is*"}],
         "accessory": {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "graph"}},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "image", "image_url": "https://a.example/j.png", "alt_text": "cat"},
                                         {"type": "mrkdwn", "text": "by _CI_"}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Retry"}, "action_id": "r"}]},
    )  # fmt: skip
    assert said == (
        "<h3>Deploy 🚀</h3><p><b>Done</b> by <bdi>@Ben Jansen</bdi></p><p><b>Version</b><br>4</p><p>*as is*</p>"
        '<p><img alt="graph" data-remote-src="https://a.example/i.png"></p><hr>'
        '<p><img alt="cat" data-remote-src="https://a.example/j.png"></p><p>by <i>CI</i></p>'
    )


def test_pictures_that_slack_keeps_are_their_words():
    image = {
        "type": "image",
        "slack_file": {"id": "F1"},
        "alt_text": "The error",
        "title": {"type": "plain_text", "text": "x"},
    }
    assert html(image) == "<p>The error</p>"


def test_a_table_has_a_head_and_cells_with_style():
    table = {
        "type": "table",
        "column_settings": [{"is_wrapped": True}],
        "rows": [
            [{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Cost"}],
            [
                {"type": "rich_text", "elements": [section(text("Laptop", bold=True), text("\nnew"))]},
                {"type": "raw_number", "value": 900},
            ],
            [{"type": "rich_text", "elements": [bullets("a")]}, {"type": "raw_text", "text": "<b>"}],
        ],
    }
    assert html(table) == (
        "<table><tbody><tr><th>Name</th><th>Cost</th></tr><tr><td><b>Laptop</b><br>new</td><td>900</td></tr>"
        "<tr><td><ul><li>a</li></ul></td><td>&lt;b&gt;</td></tr></tbody></table>"
    )


def test_blocks_that_are_newer_than_we_are_say_their_texts():
    assert (
        html({"type": "alert", "text": {"type": "mrkdwn", "text": "*Down*"}, "level": "error"}) == "<p><b>Down</b></p>"
    )
    video = {"type": "video", "title": {"type": "plain_text", "text": "How to"}, "title_url": "https://v.example/1"}
    assert html(video) == f'<p><a href="https://v.example/1"{REL}>How to</a></p>'


def test_blocks_that_say_nothing_leave_the_word_to_the_text():
    assert html({"type": "actions", "elements": []}, text="*hi*") == "<p><b>hi</b></p>"


def test_a_shared_message_is_quoted_with_its_author():
    shared = {
        "is_share": True, "is_msg_unfurl": True, "author_id": ADA, "author_name": "ada", "text": "fallback",
        "from_url": "https://balie.slack.com/archives/C1/p1", "footer": "Slack Conversation",
        "message_blocks": [{"team": "T0BALIE001", "channel": "C0GENERAL1", "ts": "1.2",
                            "message": rich_text(section(text("My laptop "), text("died", italic=True)))}],
    }  # fmt: skip
    said = html(*rich_text(section(text("Can you help Ada?")))["blocks"], attachments=[shared])
    assert said == (
        "<p>Can you help Ada?</p><blockquote><p><b>Ada Vermeer</b></p><p>My laptop <i>died</i></p></blockquote>"
    )
    alone = html(text="", attachments=[{"is_share": True, "author_name": "A <b>", "text": "see *this*"}])
    assert alone == "<blockquote><p><b>A &lt;b&gt;</b></p><p>see <b>this</b></p></blockquote>"


def test_a_preview_of_a_page_is_nothing_that_was_said():
    preview = {"title": "Buy now", "text": "Advertisement", "from_url": "https://ads.example", "service_name": "Ads"}
    assert html(text="look", attachments=[preview]) == "<p>look</p>"


def test_older_programs_speak_in_attachments():
    alert = {
        "pretext": "Alert", "title": "Disk", "title_link": "https://m.example", "text": "*full*", "fallback": "no",
        "fields": [{"title": "Host", "value": "db1", "short": True}],
    }  # fmt: skip
    said = html(text="", attachments=[alert])
    assert said == (
        f'<p>Alert</p><p><b><a href="https://m.example"{REL}>Disk</a></b></p><p><b>full</b></p><p><b>Host</b></p><p>db1</p>'
    )
    assert html(text="", attachments=[{"fallback": "Only this"}]) == "<p>Only this</p>"
