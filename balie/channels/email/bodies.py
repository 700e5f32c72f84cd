"""The text of a mail, in its two forms: what was written, and what is folded away beneath it."""

from dataclasses import dataclass, field, replace

from balie.channels.email import invitations
from balie.channels.email.faults import Fault
from balie.channels.email.mime import Parts
from balie.channels.email.quoting import Folded, fold_text
from balie.channels.email.quoting_html import fold_html
from balie.platform.text import clean_html, clean_text, html_from_text, text_from_html


@dataclass(frozen=True)
class Bodies:
    """`whole_text` is all of the plain text, history and all, to look for a forwarded mail in."""

    text: str
    html: str
    folded_html: str
    whole_text: str
    faults: list[Fault] = field(default_factory=list)


def bodies_of(parts: Parts) -> Bodies:
    """Both forms from what the mail has of them. Plain text is what its program wrote, where it did; else it is made
    from the HTML, and the other way round."""
    faults: list[Fault] = []
    plain = clean_text("\n\n".join(text.strip("\n") for text in parts.plain if text.strip()))
    html = "\n".join(text for text in parts.html if text.strip())
    in_html = _folded_html(html, faults) if html else None
    if plain:
        whole = plain
        in_text = fold_text(plain)
        if in_html and in_html.folded and not in_text.folded:
            # The HTML has marks for what the text does not show.
            in_text = Folded(text_from_html(in_html.written) or in_text.written, in_html.folded)
    else:
        whole = text_from_html(html) if html else ""
        in_text = _text_of(in_html, whole)
    if in_html is None:
        bodies = Bodies(in_text.written, html_from_text(in_text.written), _as_html(in_text.folded), whole, faults)
    else:
        written = clean_html(in_html.written)
        folded = clean_html(in_html.folded) if in_html.folded else ""
        if not folded and in_text.folded and plain:
            # Only the text shows where the history begins: it is shown instead.
            written, folded = html_from_text(in_text.written), _as_html(in_text.folded)
        bodies = Bodies(in_text.written, written, folded, whole, faults)
    return _with_invitations(replace(bodies, text=bodies.text.strip()), parts)


def _folded_html(html: str, faults: list[Fault]) -> Folded:
    folded = fold_html(html)
    if folded is None:
        faults.append(Fault.HTML_UNREADABLE)
        return Folded(html)
    return folded


def _text_of(html: Folded | None, whole: str) -> Folded:
    if html is None:
        return Folded(whole)
    if html.folded:
        return Folded(text_from_html(html.written), html.folded)
    return fold_text(whole)


def _as_html(text: str) -> str:
    return html_from_text(text) if text.strip() else ""


def _with_invitations(bodies: Bodies, parts: Parts) -> Bodies:
    if not parts.calendars:
        return bodies
    summaries = [invitations.summary(calendar) for calendar in parts.calendars[:3]]
    if not all(summaries):
        bodies.faults.append(Fault.INVITATION_UNREADABLE)
    said = [summary for summary in dict.fromkeys(summaries) if summary and summary not in bodies.text]
    if not said:
        return bodies
    return Bodies(
        "\n\n".join(part for part in (bodies.text, *said) if part.strip()),
        bodies.html + "".join(html_from_text(summary) for summary in said),
        bodies.folded_html,
        bodies.whole_text,
        bodies.faults,
    )
