"""What people write in Slack's own editor, which sends rich_text blocks."""

import pytest

from balie.channels.slack.form.names import NoNames
from balie.channels.slack.form.reading import Form, to_html
from balie.channels.slack.form.tests.cast import ADA, CLEO, Known, bullets, rich_text, section, text
from balie.platform.text import clean_html

REL = ' target="_blank" rel="noopener noreferrer nofollow"'


def html(*elements: dict) -> str:
    return to_html(rich_text(*elements), names=Known()).html


@pytest.mark.parametrize(
    ("element", "inner"),
    [
        (text("plain"), "plain"),
        (text("b", bold=True), "<b>b</b>"),
        (text("i", italic=True), "<i>i</i>"),
        (text("s", strike=True), "<s>s</s>"),
        (text("u", underline=True), "<u>u</u>"),
        (text("c < d", code=True), "<code>c &lt; d</code>"),
        (text("all", bold=True, italic=True, strike=True), "<b><i><s>all</s></i></b>"),
        (text("not", bold=False), "not"),
        (text("two\nlines", bold=True), "<b>two</b><br><b>lines</b>"),
        ({"type": "link", "url": "https://balie.example/a?b=1&c=2"},
         f'<a href="https://balie.example/a?b=1&amp;c=2"{REL}>https://balie.example/a?b=1&amp;c=2</a>'),
        ({"type": "link", "url": "https://balie.example", "text": "the desk", "style": {"bold": True}},
         f'<b><a href="https://balie.example"{REL}>the desk</a></b>'),
        ({"type": "link", "url": "mailto:it@balie.example", "text": "it@balie.example"},
         f'<a href="mailto:it@balie.example"{REL}>it@balie.example</a>'),
        ({"type": "user", "user_id": ADA}, "<bdi>@Ada Vermeer</bdi>"),
        ({"type": "user", "user_id": CLEO, "style": {"italic": True}}, "<i><bdi>@Cleo &lt;Smit&gt;</bdi></i>"),
        ({"type": "user", "user_id": "U0NOBODY"}, "<bdi>@U0NOBODY</bdi>"),
        ({"type": "channel", "channel_id": "C0ITHELP01"}, "<bdi>#it-help</bdi>"),
        ({"type": "channel", "channel_id": "C0UNKNOWN"}, "<bdi>#C0UNKNOWN</bdi>"),
        ({"type": "usergroup", "usergroup_id": "S0ITTEAM01"}, "<bdi>@it-team</bdi>"),
        ({"type": "usergroup", "usergroup_id": "S0OTHER"}, "<bdi>@S0OTHER</bdi>"),
        ({"type": "broadcast", "range": "here"}, "<bdi>@here</bdi>"),
        ({"type": "broadcast", "range": "everyone"}, "<bdi>@everyone</bdi>"),
        ({"type": "broadcast", "range": "<b>"}, "<bdi>@channel</bdi>"),
        ({"type": "team", "team_id": "T0BALIE001"}, "<bdi>@T0BALIE001</bdi>"),
        ({"type": "emoji", "name": "wave", "unicode": "1f44b"}, "👋"),
        ({"type": "emoji", "name": "+1", "unicode": "1f44d-1f3fd", "skin_tone": 4}, "👍🏽"),
        ({"type": "emoji", "name": "+1", "skin_tone": 4}, "👍🏽"),
        ({"type": "emoji", "name": "wave::skin-tone-2"}, "👋🏻"),
        ({"type": "emoji", "name": "balie_logo"}, ":balie_logo:"),
        ({"type": "emoji", "name": "<img src=x>"}, ":&lt;img src=x&gt;:"),
        ({"type": "color", "value": "#C0FFEE"}, "<code>#C0FFEE</code>"),
        ({"type": "date", "timestamp": 1792396800, "format": "{date_long} at {time}", "fallback": "19 Oct 2026, 08:00"},
         "19 Oct 2026, 08:00"),
        ({"type": "date", "timestamp": 1792396800, "format": "by {date_long} at {time}"}, "by 2026-10-19 at 08:00 UTC"),
        ({"type": "date", "timestamp": 1792396800, "format": "{date}", "url": "https://balie.example"},
         f'<a href="https://balie.example"{REL}>2026-10-19</a>'),
        ({"type": "date", "timestamp": 10**15, "format": "on {date}"}, "on"),
        ({"type": "canvas", "label": "Onboarding", "url": "https://balie.slack.com/docs/F1"},
         f'<a href="https://balie.slack.com/docs/F1"{REL}>Onboarding</a>'),
    ],
)  # fmt: skip
def test_each_element_says_the_same_in_html(element, inner):
    assert html(section(element)) == f"<p>{inner}</p>"


