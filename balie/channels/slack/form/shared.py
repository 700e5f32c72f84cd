"""Messages that came along with a message: one that was shared or linked, quoted with its author."""

from __future__ import annotations

from balie.channels.slack.form import given
from balie.channels.slack.form.blocks import blocks_html
from balie.channels.slack.form.given import Given
from balie.channels.slack.form.inline import escaped, link
from balie.channels.slack.form.mrkdwn import mrkdwn_html, plain_html
from balie.channels.slack.form.names import Names


def shared_html(payload: Given, names: Names) -> str:
    """Shared messages only: a preview of a web page is nothing that the person said."""
    return "".join(
        _quoted(attachment, names) for attachment in given.many(payload, "attachments") if _is_message(attachment)
    )


def attached_html(payload: Given, names: Names) -> str:
    """What an older program says in attachments instead of text and blocks."""
    return "".join(_said(attachment, names) for attachment in given.many(payload, "attachments"))


def _is_message(attachment: Given) -> bool:
    return attachment.get("is_share") is True or attachment.get("is_msg_unfurl") is True


def _quoted(attachment: Given, names: Names) -> str:
    author = names.person(given.text(attachment, "author_id")) or given.text(
        attachment, "author_name", "author_subname"
    )
    blocks = [
        block
        for message in given.many(attachment, "message_blocks")
        for block in given.many(given.one(message, "message"), "blocks")
    ]
    said = blocks_html(blocks, names) or mrkdwn_html(given.text(attachment, "text"), names)
    if not said:
        said = plain_html(given.text(attachment, "fallback"))
    head = f"<p><b>{escaped(author)}</b></p>" if author else ""
    return f"<blockquote>{head}{said}</blockquote>" if said else ""


def _said(attachment: Given, names: Names) -> str:
    blocks = blocks_html(given.many(attachment, "blocks"), names)
    if blocks:
        return blocks
    title, url = given.text(attachment, "title"), given.text(attachment, "title_link")
    parts = [
        mrkdwn_html(given.text(attachment, "pretext"), names),
        f"<p><b>{link(url, escaped(title)) if url else escaped(title)}</b></p>" if title else "",
        mrkdwn_html(given.text(attachment, "text"), names),
        *(
            f"<p><b>{escaped(given.text(field, 'title'))}</b></p>{mrkdwn_html(given.text(field, 'value'), names)}"
            for field in given.many(attachment, "fields")
        ),
    ]
    return "".join(parts) or plain_html(given.text(attachment, "fallback"))
