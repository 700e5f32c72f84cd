"""How each mail program marks, in HTML, what was written earlier and what is signature."""

import re
from typing import Any

from balie.channels.email.header_block import find_block

_ANY_MARK = re.compile(
    r"blockquote|quote|fwdmsg|appendonsend|border-top|stopspelling|zwchr|signature|forward|cite|reference-message|isreply|"
    r">\s*--|original|(?:sent|gesendet|verzonden|verstuurd|envoy|enviado|inviato|outlook)\b|:\s*(?:&nbsp;|\s)*</(?:b|strong|span|font)|"
    r"<(?:b|strong)[ >]|[-_]{5}",
    re.IGNORECASE,
)
_QUOTE_CLASSES = re.compile(
    r"(?:^|[\s_])(?:gmail_quote|gmail_extra|yahoo_quoted|protonmail_quote|tutanota_quote|moz-forward-container|zmail_extra|"
    r"gmx_quote|mailbird_quote|mail-quote|quoted-reply|front-quote|wm_quote|mcnTextQuote|x_gmail_quote|airmail_quote)(?:$|[\s_])"
)
_FRAMES = re.compile(
    r"gmail_quote|gmail_extra|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|moz-forward-container"
)
_YAHOO_ID = re.compile(r"(?:x_)?(?:ydp\w+)?yahoo_quoted_?\d*")
_SIGNATURE_CLASSES = re.compile(
    r"(?:^|\s)(?:x_)?(?:gmail_signature|gmail_signature_prefix|moz-signature|protonmail_signature_block\S*|tutanota_signature|"
    r"ymail_android_signature\S*|yahoo[-_]signature|ydp\w*signature|mailbird_signature|zmail_signature)(?:$|\s)"
)
_SIGNATURE_IDS = re.compile(
    r"(?:x_)*(?:Signature|signature|divSignature|AppleMailSignature|ms-outlook-mobile-signature|ymail_android_signature|"
    r"bloop_sign_\d*|yahoo-signature)"
)
_HISTORY_IDS = re.compile(
    r"(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container|stopSpelling|isReplyContent|isForwardContent|"
    r"divTaggedContent|zwchr|reply-intro-container)"
)
_BORDER = re.compile(r"border:\s*none;\s*border-top:\s*solid\s+#?\w+\s+1\.0pt", re.IGNORECASE)


def may_have_marks(html: str) -> bool:
    """Whether it is worth to look for marks at all: most mails from programs have none."""
    return bool(_ANY_MARK.search(html))


def is_quote(element: Any) -> bool:
    """Whether all of this element is an earlier mail."""
    attributes = element.attrib
    if element.tag == "blockquote":
        return (
            attributes.get("type", "").lower() == "cite"
            or "cite" in attributes
            or "quote" in attributes.get("class", "").lower()
            or "border-left" in attributes.get("style", "").lower()
        )
    if element.tag not in ("div", "span", "section"):
        return False
    return bool(
        _QUOTE_CLASSES.search(attributes.get("class", ""))
        or attributes.get("name") == "quote"
        or attributes.get("data-marker") == "__QUOTED_TEXT__"
        or _YAHOO_ID.fullmatch(attributes.get("id", ""))
    )


def is_quote_frame(element: Any) -> bool:
    """Whether the element may hold answers as well: Gmail and Proton put those between quotes into the same frame."""
    return element.tag == "div" and bool(_FRAMES.search(element.get("class", "")))


def has_history_within(element: Any) -> bool:
    """Whether a frame holds quotes of its own, beside which answers may stand."""
    within = [*element, *(grandchild for child in element for grandchild in child)]
    return any(isinstance(child.tag, str) and (child.tag == "blockquote" and is_quote(child)) for child in within)


def begins_history(element: Any) -> str:
    """ "here" when everything from this element on is an earlier mail, whatever stands in it; "frame" when the header lines
    are in it, so that an outer frame counts; "" otherwise."""
    identifier = element.get("id", "")
    if identifier and _HISTORY_IDS.fullmatch(identifier):
        return "here"
    if "ms-outlook-mobile-reference-message" in element.get("class", ""):
        return "here"
    if element.tag == "div" and _BORDER.search(element.get("style", "")):
        lines = [" ".join(line.split()) for line in "\n".join(element.itertext()).split("\n")]
        joined = _with_labels_joined([line for line in lines if line][:60])
        return "frame" if find_block(joined, 0) else ""
    return ""


def is_signature(element: Any) -> bool:
    """Whether the program marks this element as the signature."""
    if not isinstance(element.tag, str):
        return False
    return bool(
        _SIGNATURE_CLASSES.search(element.get("class", ""))
        or element.get("data-smartmail") == "gmail_signature"
        or _SIGNATURE_IDS.fullmatch(element.get("id", ""))
    )


def _with_labels_joined(pieces: list[str]) -> list[str]:
    """Lines again, from pieces of text: a label in bold and its value are two pieces."""
    lines: list[str] = []
    for piece in pieces:
        if lines and lines[-1].rstrip().endswith(":"):
            lines[-1] += " " + piece
        else:
            lines.append(piece)
    return lines
