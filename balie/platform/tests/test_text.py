"""Text from outside is hostile until cleaned, and whole once it is."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balie.platform.text import (
    LONGEST_LETTER,
    clean_html,
    html_from_text,
    place_images,
    safe,
    show_remote_images,
    text_from_html,
)

HARMLESS_ATTRIBUTES = {
    "align", "alt", "colspan", "data-cid", "data-remote-src", "dir", "height", "href", "lang", "rel", "rowspan",
    "start", "target", "title", "type", "value", "width",
}  # fmt: skip
HARMFUL_TAGS = {
    "applet", "audio", "base", "body", "button", "canvas", "dialog", "embed", "form", "frame", "frameset",
    "head", "html", "iframe", "input", "link", "marquee", "math", "meta", "noscript", "object", "picture",
    "script", "select", "source", "style", "svg", "template", "textarea", "title", "track", "video",
}  # fmt: skip
EVENTS = [
    "abort",
    "afterprint",
    "animationcancel",
    "animationend",
    "animationiteration",
    "animationstart",
    "auxclick",
    "beforecopy",
    "beforecut",
    "beforeinput",
    "beforematch",
    "beforepaste",
    "beforeprint",
    "beforetoggle",
    "beforeunload",
    "begin",
    "blur",
    "bounce",
    "cancel",
    "canplay",
    "canplaythrough",
    "change",
    "click",
    "close",
    "command",
    "contentvisibilityautostatechange",
    "contextlost",
    "contextmenu",
    "contextrestored",
    "copy",
    "cuechange",
    "cut",
    "dblclick",
    "drag",
    "dragend",
    "dragenter",
    "dragexit",
    "dragleave",
    "dragover",
    "dragstart",
    "drop",
    "durationchange",
    "emptied",
    "end",
    "ended",
    "error",
    "finish",
    "focus",
    "focusin",
    "focusout",
    "formdata",
    "fullscreenchange",
    "gotpointercapture",
    "hashchange",
    "input",
    "invalid",
    "keydown",
    "keypress",
    "keyup",
    "languagechange",
    "load",
    "loadeddata",
    "loadedmetadata",
    "loadend",
    "loadstart",
    "lostpointercapture",
    "message",
    "mousedown",
    "mouseenter",
    "mouseleave",
    "mousemove",
    "mouseout",
    "mouseover",
    "mouseup",
    "mousewheel",
    "offline",
    "online",
    "pagehide",
    "pageshow",
    "paste",
    "pause",
    "play",
    "playing",
    "pointercancel",
    "pointerdown",
    "pointerenter",
    "pointerleave",
    "pointermove",
    "pointerout",
    "pointerover",
    "pointerrawupdate",
    "pointerup",
    "popstate",
    "progress",
    "ratechange",
    "readystatechange",
    "repeat",
    "reset",
    "resize",
    "scroll",
    "scrollend",
    "search",
    "securitypolicyviolation",
    "seeked",
    "seeking",
    "select",
    "selectionchange",
    "selectstart",
    "show",
    "slotchange",
    "stalled",
    "start",
    "storage",
    "submit",
    "suspend",
    "timeupdate",
    "toggle",
    "touchcancel",
    "touchend",
    "touchmove",
    "touchstart",
    "transitioncancel",
    "transitionend",
    "transitionrun",
    "transitionstart",
    "unhandledrejection",
    "unload",
    "volumechange",
    "waiting",
    "webkitanimationend",
    "wheel",
]

SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT >",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0c>alert(1)</script\x0c>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<script>alert(1)",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    '<img """><script>alert(1)</script>">',
    "<img/src=x/onerror=alert(1)>",
    "<img src=x:x\x0bonerror=alert(1)>",
    "<img src='x' on\x00error=alert(1)>",
    "<img\nsrc=x\nonerror\n=\nalert(1)>",
    '<p title="</p><img src=x onerror=alert(1)>">x</p>',
    '<img title="&lt;img src=x onerror=alert(1)&gt;" src=http://a.example/x>',
    '<img alt="<img src=http://a.example/x onerror=alert(1)>" src="cid:a">',
    '<img src="http://a.example/&quot; onerror=&quot;alert(1)">',
    '<img src="cid:a&quot;onerror=&quot;alert(1)">',
    "<img data-cid='a\" onerror=\"alert(1)'>",
    '<img data-remote-src="javascript:alert(1)"><img data-remote-src=\'http://a.example/" onerror="alert(1)\'>',
    "<img srcset='http://a.example/x\"onerror=\"alert(1) 2x'>",
    "<iframe src=javascript:alert(1)></iframe>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<object data=javascript:alert(1)><p>x</p></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)><p>x</p></body>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button><input onfocus=alert(1)></form>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:alert(1)//'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<link rel=import href='data:text/html,<script>alert(1)</script>'>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<template><script>alert(1)</script></template>",
    "<template shadowrootmode=open><img src=x onerror=alert(1)></template>",
    "<x contenteditable onfocus=alert(1) autofocus tabindex=1>x",
    "<button popovertarget=x>x</button><div popover id=x onbeforetoggle=alert(1)>x</div>",
    "<dialog open>Sign in again</dialog>",
    "<div hx-get=/people/1 hx-trigger=load data-hx-get=/x hx-on:load=alert(1)>x</div>",
    '<div hx-ext="sse" sse-connect="//evil.example">x</div>',
    "<a id=x name=x class='button primary'>x</a><form id=attributes><input name=attributes></form>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?xml-stylesheet href='javascript:alert(1)'?><x>",
    "<%<!--'%><script>alert(1);</script -->",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<portal src=javascript:alert(1)></portal><fencedframe src=//evil.example></fencedframe>",
]
MUTATIONS = [
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img onerror=alert(1) src>'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<noembed><p title='</noembed><img src=x onerror=alert(1)>'></noembed>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<listing>&lt;img src=1 onerror=alert(1)&gt;</listing>",
    "<textarea><p title='</textarea><img src=x onerror=alert(1)>'>",
    "<title><a title='</title><img src=x onerror=alert(1)>'>",
    "<select><style></select><img src=x onerror=alert(1)></style></select>",
    "<table><td><form><table><td></form><img src=x onerror=alert(1)></table>",
    "<svg><foreignObject><p><style><p title='</style><img src=x onerror=alert(1)>'></p></style></foreignObject></svg>",
    "<svg><desc><table><thead><s></table></s><table><thead></thead><style><!--</style>"
    "<img src=1 onerror=alert(1)>--></style></table></desc></svg>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload=alert(1)>#x'></svg>",
    "<svg><set attributeName=href to=javascript:alert(1)></svg>",
    "<svg/onload=alert(1)>",
    "<a<b onclick=alert(1)>x</a>",
    "<p \u2028onclick=alert(1)>x</p>",
    "<b\u0338 onclick=alert(1)>x</b>",
]
LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\x00script:alert(1)",
    "java\u200bscript:alert(1)",
    "java\u202escript:alert(1)",
    "&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)",
    "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)",
    "javascript&colon;alert(1)",
    "java&Tab;script:alert(1)",
    "\ufeffjavascript:alert(1)",
    "javascript://https://a.example/%0aalert(1)",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "jar:https://a.example!/",
    "vbscript:msgbox(1)",
    "livescript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "blob:https://a.example/1",
    "filesystem:https://a.example/1",
    "file:///etc/passwd",
    "ms-msdt:/id",
    "x-withheld:https://a.example",
    "//evil.example/x",
    "/requests/1/resolution",
    "\\\\evil.example\\share",
    "?delete=1",
    "#x",
]
COVERS = [
    "<div style='position:fixed;inset:0;z-index:99999;background:url(//evil.example/x)'>Sign in</div>",
    "<div class='modal overlay' id=main>x</div>",
    "<style>*{display:none} body{background:url(//evil.example)}</style>",
    "<p style='margin-top:-9999px;width:expression(alert(1))'>x</p>",
    "<a style='display:block;position:absolute;top:0;left:0;width:100%;height:100%' href=https://evil.example>x</a>",
    "<table background=//evil.example/x width=99999 height=99999><tr><td background=https://evil.example/x>x</table>",
    "<img src=https://a.example/x width=99999 height=99999 style='position:fixed'>",
    "<td colspan=99999999 rowspan=99999999>x</td>",
    "<font color=white size=99>x</font><layer>x</layer>",
]


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser would read the finished page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def assert_harmless(cleaned: str) -> None:
    for tag, attributes in Tags(cleaned).found:
        assert tag not in HARMFUL_TAGS, cleaned
        assert attributes.keys() <= HARMLESS_ATTRIBUTES, cleaned
        if "href" in attributes:
            assert attributes["href"].lower().startswith(("http://", "https://", "mailto:", "tel:")), cleaned
        if tag == "a":
            assert attributes["rel"] == "noopener noreferrer nofollow", cleaned
            assert attributes["target"] == "_blank", cleaned
        assert attributes.get("data-remote-src", "https://").startswith(("http://", "https://")), cleaned
    assert clean_html(cleaned) == cleaned


