"""Long replies are shared out to messages that Slack takes, with nothing lost and nothing torn."""

import json
import re
from html import unescape

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from balie.channels.slack.form.limits import LONGEST_BLOCKS, MOST_ROWS
from balie.channels.slack.form.tests.block_kit_rules import check_message
from balie.channels.slack.form.tests.test_writing import every_element
from balie.channels.slack.form.writing import Part, to_parts
from balie.platform.plain_text import html_from_text
from balie.platform.text import clean_html

WORDS = st.text(st.sampled_from("ab cd. !?\n\n&<>*_~`@#|:éß日本👍🏽👩‍👩‍👧‍👦🇳🇱‍"), max_size=400)
STYLED = st.tuples(st.sampled_from(["p", "b", "i", "code", "pre", "li", "blockquote", "td", "a", "bdi"]), WORDS)


def said(parts: list[Part]) -> str:
    """All that the blocks say, without white space, of which cuts may take some."""
    words = "".join(one.get("text", "") for one in every_element([part.blocks for part in parts]))
    return re.sub(r"\s", "", words)


def words_of(cells: list[dict]) -> str:
    return "".join(one.get("text", "") for one in every_element(cells))


def check(parts: list[Part]) -> None:
    for part in parts:
        check_message(part)
        assert len(json.dumps(part.blocks, ensure_ascii=False).encode()) <= LONGEST_BLOCKS
        assert sum(block["type"] == "table" for block in part.blocks) <= 1
        assert all(block["type"] != "table" for block in part.blocks[:-1])
        assert part.text.count("```") % 2 == 0
        assert not re.search(r"<[!@#]|&(?!(amp|lt|gt);)", part.text)


@settings(max_examples=60, deadline=None)
@given(st.lists(STYLED, max_size=8), st.integers(1, 40))
def test_whatever_is_written_fits_and_is_whole(written, times):
    html = clean_html("".join(tagged(tag, words * times) for tag, words in written))
    parts = to_parts(html, mentions={})
    check(parts)
    expected = re.sub(r"\s", "", unescape(re.sub("<[^<>]*>", "", html)))
    assert said(parts).replace("|", "") == expected.replace("|", "")


@settings(max_examples=60, deadline=None)
@given(WORDS.filter(str.strip), st.integers(1, 60))
def test_no_cut_falls_within_a_cluster(words, times):
    html = html_from_text(words * times)
    clusters = set(regex.findall(r"\X", unescape(re.sub("<[^<>]*>", "\n", html))))
    for part in to_parts(html, mentions={}):
        for one in every_element(part.blocks):
            if one["type"] == "text":
                assert set(regex.findall(r"\X", one["text"])) - {"\n"} <= clusters | {" "}


def tagged(tag: str, words: str) -> str:
    inner = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    match tag:
        case "li":
            return f"<ul><li>{inner}</li></ul>"
        case "td":
            return f"<table><tr><th>x</th><th>y</th></tr><tr><td>{inner}</td><td>z</td></tr></table>"
        case "a":
            return f'<p><a href="https://a.example/?q=1&amp;r=2">{inner}</a></p>'
        case _:
            return f"<{tag}>{inner}</{tag}>"


def test_paragraphs_stay_whole_while_they_fit():
    paragraph = "A sentence of some length. " * 50
    parts = to_parts(f"<p>{paragraph}</p>" * 5, mentions={})
    assert [part.text for part in parts] == [f"{paragraph.strip()}\n\n{paragraph.strip()}"] * 2 + [paragraph.strip()]


def test_a_long_paragraph_is_cut_after_sentences():
    parts = to_parts("<p>" + "This is one sentence, and a long one at that. " * 300 + "</p>", mentions={})
    check(parts)
    assert len(parts) > 3
    assert all(part.text.endswith("that.") and part.text.startswith("This") for part in parts)


