"""What our HTML becomes in Slack: rich text, and mrkdwn beside it."""

import pytest

from balie.channels.slack.form.reading import to_html
from balie.channels.slack.form.tests.block_kit_rules import check_message
from balie.channels.slack.form.tests.cast import ADA, BEN, Known, rich_text, section, text
from balie.channels.slack.form.writing import Part, to_parts
from balie.platform.text import clean_html


def part(html: str, **mentions: str) -> Part:
    [only] = to_parts(html, mentions=mentions)
    check_message(only)
    return only


def elements(html: str) -> list[dict]:
    [block] = part(html).blocks
    return block["elements"]


def line(html: str) -> list[dict]:
    [element] = elements(html)
    return element["elements"]


BARE = {"type": "link", "url": "https://a.example", "text": "https://a.example"}
LINK = {"type": "link", "url": "https://a.example/?b=1&c=2", "text": "page"}


@pytest.mark.parametrize(
    ("html", "written", "mrkdwn"),
    [
        ("plain", [text("plain")], "plain"),
        ("<b>b</b> <strong>s</strong>", [text("b", bold=True), text(" "), text("s", bold=True)], "*b* *s*"),
        ("<i>i</i><em>e</em>", [text("ie", italic=True)], "_ie_"),
        ("<s>s</s>", [text("s", strike=True)], "~s~"),
        ("<code>a &lt; b</code>", [text("a < b", code=True)], "`a &lt; b`"),
        ("<b><i>x</i></b>", [text("x", bold=True, italic=True)], "*_x_*"),
        ('<a href="https://a.example/?b=1&amp;c=2">page</a>', [LINK], "<https://a.example/?b=1&amp;c=2|page>"),
        ('<b><a href="https://a.example/?b=1&amp;c=2">page</a></b>', [LINK | {"style": {"bold": True}}],
         "*<https://a.example/?b=1&amp;c=2|page>*"),
        ('<a href="https://a.example/x|y">p|q</a>', [{"type": "link", "url": "https://a.example/x|y", "text": "p|q"}],
         "<https://a.example/x%7Cy|p¦q>"),
        ("see https://a.example.", [text("see "), BARE, text(".")], "see <https://a.example|https://a.example>."),
        ("<code>https://a.example</code>", [text("https://a.example", code=True)], "`https://a.example`"),
        ("one<br>two<br><br>three", [text("one\ntwo\n\nthree")], "one\ntwo\n\nthree"),
        ("  spaces \n and\tfeeds ", [text("spaces and feeds")], "spaces and feeds"),
        ('see <img data-cid="1" alt="a &lt;photo&gt;"> !', [text("see [a <photo>] !")], "see [a &lt;photo&gt;] !"),
        ('x<img data-cid="1">', [text("x")], "x"),
        ("👩‍👩‍👧 ok", [text("👩‍👩‍👧 ok")], "👩‍👩‍👧 ok"),
        ("<u>under</u> <small>small</small>", [text("under small")], "under small"),
    ],
)  # fmt: skip
def test_each_style_is_written_in_both_ways(html, written, mrkdwn):
    html = clean_html(f"<p>{html}</p>")
    assert line(html) == written
    assert part(html).text == mrkdwn


def test_paragraphs_share_a_section_and_headings_are_bold():
    html = "<h2>Title</h2><p>One</p><div>two</div><div>three</div><p>four</p>"
    assert elements(html) == [section(text("Title", bold=True), text("\n\nOne\n\ntwo\nthree\n\nfour"))]
    assert part(html).text == "*Title*\n\nOne\n\ntwo\nthree\n\nfour"


def test_lists_are_levels_by_indent_and_go_on_by_offset():
    html = "<ol><li><p>one</p></li><li><p>two</p><ul><li>a</li><li>b</li></ul></li><li>three<br>lines</li></ol>"
    assert [(e["style"], e["indent"], e.get("offset"), len(e["elements"])) for e in elements(html)] == [
        ("ordered", 0, None, 2),
        ("bullet", 1, None, 2),
        ("ordered", 0, 2, 1),
    ]
    assert part(html).text == "1. one\n2. two\n    ◦ a\n    ◦ b\n3. three\nlines"


def test_a_list_begins_where_it_says():
    html = '<ol start="4"><li>four</li><li value="9">nine</li></ol>'
    assert [e["offset"] for e in elements(html)] == [3, 8]
    assert part(html).text == "4. four\n9. nine"


def test_an_item_may_hold_code_and_go_on():
    html = "<ul><li><p>do</p><pre><code>x\n y</code></pre></li><li>then</li></ul>"
    assert [e["type"] for e in elements(html)] == ["rich_text_list", "rich_text_preformatted", "rich_text_list"]


def test_code_keeps_its_form_and_cannot_end_its_fence():
    html = "<pre><code>if a &lt; b:\n\n    ```x```</code></pre>"
    assert line(html) == [text("if a < b:\n\n    ```x```")]
    assert part(html).text.startswith("```\nif a &lt; b:\n\n    ")
    assert part(html).text.count("```") == 2


def test_quotations_hold_lists_and_code():
    html = "<blockquote><p>a</p><p>b</p><ul><li>c</li></ul><pre>d</pre></blockquote><p>mine</p>"
    assert [(e["type"], e.get("border")) for e in elements(html)] == [
        ("rich_text_quote", None),
        ("rich_text_list", 1),
        ("rich_text_preformatted", 1),
        ("rich_text_section", None),
    ]
    assert part(html).text == "> a\n\n> b\n\n> • c\n\n> ```\n> d\n> ```\n\nmine"