@pytest.mark.parametrize("hostile", SCRIPTS + MUTATIONS + COVERS)
def test_nothing_runs_loads_or_covers_the_page(hostile: str) -> None:
    for html in (hostile, f"<p>Hello {hostile} there</p>", f"<table><tr><td>{hostile}", f"<blockquote><b>{hostile}"):
        assert_harmless(clean_html(html))


@pytest.mark.parametrize("event", EVENTS)
def test_no_event_handler_stays(event: str) -> None:
    for html in (
        f"<p on{event}=alert(1)>x</p>",
        f'<a href="https://a.example" ON{event.upper()} = "alert(1)">x</a>',
        f"<img src=x on{event}=alert(1) src=cid:a>",
        f"<svg on{event}=alert(1)><g on{event}=alert(1)></g></svg>",
        f"<x-y on{event}=alert(1)>x</x-y>",
    ):
        cleaned = clean_html(html)
        assert_harmless(cleaned)
        assert "alert" not in cleaned


@pytest.mark.parametrize("link", LINKS)
def test_no_link_leads_anywhere_but_the_web_mail_and_telephone(link: str) -> None:
    for quote in ('"', "'"):
        cleaned = clean_html(f"<a href={quote}{link}{quote}>x</a>")
        assert "href" not in cleaned
        assert_harmless(cleaned)


