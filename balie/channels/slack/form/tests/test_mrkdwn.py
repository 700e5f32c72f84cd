"""Slack's own markup: what commands, shortcuts and programs send."""

import re

import pytest

from balie.channels.slack.form.reading import to_html
from balie.channels.slack.form.tests.cast import Known
from balie.platform.text import clean_html

REL = ' target="_blank" rel="noopener noreferrer nofollow"'


def html(text: str) -> str:
    return to_html({"type": "message", "text": text}, names=Known()).html


@pytest.mark.parametrize(
    ("mrkdwn", "inner"),
    [
        ("*bold* and _italic_ and ~struck~", "<b>bold</b> and <i>italic</i> and <s>struck</s>"),
        ("*_both_*", "<b><i>both</i></b>"),
        ("(*bold*), *x*.", "(<b>bold</b>), <b>x</b>."),
        ("2 * 3 * 4 and a*b*c", "2 * 3 * 4 and a*b*c"),
        ("snake_case_name", "snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("**two**", "**two**"),
        ("`*code* &lt;b&gt;`", "<code>*code* &lt;b&gt;</code>"),
        ("`see <https://a.example>`", "<code>see https://a.example</code>"),
        ("<https://a.example/?x=1&amp;y=2>", f'<a href="https://a.example/?x=1&amp;y=2"{REL}>https://a.example/?x=1&amp;y=2</a>'),
        ("*<https://a.example|the page>*", f'<b><a href="https://a.example"{REL}>the page</a></b>'),
        ("<mailto:it@balie.example|it@balie.example>", f'<a href="mailto:it@balie.example"{REL}>it@balie.example</a>'),
        ("<tel:+31201234567|+31 20 123 45 67>", f'<a href="tel:+31201234567"{REL}>+31 20 123 45 67</a>'),
        ("<@U0ADA00001> <@U0NEW|newcomer> <@U0NONE>", "<bdi>@Ada Vermeer</bdi> <bdi>@newcomer</bdi> <bdi>@U0NONE</bdi>"),
        ("<#C0ITHELP01> <#C0X|general> <#C0Y|>", "<bdi>#it-help</bdi> <bdi>#general</bdi> <bdi>#C0Y</bdi>"),
        ("<!here> <!channel> <!everyone>", "<bdi>@here</bdi> <bdi>@channel</bdi> <bdi>@everyone</bdi>"),
        ("<!here|@here> <!subteam^S0ITTEAM01>", "<bdi>@here</bdi> <bdi>@it-team</bdi>"),
        ("<!subteam^S0X|@finance> <!subteam^S0X>", "<bdi>@finance</bdi> <bdi>@S0X</bdi>"),
        ("<!date^1792396800^{date_long}|19 October>", "19 October"),
        ("<!date^1792396800^{date_num} {time}>", "2026-10-19 08:00 UTC"),
        ("<!date^1792396800^{date}^https://a.example/|then>", f'<a href="https://a.example/"{REL}>then</a>'),
        ("<!date^soon^{date}|soon>", "soon"),
        (":tada: :+1::skin-tone-6: :thumbsup: :white_check_mark: :ticket:", "🎉 👍🏿 👍 ✅ 🎫"),
        (":flag-nl: :balie_logo: 10:30:45", "🇳🇱 :balie_logo: 10:30:45"),
        ("a &amp; b &lt;c&gt; &amp;lt;", "a &amp; b &lt;c&gt; &amp;lt;"),
        ("Ärger _größer_ ~日本~", "Ärger <i>größer</i> <s>日本</s>"),
    ],
)  # fmt: skip
def test_each_mark_says_the_same_in_html(mrkdwn, inner):
    assert html(mrkdwn) == f"<p>{inner}</p>"


def test_lines_quotations_and_code_are_blocks():
    said = html("Hello\nthere\n\n&gt; quoted *text*\n&gt; more\nthen\n```\nx = 1 &lt; 2\n  y *z*\n```\nend")
    assert said == (
        "<p>Hello<br>there</p><blockquote><p>quoted <b>text</b><br>more</p></blockquote><p>then</p>"
        "<pre>x = 1 &lt; 2\n  y *z*</pre><p>end</p>"
    )


def test_three_marks_quote_the_rest():
    assert html("So:\n&gt;&gt;&gt; all\n\nof this") == "<p>So:</p><blockquote><p>all</p><p>of this</p></blockquote>"


def test_a_fence_that_nobody_closed_is_text():
    assert html("```open") == "<p>```open</p>"


@pytest.mark.parametrize(
    "hostile",
    [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<script>alert(1)</script>",
        "<javascript:alert(1)|click>",
        '<https://a.example/" onmouseover="alert(1)|x>',
        "<https://a.example|&lt;img src=x onerror=alert(1)&gt;>",
        "`<b onclick=x>`",
        "\ue0000\ue001",
        "<@U1|&lt;b&gt;>",
        "*<https://a|_x*_>",
        "\ue000" * 5 + "<@U1>" + "9\ue001",
    ],
)
def test_hostile_text_is_harmless_and_clean(hostile):
    said = html(hostile)
    assert not re.search(r'<(script|img)|<[^>"]* on\w+=|href=.javascript', said)
    assert clean_html(said) == said


@pytest.mark.parametrize("many", ["*a", "_a ", "<", "<a|", "`", ":a", "&gt;", "\n&gt;\n", "~*_", ":a::skin-tone-2"])
def test_many_marks_take_no_time(many):
    assert html(many * 20_000) is not None