def test_a_long_sentence_is_cut_between_words():
    parts = to_parts("<p>" + "word " * 3000 + "</p>", mentions={})
    assert all(set(part.text.split()) == {"word"} for part in parts)


@pytest.mark.parametrize("cluster", ["👩‍👩‍👧‍👦", "👍🏽", "🇳🇱", "é", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "각"])
def test_a_long_word_is_cut_between_clusters(cluster):
    parts = to_parts(f"<p>{clean_html(cluster) * 5000}</p>", mentions={})
    check(parts)
    assert len(parts) > 1
    assert all(set(regex.findall(r"\X", part.text)) == {cluster} for part in parts)


def test_code_is_cut_between_lines_and_fenced_in_each_message():
    code = "\n".join(f"    line {number} = '&'" for number in range(800))
    parts = to_parts(f"<pre><code>{code.replace('&', '&amp;')}</code></pre>", mentions={})
    check(parts)
    assert all(part.text.startswith("```\n    line ") and part.text.endswith("'&amp;'\n```") for part in parts)
    assert all(part.blocks[0]["elements"][0]["type"] == "rich_text_preformatted" for part in parts)
    lines = [line for part in parts for line in part.blocks[0]["elements"][0]["elements"][0]["text"].split("\n")]
    assert "\n".join(lines) == code


def test_a_style_and_a_link_go_on_after_a_cut():
    parts = to_parts('<p><b><a href="https://a.example">' + "bold words " * 900 + "</a></b></p>", mentions={})
    check(parts)
    assert all(
        one["url"] == "https://a.example" and one["style"] == {"bold": True}
        for part in parts
        for one in part.blocks[0]["elements"][0]["elements"]
    )


def test_items_keep_their_numbers_over_messages():
    parts = to_parts("<ol>" + f"<li>{'word ' * 60}</li>" * 40 + "</ol>", mentions={})
    check(parts)
    numbers = [int(number) for part in parts for number in re.findall(r"^(\d+)\. ", part.text, re.MULTILINE)]
    assert numbers == list(range(1, 41))
    second = parts[1].blocks[0]["elements"][0]
    assert second["offset"] == len(parts[0].blocks[0]["elements"][0]["elements"])


def test_a_long_table_goes_on_under_its_head():
    rows = "".join(f"<tr><td>row {number}</td><td>{'x' * 20}</td></tr>" for number in range(250))
    parts = to_parts(f"<table><tr><th>Name</th><th>Value</th></tr>{rows}</table>", mentions={})
    check(parts)
    tables = [part.blocks[-1]["rows"] for part in parts]
    assert all(words_of(table[0]) == "NameValue" and len(table) <= MOST_ROWS for table in tables)
    assert [words_of(row[:1]) for table in tables for row in table[1:]] == [f"row {number}" for number in range(250)]


def test_a_table_that_slack_cannot_draw_is_lines():
    wide = "<table><tr>" + "".join(f"<td>c{number}</td>" for number in range(30)) + "</tr></table>"
    [only] = to_parts(wide, mentions={})
    assert only.blocks[0]["type"] == "rich_text"
    assert only.text.startswith("c0 | c1 | c2")
    tall = to_parts(f"<table><tr><td>{'much ' * 4000}</td><td>x</td></tr></table>", mentions={})
    check(tall)
    assert {block["type"] for part in tall for block in part.blocks} == {"rich_text"}


def test_an_address_that_is_too_long_is_text():
    url = "https://a.example/" + "x" * 3000
    [only] = to_parts(f'<p><a href="{url}">here</a></p>', mentions={})
    assert only.text == "here"


def test_many_rules_share_out_too():
    check(to_parts("<p>a</p><hr>" * 200, mentions={}))


def test_a_book_is_written_in_a_moment():
    parts = to_parts(
        "<p>" + "Ein Satz mit Wörtern darin. " * 200 + "</p><ul>" + "<li>x</li>" * 2000 + "</ul>", mentions={}
    )
    check(parts)