def test_a_link_does_not_lead_into_the_letter_itself() -> None:
    assert "href" not in clean_html('<a href="cid:a@b">x</a>')


def test_a_link_of_a_letter_stays_and_tells_nobody_where_it_was_clicked() -> None:
    assert clean_html('<a href="https://a.example/?b=1&amp;c=2">x</a>') == (
        '<a href="https://a.example/?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">x</a>'
    )
    assert 'href="mailto:ada@balie.example"' in clean_html(
        "<a href=mailto:ada@balie.example target=_top rel=opener>x</a>"
    )
    assert 'href="tel:+3120"' in clean_html("<a href=tel:+3120>x</a>")


def test_script_and_its_kin_go_with_what_they_hold() -> None:
    for tag in (
        "script",
        "style",
        "svg",
        "math",
        "iframe",
        "object",
        "textarea",
        "select",
        "title",
        "video",
        "template",
    ):
        assert clean_html(f"<p>a</p><{tag}>secret</{tag}><p>b</p>") == "<p>a</p><p>b</p>"


def test_a_page_that_was_pasted_with_its_form_keeps_its_words_and_loses_its_controls() -> None:
    assert clean_html("<form action=/x><p>Hello</p><input name=a><button>Pay</button></form>") == "<p>Hello</p>"


def test_what_a_letter_needs_stays() -> None:
    letter = (
        '<h2>Report</h2><p>One<br>two <b>bold</b> <i>leaning</i></p><ul><li>a</li></ul><ol start="3"><li>b</li></ol>'
        '<table><tbody><tr><td colspan="2">c</td></tr></tbody></table><blockquote>d</blockquote>'
        "<pre><code>e</code></pre><hr>"
        '<p dir="rtl">שלום</p>'
    )
    assert clean_html(letter) == letter


def test_an_enclosed_picture_waits_for_our_own_address() -> None:
    cleaned = clean_html('<img src="CID:&lt;logo@mail&gt;" alt="Logo">')
    assert cleaned == '<img alt="Logo" data-cid="logo@mail">'
    assert place_images(cleaned, {"logo@mail": '/files/1?a=1&b="'}) == (
        '<img alt="Logo" src="/files/1?a=1&amp;b=&quot;">'
    )
    assert place_images(cleaned, {"other": "/files/2"}) == cleaned


def test_a_content_id_with_an_ampersand_finds_its_picture() -> None:
    assert place_images(clean_html('<img src="cid:a&amp;b">'), {"a&b": "/files/1"}) == '<img src="/files/1">'


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="https://a.example/x.png">',
        '<img src="HTTPS://a.example/x.png">',
        '<img srcset="https://a.example/x.png 1x, https://a.example/y.png 2x">',
        '<img srcset="https://a.example/x.png, https://a.example/y.png 2x" sizes=100vw>',
        "<picture><source srcset=https://b.example/z.png><img src=https://a.example/x.png></picture>",
    ],
)
def test_a_remote_picture_loads_only_after_consent(picture: str) -> None:
    cleaned = clean_html(picture)
    assert cleaned == '<img data-remote-src="https://a.example/x.png">'
    assert show_remote_images(cleaned) == (
        '<img src="https://a.example/x.png" referrerpolicy="no-referrer" loading="lazy">'
    )
    assert clean_html(show_remote_images(cleaned)) == cleaned


@pytest.mark.parametrize(
    "source",
    ["//a.example/x.png", "/files/1", "data:image/png;base64,aaaa", "data:image/svg+xml,<svg onload=alert(1)>", "x"],
)
def test_a_picture_from_nowhere_leaves_only_its_words(source: str) -> None:
    assert clean_html(f"<img src='{source}' alt=Chart>") == '<img alt="Chart">'
    assert clean_html(f"a<img src='{source}'>b") == "ab"


def test_consent_loads_pictures_and_nothing_else() -> None:
    hostile = (
        '<p title=\'<img data-remote-src="https://a.example">\'>&lt;img data-remote-src="https://a.example"&gt;</p>'
    )
    cleaned = clean_html(hostile)
    assert show_remote_images(cleaned) == cleaned


