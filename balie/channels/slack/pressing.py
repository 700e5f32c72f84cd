"""Buttons and menus in Slack: each calls one verb, or opens a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Q
from django.utils import translation

from balie.channels import delivering
from balie.channels.models import Arrival, Thread
from balie.channels.slack import at_once, cards, facts, forms, linked, opening, saying, talking
from balie.channels.slack.heard import Pressed, Wanted
from balie.channels.slack.models import Question, Workspace
from balie.people.models import Person
from balie.teams.models import Category, Team
from balie.tickets import amending, linking, rating
from balie.tickets.models import Message, Rating, Ticket

Outcome = Message | str


def press(workspace: Workspace, heard: Pressed, *, person: Person) -> Outcome:
    act = _ACTS.get(heard.action)
    if act is None:
        return "no action"
    with translation.override(person.reads()):
        return act(workspace, heard, person)


def open_ask(workspace: Workspace, heard: Wanted, *, person: Person, arrival: Arrival) -> None:
    """The form for a new request; about a message it holds a copy of what that says."""
    said = saying.read(workspace, heard.message) if heard.message else None
    text = said["text"] if said else heard.text.strip()
    about: dict[str, Any] = {"language": person.reads(), "place": heard.place}
    if said:
        about |= {"arrival": arrival.pk, "ts": said["ts"]}
    link = linked.link_of(workspace, heard.place)
    with translation.override(person.reads()):
        view = forms.ask(
            facts.all_places(), subject=saying.subject_of([said]) if said else "", text=text,
            chosen=str(link.team_id) if link else "", about=about,
        )  # fmt: skip
        at_once.open_form(workspace, view, trigger=heard.trigger, user=heard.user)


def place_of(value: str) -> tuple[Team, Category | None] | None:
    """A team that requesters may choose, and a category of it, as `Place.value` names them."""
    team_id, _dot, category_id = value.partition(".")
    if not (team_id.isascii() and team_id.isdigit()):
        return None
    team = Team.objects.offered().filter(pk=int(team_id)).first()
    if team is None:
        return None
    if not (category_id.isascii() and category_id.isdigit()):
        return team, None
    return team, team.categories.filter(pk=int(category_id), archived_at__isnull=True).first()


def asked_by(person: Person, value: object) -> Ticket | None:
    """The request of this number that the person takes part in; externals and whoever has left may still write."""
    number = str(value)
    if not (number.isascii() and number.isdigit()):
        return None
    taking_part = Q(requester=person) | Q(followings__person=person)
    return Ticket.objects.present().select_related("team").filter(taking_part, pk=int(number)).first()


def worked_on_by(person: Person, value: object) -> Ticket | None:
    number = str(value)
    if not (number.isascii() and number.isdigit()):
        return None
    return Ticket.objects.worked_on_by(person).select_related("team", "status").filter(pk=int(number)).first()


def _choose(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    """Which team, and then which category."""
    thread = Thread.objects.filter(channel=workspace.pk, place=heard.place, card=heard.ts).first()
    found = Question.objects.select_for_update(of=("self",)).select_related("thread__channel", "person")
    question = found.filter(thread=thread, person=person).first() if thread else None
    chosen = place_of(heard.value)
    if question is None or chosen is None or question.answered_at is not None:
        return "answered"
    team, category = chosen
    asks_further = "." not in heard.value and team.categories.filter(archived_at__isnull=True).exists()
    if asks_further and question.team_id != team.pk:
        question.team = team
        question.save(update_fields=["team"])
        delivering.owe_card(question.thread)
        return ""
    return opening.answer_question(question, team=team, category=category) or ""


def _open_details(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    if asked_by(person, heard.value) is None:
        return _whisper(workspace, heard, cards.only_the_requester())
    at_once.open_form(workspace, forms.details(about=_about(heard, person)), trigger=heard.trigger, user=heard.user)
    return ""


def _open_elsewhere(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    ticket = asked_by(person, heard.value)
    if ticket is None or ticket.requester_id != person.pk:
        return _whisper(workspace, heard, cards.only_the_requester())
    view = forms.elsewhere(facts.all_places(), about=_about(heard, person))
    at_once.open_form(workspace, view, trigger=heard.trigger, user=heard.user)
    return ""


def _close(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    ticket = asked_by(person, heard.value)
    if ticket is None or ticket.requester_id != person.pk:
        return _whisper(workspace, heard, cards.only_the_requester())
    ticket.resolve(by=person)
    return ""


def _rate(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    """One press, as in the portal and in a mail; the card in a talk shows it, and whoever reads along in a channel does not."""
    number, _dot, score = heard.value.partition(".")
    ticket = asked_by(person, number)
    if ticket is None or ticket.requester_id != person.pk:
        return _whisper(workspace, heard, cards.only_the_requester())
    if score not in ("1", "2", "3"):
        return "no score"
    rating.rate(ticket, int(score), by=person)
    if not heard.place.startswith("D"):
        at_once.whisper(workspace, cards.rated(), place=heard.place, user=heard.user, thread=heard.thread_ts)
    return ""


def _open_comment(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    ticket = asked_by(person, heard.value)
    given = Rating.objects.given().filter(ticket=ticket, person=person).first() if ticket else None
    if given is None:
        return _whisper(workspace, heard, cards.only_the_requester())
    at_once.open_form(
        workspace, forms.comment(given.comment, about=_about(heard, person)), trigger=heard.trigger, user=heard.user
    )
    return ""


def _open_desk(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    ticket = worked_on_by(person, heard.value)
    if ticket is None:
        return _whisper(workspace, heard, cards.only_the_team())
    view = forms.desk(
        f"#{ticket.pk} {ticket.subject}", facts.statuses(ticket), status=str(ticket.status_id),
        is_mine=ticket.assignee_id == person.pk, page=facts.desk_page_of(ticket), about=_about(heard, person),
    )  # fmt: skip
    at_once.open_form(workspace, view, trigger=heard.trigger, user=heard.user)
    return ""


def _open_ask(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    """From App Home."""
    view = forms.ask(facts.all_places(), subject="", text="", chosen="", about={"language": person.reads()})
    at_once.open_form(workspace, view, trigger=heard.trigger, user=heard.user)
    return ""


def _split(workspace: Workspace, heard: Pressed, person: Person) -> Outcome:
    """What was added to what the person asked a moment ago becomes a request of its own; in the former it is taken back, and both
    are linked."""
    post = saying.held(workspace, heard.place, heard.value)
    if post is None or post.thread.anchor == post.ts or post.thread.reader_id != person.pk:
        return "split already"
    message = post.message
    if message is not None and (message.author_id != person.pk or not message.text):
        return "split already"
    said, rest = saying.take_out(post)
    if message is None:
        if said is None:
            return "split already"
        # No team was chosen yet: which one it is for is asked of each.
        delivering.owe_card(post.thread)
        return talking.begin(workspace, said, place=heard.place, person=person)
    former, enclosed = message.ticket, message.attachments.all()
    if said is not None:
        enclosed = enclosed.filter(content_id__in=[saying.mark_of(str(one["id"])) for one in said["files"]])
    said = {"ts": post.ts, "text": message.text, "html": message.html, **(said or {}), "files": []}
    amending.amend(message, saying.words_of(rest, thread=post.thread), by=person)
    thread = Thread(channel=workspace, reader=person, place=heard.place, anchor=post.ts)
    made = opening.open_request(workspace, thread, [said], requester=person, team=former.team)
    # Its files go along.
    enclosed.update(message=made)
    linking.link(former, made.ticket, by=person)
    return made


def _whisper(workspace: Workspace, heard: Pressed, words: str) -> str:
    at_once.whisper(workspace, words, place=heard.place, user=heard.user, thread=heard.thread_ts)
    return "not theirs"


def _about(heard: Pressed, person: Person) -> Mapping[str, Any]:
    return {"language": person.reads(), "number": heard.value, "place": heard.place}


_ACTS: Final[Mapping[str, Callable[[Workspace, Pressed, Person], Outcome]]] = {
    "place": _choose, "details": _open_details, "elsewhere": _open_elsewhere, "close": _close, "desk": _open_desk,
    "ask": _open_ask, "split": _split, "rate": _rate, "comment": _open_comment,
}  # fmt: skip