def test_a_rule_is_a_divider_between_blocks_and_never_at_an_end():
    assert [block["type"] for block in part("<hr><p>a</p><hr><p>b</p><hr>").blocks] == [
        "rich_text",
        "divider",
        "rich_text",
    ]
    assert to_parts("<hr>", mentions={}) == []


def test_a_table_ends_its_message():
    html = (
        "<p>See:</p><table><tbody><tr><th>A</th><th>B</th></tr><tr><td><p>1</p><p>2</p></td><td><b>x</b></td></tr>"
        "<tr><td></td></tr><tr><td>y</td></tr></tbody></table><p>Bye</p>"
    )
    first, second = to_parts(html, mentions={})
    assert [block["type"] for block in first.blocks] == ["rich_text", "table"]
    assert first.blocks[1]["rows"] == [
        [cell(text("A")), cell(text("B"))],
        [cell(text("1\n2")), cell(text("x", bold=True))],
        [cell(text("y")), cell(text(" "))],
    ]
    assert first.text == "See:\n\nA | B\n1 2 | *x*\ny"
    assert second.text == "Bye"


def cell(*line: dict) -> dict:
    return {"type": "rich_text", "elements": [section(*line)]}


@pytest.mark.parametrize("url", ["https://", "https:///x", "http://?", "mailto:", "tel:", "https://a b.example"])
def test_an_address_that_slack_would_refuse_is_text(url):
    assert line(f'<p><a href="{url}">page</a></p>') == [text("page")]


def test_tables_that_are_only_a_frame_are_their_paragraphs():
    html = "<table><tr><td><p>a</p><table><tr><td>b</td><td>c</td></tr></table></td></tr></table>"
    assert elements(clean_html(html)) == [section(text("a\nb\nc"))]


@pytest.mark.parametrize(
    "typed",
    ["@channel", "@here", "@everyone", "<!here>", "<!channel>", "<!everyone|x>", "<@U0ADA00001>", "<#C0ITHELP01>",
     "<!subteam^S0ITTEAM01>", "<https://a|b>", "&lt;!here&gt;", "<!date^1^{date}|x>", "@Ada Vermeer"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["<p>{}</p>", "<pre>{}</pre>", "<ul><li>{}</li></ul>", "<p><a href='https://e.example'>{}</a></p>",
                                  "<table><tr><td>{}</td><td>b</td></tr></table>", "<p><code>{}</code></p>"])  # fmt: skip
def test_nobody_is_called_by_what_somebody_typed(typed, form):
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    said = part(clean_html(form.format(escaped)))
    kinds = {one["type"] for one in every_element(said.blocks)}
    assert not kinds & {"user", "channel", "usergroup", "broadcast", "date"}
    assert "<!" not in said.text
    assert "<@" not in said.text
    assert "<#" not in said.text


def test_only_those_whom_we_named_are_called():
    mentions = {"Ada Vermeer": ADA, "Ben Jansen": BEN, "Ben": "U0OTHERBEN"}
    html = (
        "<p><bdi>@Ada Vermeer</bdi> and <b>@ben  jansen</b>, @Ben! not me@ben, @Benno, @Dov Katz, <code>@Ben</code> or "
        '<a href="https://a.example">@Ben</a></p>'
    )
    [only] = to_parts(html, mentions=mentions)
    called = [(one["user_id"], one.get("style")) for one in every_element(only.blocks) if one["type"] == "user"]
    assert called == [(ADA, None), (BEN, {"bold": True}), ("U0OTHERBEN", None)]
    assert only.text.startswith(f"<@{ADA}> and *<@{BEN}>*, <@U0OTHERBEN>! not me@ben, @Benno, @Dov Katz, `@Ben` or")


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hi <bdi>@Ada Vermeer</bdi>,</p><p>see <b>this</b>, <i>that</i>, <s>not</s> and <code>x &lt; y</code>.<br>Ben</p>",
        "<ol><li>one</li><li>two<ul><li>a</li><li>b<ol><li>deep</li></ol></li></ul></li><li>three</li></ol>",
        '<ol start="3"><li>three</li><li>four</li></ol><ul><li>x</li></ul>',
        "<blockquote><p>quoted</p><ul><li>item</li></ul></blockquote><p>answer</p>",
        "<pre>def f():\n    return 1 &lt; 2</pre>",
        "<p>a</p><hr><p>b</p>",
        "<table><tbody><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><b>2</b></td></tr></tbody></table>",
        '<p><a href="https://a.example/?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">page</a> 👍🏽</p>',
    ],
)
def test_what_both_can_say_comes_back_as_it_was(html):
    assert clean_html(html) == html
    [only] = to_parts(html, mentions={"Ada Vermeer": ADA})
    assert to_html({"blocks": only.blocks}, names=Known()).html == html


def test_what_slack_sent_goes_back_as_it_came():
    sent = rich_text(section(text("a "), text("b", bold=True), text("\n\nc")))["blocks"][0]["elements"]
    assert elements(to_html(rich_text(*sent), names=Known()).html) == sent


def test_nothing_is_no_message():
    assert to_parts("", mentions={}) == []
    assert to_parts("<p> <br></p><pre>\n</pre><table></table>", mentions={}) == []


def every_element(block: object) -> list[dict]:
    if isinstance(block, list):
        return [one for part in block for one in every_element(part)]
    if isinstance(block, dict):
        return [block, *(one for part in block.values() for one in every_element(part))] if "type" in block else []
    return []