def test_text_cannot_be_turned_around_or_hidden() -> None:
    cleaned = clean_html(
        "<p>Pay &#x202e;10&#8238; to \u2066Eva\u2069 a\u200bb\u00ad<b>c&zwnj;&nbsp;&zwnj;</b>&#xE0041;</p>"
    )
    assert cleaned == "<p>Pay 10 to Eva ab<b>c&nbsp;</b></p>"


def test_marks_that_join_with_a_bracket_do_not_break_the_tags() -> None:
    assert clean_html("<b>\u0338x</b>") == "<b>\u0338x</b>"


def test_halves_of_characters_and_null_bytes_do_not_stop_the_cleaning() -> None:
    assert clean_html("<p>a\ud83db\0c</p>") == "<p>a\ufffdbc</p>"


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 90_000,
        "<blockquote>" * 50_000 + "deep",
        "<p>" + "".join(f"<b x={number}>" for number in range(5_000)) + "</p>" + "<p>a" * 50_000,
        "<table><tr><td>" * 20_000,
        "<" * 200_000,
        "<a " * 100_000,
        "<!--" * 100_000,
        "<img src=" * 50_000,
        "<a" + " x=1" * 100_000 + ">",
        "http://a" + ")" * 100_000,
        "&" * 200_000,
        "\u0301" * 200_000,
        "\u200d" * 200_000,
        "\n " * 200_000,
    ],
    ids=lambda bomb: str(bomb)[:12],
)
def test_no_letter_stops_the_desk(bomb: str) -> None:
    before = time.process_time()
    clean_html(bomb)
    text_from_html(bomb)
    html_from_text(bomb)
    assert time.process_time() - before < 5


def test_a_letter_written_in_word_keeps_its_form() -> None:
    hidden = "<!--[if gte mso 9]><xml>" + "<w:LsdException Locked='false' Name='x'/>" * 1_000 + "</xml><![endif]-->"
    assert clean_html(f"{hidden}<p class=MsoNormal>Hello <b>Ben</b><o:p></o:p></p>") == "<p>Hello <b>Ben</b></p>"


def test_depth_cannot_be_hidden_in_what_only_looks_like_a_comment() -> None:
    for start in ("<!-->", "<!--->", "<!-- --!>"):
        assert "<div>" not in clean_html(start + "<div>" * 1_000 + "x")


def test_pictures_within_the_text_do_not_push_out_the_words() -> None:
    assert clean_html(f"<img src='data:image/png;base64,{'A' * 2 * LONGEST_LETTER}'><p>Hello</p>") == "<p>Hello</p>"


@given(st.text(alphabet="<>/='\"& \t\nabipstylecrm!-:;\u202e\u0338\0", max_size=80))
def test_whatever_is_cleaned_is_harmless(text: str) -> None:
    assert_harmless(clean_html(text))
    assert_harmless(html_from_text(text))


def test_html_says_the_same_as_text() -> None:
    html = (
        "<style>p{}</style><p>Hello&nbsp;Ben,</p><p>my <b>laptop</b><br>is broken</p><ul><li>one</li><li>two</li></ul>"
    )
    assert text_from_html(html) == "Hello Ben,\n\nmy laptop\nis broken\n\n  * one\n  * two"


def test_a_long_letter_is_read_without_its_layout() -> None:
    text = text_from_html("<p>Hello <b>Ben</b> &lt;3</p><script>x</script>" * 4_000)
    assert text.startswith("Hello Ben <3\n\nHello Ben <3\n")
    assert "x" not in text


@pytest.mark.parametrize("html", ["", " ", "<!-- -->", "<?xml version='1.0' encoding='utf-16'?><p>", "\0", "\ud800"])
def test_html_that_says_nothing_is_read_as_nothing(html: str) -> None:
    assert text_from_html(html).strip("\ufffd") == ""


def test_plain_text_becomes_paragraphs_lines_and_links() -> None:
    assert html_from_text("Hello <b>\r\nsee (https://a.example/x_(y)).\r\n\r\n\r\nBye & thanks") == (
        '<p>Hello &lt;b&gt;<br>see (<a href="https://a.example/x_(y)" target="_blank" '
        'rel="noopener noreferrer nofollow">https://a.example/x_(y)</a>).</p><p>Bye &amp; thanks</p>'
    )


def test_a_link_in_plain_text_cannot_break_out() -> None:
    html = html_from_text(
        "https://a.example/\"onmouseover='alert(1) javascript:alert(1) https://a.example/?b=1&c=<script>"
    )
    assert_harmless(html)
    assert "?b=1&amp;c=" in html


def test_only_what_is_marked_is_written_as_it_is() -> None:
    assert safe("<p>x</p>").__html__() == "<p>x</p>"