def test_empty_lines_part_paragraphs_and_others_break():
    assert html(section(text("One\ntwo\n\nthree\n\n\n"), text("four", bold=True))) == (
        "<p>One<br>two</p><p>three</p><p><b>four</b></p>"
    )


def test_code_keeps_its_lines_and_indentation():
    typed = [text("\nif a < b:\n    go()\n"), {"type": "link", "url": "https://a.example"}]
    assert html({"type": "rich_text_preformatted", "border": 0, "elements": typed}) == (
        f'<pre>\nif a &lt; b:\n    go()\n<a href="https://a.example"{REL}>https://a.example</a></pre>'
    )


def test_neighbouring_quotations_and_bordered_lists_are_one():
    quote = {"type": "rich_text_quote", "elements": [text("They wrote:\nthis")]}
    assert html(quote, bullets("a", "b", border=1), section(text("And I?"))) == (
        "<blockquote><p>They wrote:<br>this</p><ul><li>a</li><li>b</li></ul></blockquote><p>And I?</p>"
    )


def test_lists_nest_by_indent_and_go_on_with_their_numbers():
    said = html(
        section(text("Steps:\n")),
        bullets("one", "two", style="ordered"),
        bullets("a", indent=1),
        bullets("deep", indent=2, style="ordered"),
        bullets("b", indent=1),
        bullets("three", style="ordered", offset=2),
        bullets("end"),
    )
    assert said == (
        "<p>Steps:</p><ol><li>one</li><li>two<ul><li>a<ol><li>deep</li></ol></li><li>b</li></ul></li>"
        "<li>three</li></ol><ul><li>end</li></ul>"
    )


def test_a_list_that_begins_later_says_so():
    assert html(bullets("five", "six", style="ordered", offset=4)) == '<ol start="5"><li>five</li><li>six</li></ol>'
    skipping = html(bullets("one", style="ordered"), bullets("seven", style="ordered", offset=6))
    assert skipping == '<ol><li>one</li><li value="7">seven</li></ol>'


def test_an_item_may_have_lines():
    assert html(bullets("one\ntwo", "three")) == "<ul><li>one<br>two</li><li>three</li></ul>"


def test_the_text_says_it_without_marks():
    form = to_html(rich_text(section(text("Hi "), text("there", bold=True)), bullets("a", "b")), names=NoNames())
    assert form.text == "Hi there\n\n  * a\n  * b"


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</p><iframe src=//e>"]
)
def test_hostile_words_stay_words(hostile):
    code = {"type": "rich_text_preformatted", "elements": [text(hostile)]}
    said = html(section(text(hostile), text(hostile, code=True)), bullets(hostile), code)
    assert "<script" not in said
    assert "<img" not in said
    assert "<iframe" not in said
    assert clean_html(said) == said


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", '"><script>', "slack://x"]
)
def test_only_addresses_that_are_harmless_can_be_followed(url):
    assert "href" not in html(section({"type": "link", "url": url, "text": "click"}))


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"blocks": None, "text": None},
        {"blocks": "no"},
        {"blocks": [None, 3, {"type": None}, {"type": "rich_text"}, {"type": "rich_text", "elements": [{}, None]}]},
        rich_text({"type": "rich_text_list", "elements": [], "indent": "x"}, {"type": "rich_text_section", "elements": 3}),
        rich_text(section({"type": "user"}, {"type": "emoji"}, {"type": "link"}, {"type": "date", "timestamp": True})),
        {"attachments": [None, {"is_share": True}]},
    ],
)  # fmt: skip
def test_what_is_not_of_the_documented_shape_harms_nobody(payload):
    assert isinstance(to_html(payload, names=Known()), Form)


def test_nothing_said_is_nothing():
    assert to_html({"text": "", "blocks": []}, names=Known()) == Form(html="", text="")
