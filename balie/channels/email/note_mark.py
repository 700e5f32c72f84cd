"""`#note` as the first line of an expert's mail: it is for colleagues, not for the requester."""

import re

_MARK = re.compile(r"\s*#note\b[ \t:.]*(?:\n|$)\s*", re.IGNORECASE)
_HTML_MARK = re.compile(r"#note\b(?:&nbsp;|[\s:.\xa0])*", re.IGNORECASE)
_TAG_OR_SPACE = re.compile(r"(?:<[^>]*>|\s|&nbsp;)*")


def taken_off(text: str, html: str) -> tuple[bool, str, str]:
    """Whether the mark stands there, and the text and the HTML without its line."""
    found = _MARK.match(text)
    if found is None:
        return False, text, html
    # The mark must be the first thing that the HTML says too; what stands before it are only tags.
    start = _TAG_OR_SPACE.match(html)
    position = start.end() if start else 0
    mark = _HTML_MARK.match(html, position)
    if mark:
        html = html[:position] + re.sub(r"^<br\s*/?>", "", html[mark.end() :])
        html = re.sub(r"^(?:\s*<(p|div)>\s*(?:<br>)?\s*</\1>)+", "", html)
    return True, text[found.end() :], html
