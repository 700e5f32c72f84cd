"""The forms that open over Slack: a new request, more details, another team, what an expert does. From plain facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from balie.channels.slack import kit
from balie.channels.slack.kit import Block, Choice
from balie.tickets.models.rating import LONGEST_COMMENT

ASK: Final = "ask"
DETAILS: Final = "details"
ELSEWHERE: Final = "elsewhere"
DESK: Final = "desk"
COMMENT: Final = "comment"
# The fields that must be filled in; those that must not are Slack's own matter.
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    ASK: ("place", "text"), DETAILS: ("text",), ELSEWHERE: ("place",), DESK: (), COMMENT: (),
}  # fmt: skip
_LONGEST_SUBJECT: Final = 255

Groups = Sequence[tuple[str, Sequence[Choice]]]


def ask(groups: Groups, *, subject: str, text: str, chosen: str, about: Mapping[str, Any]) -> Block:
    """`groups` are teams, each with what one may ask it about."""
    fields = [
        kit.field("place", _("Who can help?"), kit.grouped_menu(_("Choose a team"), "place", groups, chosen=chosen)),
        kit.field("subject", _("Subject"), kit.line(subject, most=_LONGEST_SUBJECT), optional=True),
        kit.field("text", _("What do you need?"), kit.line(text, many=True)),
    ]
    return _modal(ASK, _("New request"), fields, submit=pgettext("button", "Ask"), about=about)


def is_as_shown(written: str, text: str) -> bool:
    """Whether the field of `ask` still holds what it was opened with, as much of that as it takes."""
    return written.split() == text[: kit.LONGEST_LINE].split()


def details(*, about: Mapping[str, Any]) -> Block:
    fields = [kit.field("text", _("What should the team know?"), kit.line(many=True))]
    return _modal(DETAILS, _("Add details"), fields, submit=_("Send"), about=about)


def comment(said: str, *, about: Mapping[str, Any]) -> Block:
    """A word about a rating; empty, it is taken back."""
    field = kit.field(
        "comment", _("Do you want to add something?"), kit.line(said, many=True, most=LONGEST_COMMENT), optional=True
    )
    return _modal(COMMENT, _("Your rating"), [field], submit=_("Send"), about=about)


def elsewhere(groups: Groups, *, about: Mapping[str, Any]) -> Block:
    menu = kit.grouped_menu(_("Choose a team"), "place", groups)
    return _modal(
        ELSEWHERE, _("Another team"), [kit.field("place", _("Who can help?"), menu)], submit=_("Hand over"), about=about
    )


def desk(
    subject: str, statuses: Sequence[Choice], *, status: str, is_mine: bool, page: str, about: Mapping[str, Any]
) -> Block:
    """What an expert may do from where they are."""
    fields = [
        kit.section(f"*{kit.escaped(subject)}*", kit.button(_("Open in Balie"), "open", url=page)),
        kit.field("status", _("Status"), kit.menu(_("Status"), "status", statuses, chosen=status)),
    ]
    if not is_mine:
        mine = {"type": "checkboxes", "options": [kit.option("mine", _("Assign to me"))]}
        fields.append(kit.field("assign", _("Assignee"), mine, optional=True))
    fields.append(kit.field("note", _("Note, for the team only"), kit.line(many=True), optional=True))
    return _modal(DESK, _("For experts"), fields, submit=_("Save"), about=about)


def _modal(form: str, title: str, blocks: Sequence[Block], *, submit: str, about: Mapping[str, Any]) -> Block:
    return kit.modal(form, title, blocks, submit=submit, close=_("Cancel"), about=json.dumps(about))
