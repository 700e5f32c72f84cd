"""The cards of a thread: who can help?, and where a request stands. Pure: facts in, blocks out, in the current language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from balie.channels.slack import kit
from balie.channels.slack.kit import Block, Choice
from balie.platform.file_types import Wrong
from balie.tickets.models.rating import Rating
from balie.tickets.models.status import Group

_SIGNS: Final = {Group.TODO: "⚪", Group.IN_PROGRESS: "🔵", Group.WAITING: "🟡", Group.RESOLVED: "✅"}
_FACES: Final = {Rating.Score.GOOD: "🙂", Rating.Score.FAIR: "😐", Rating.Score.BAD: "🙁"}
_MOST_BUTTONS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a card says of a request. `page` is "" for whoever cannot sign in."""

    number: int
    subject: str
    team: str
    category: str
    status: str
    group: str
    assignee: str
    promise: str
    page: str
    in_person: bool
    may_choose_again: bool
    # Whether its requester is asked how the answer was, and what they said: shown to nobody else who reads along.
    is_ratable: bool = False
    score: int | None = None


def which_team(likely: Sequence[Choice], teams: Sequence[Choice]) -> tuple[str, list[Block]]:
    """The text for where blocks are not drawn, and the blocks. What is likely comes first."""
    words = _("Which team is this for?")
    buttons = [
        kit.button(name, f"place/{at}", value, style="primary" if at == 0 else "")
        for at, (value, name) in enumerate(likely[: _MOST_BUTTONS - 1])
    ]
    menu = [kit.menu(_("Choose a team"), "place/menu", teams)] if teams else []
    return words, [kit.section(f"*{words}*"), kit.actions(*buttons, *menu)]


def which_category(team: str, categories: Sequence[Choice], *, other: str) -> tuple[str, list[Block]]:
    """`other` is the value of what is about none of these."""
    words = _("What is it about?")
    few = len(categories) < _MOST_BUTTONS
    chosen = (
        [kit.button(name, f"place/{at}", value) for at, (value, name) in enumerate(categories)]
        if few
        else [kit.menu(_("Choose a category"), "place/menu", categories)]
    )
    return words, [
        kit.section(f"*{words}*\n{kit.escaped(team)}"),
        kit.actions(*chosen, kit.button(_("Something else"), "place/other", other)),
    ]


def request(facts: Facts) -> tuple[str, list[Block]]:
    """Number, team, status, and what its requester may do."""
    sign = _SIGNS.get(Group(facts.group), "⚪")
    title = _("Request #%(number)s") % {"number": facts.number}
    about = " · ".join(kit.escaped(one) for one in (facts.team, facts.category) if one)
    lines = [f"*{title}* · {about}", f"{sign} {kit.escaped(facts.status)}"]
    if facts.assignee:
        lines[1] += " · " + kit.escaped(facts.assignee)
    is_open = facts.group != Group.RESOLVED
    if facts.promise and is_open and not facts.assignee:
        lines.append(f"_{kit.escaped(facts.promise)}_")
    number = str(facts.number)
    buttons = []
    if is_open:
        buttons.append(kit.button(_("Add details"), "details", number))
        if facts.may_choose_again:
            buttons.append(kit.button(_("Not for this team?"), "elsewhere", number))
        buttons.append(kit.button(_("Close"), "close", number))
    if not facts.in_person:
        buttons.append(kit.button(_("For experts"), "desk", number))
    if facts.page and facts.in_person:
        buttons.append(kit.button(_("Open in Balie"), "open", url=facts.page))
    blocks = [kit.section("\n".join(lines))]
    if buttons:
        blocks.append(kit.actions(*buttons))
    if facts.is_ratable:
        blocks += _faces(facts)
    if not is_open:
        blocks.append(kit.context(_("Write here to reopen it.")))
    return f"{title} · {facts.team} · {facts.status}", blocks


def added(number: int | None, ts: str) -> tuple[str, list[Block]]:
    """What was just written went to the request that was asked a moment ago; it has no number until a team was chosen."""
    words = (
        _("Added to your request #%(number)s.") % {"number": number}
        if number
        else _("Added to what you asked just now.")
    )
    return words, [kit.section(words, kit.button(_("Make it a request of its own"), "split", ts))]


def solved(by: str) -> str:
    """An expert resolved it without saying so."""
    if not by:
        return _("This request is resolved. Write here to reopen it.")
    return _("%(name)s resolved this request. Write here to reopen it.") % {"name": by}


def moved_to_talk(team: str) -> str:
    """For whoever asked a private team where others read."""
    return _(
        "Only you and the team %(team)s should read this, so it goes on in our direct messages. Please delete your message here."
    ) % {"team": team}


def not_linked() -> str:
    return _("This channel belongs to no team. Write to me directly, and I find who can help.")


def too_late() -> str:
    """For whoever pressed something that opens a form, when it could not be opened in time."""
    return _("That took too long for Slack. Please try again.")


def rated() -> str:
    """For whoever rated where others read along: the card there says nothing of it."""
    return _("Thank you. The team reads it.")


def file_left(name: str, why: Wrong) -> str:
    """For whoever shared it."""
    words = _("“%(name)s” did not come with your message: %(why)s. Everything else did.")
    return words % {"name": kit.escaped(name), "why": why.label}


def file_kept_back(name: str, why: Wrong, page: str) -> str:
    """In the place of a file of an answer; whoever can sign in finds it in Balie."""
    words = _("“%(name)s” belongs to this answer and is not passed on in Slack: %(why)s.")
    said = words % {"name": kit.escaped(name), "why": why.label}
    return f"{said} <{page}|{_('Open in Balie')}>" if page else said


def goes_on(page: str) -> str:
    """Behind as much of a letter as a thread can bear."""
    said = _("This answer is longer than fits here. All of it is in the file below.")
    return f"{said} <{page}|{_('Open in Balie')}>" if page else said


def name_of_whole(message: int) -> str:
    """Of the file that holds a whole letter; by its number, so that it is known again."""
    return f"balie-{message}.txt"


def only_the_team() -> str:
    return _("Only the team that answers can do this.")


def only_the_requester() -> str:
    return _("Only the person who asked can do this.")


def _faces(facts: Facts) -> list[Block]:
    """One press rates, and another one changes it; a word about it once there is a rating."""
    number = str(facts.number)
    shown = facts.score if facts.in_person else None
    buttons = [
        kit.button(f"{face} {score.label}", f"rate/{score.value}", f"{number}.{score.value}",
                   style="primary" if score == shown else "")
        for score, face in _FACES.items()
    ]  # fmt: skip
    if shown is None:
        return [kit.context(_("How was the answer?")), kit.actions(*buttons)]
    said = _("You said: %(score)s") % {"score": Rating.Score(shown).label}
    return [
        kit.context(f"{kit.escaped(said)} · {_('Thank you. The team reads it.')}"),
        kit.actions(*buttons, kit.button(_("Add something"), "comment", number)),
    ]
