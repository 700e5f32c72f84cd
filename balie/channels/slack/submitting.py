"""Forms of Slack that were sent: each calls its verbs. What is wrong with one was said at once, by `checking`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from balie.channels import kinds
from balie.channels.models import Arrival, Thread
from balie.channels.slack import forms, jobs, opening, pressing, reading, saying, talking
from balie.channels.slack.heard import Submitted, Wanted
from balie.channels.slack.models import Workspace
from balie.people.models import Person
from balie.tickets import choosing, rating
from balie.tickets.models import Message, Rating, Status
from balie.tickets.models.status import Group
from balie.tickets.words import Words

Outcome = Message | str


def submit(workspace: Workspace, heard: Submitted, *, person: Person) -> Outcome:
    act = _ACTS.get(heard.form)
    return act(workspace, heard, person) if act else "no form"


def _ask(workspace: Workspace, heard: Submitted, person: Person) -> Outcome:
    """A new request. About a message in a channel it lives in that message's thread; else in a talk with whoever asks."""
    chosen = pressing.place_of(heard.values.get("place", ""))
    if chosen is None:
        return "no team"
    team, category = chosen
    words = Words.from_text(heard.values.get("text", ""))
    jobs.ask_who_later(workspace, heard.user)
    source = _message(workspace, heard.about)
    said: saying.Said = {"ts": "", "text": words.text, "html": words.html, "files": source["files"] if source else []}
    if source is not None and forms.is_as_shown(words.text, source["text"]):
        # A field holds neither its form nor all of a long message.
        said |= {"text": source["text"], "html": source["html"]}
    place, ts = str(heard.about.get("place") or ""), str(heard.about.get("ts") or "")
    # What is said in answer hangs from the first message of a thread, whichever of them the request is about.
    anchor = source["thread"] or ts if source else ts
    thread = Thread(channel=workspace, reader=person, place=heard.user)
    if ts and place.startswith(("C", "G")) and talking.thread_of(workspace, place, anchor) is None:
        said["ts"] = ts
        if not team.is_private:
            thread = Thread(channel=workspace, place=place, anchor=anchor)
        elif source is not None and source["author"] == heard.user:
            opening.advise_to_delete(workspace, person, team=team, place=place)
    made = opening.open_request(
        workspace, thread, [said], requester=person, team=team, category=category,
        subject=heard.values.get("subject", "").strip(), place=place,
    )  # fmt: skip
    if source is not None and not said["ts"] and said["files"]:
        jobs.fetch_files_later(workspace, made, said["files"])
    if source is not None and source["thread"]:
        jobs.fetch_thread_files_later(workspace, made, place=place, anchor=source["thread"])
    return made


def _add_details(workspace: Workspace, heard: Submitted, person: Person) -> Outcome:
    ticket = pressing.asked_by(person, heard.about.get("number"))
    if ticket is None:
        return "not theirs"
    # The thread has not had it, so that it is said there too, for those who read along.
    return ticket.hear(by=person, words=Words.from_text(heard.values.get("text", "")), channel=kinds.SLACK)


def _hand_over(workspace: Workspace, heard: Submitted, person: Person) -> Outcome:
    ticket = pressing.asked_by(person, heard.about.get("number"))
    chosen = pressing.place_of(heard.values.get("place", ""))
    if ticket is None or chosen is None:
        return "not theirs"
    choosing.choose_again(ticket, to=chosen[0], category=chosen[1], by=person)
    return ""


def _work(workspace: Workspace, heard: Submitted, person: Person) -> Outcome:
    """What an expert set: the note first, so that the team reads it above what followed."""
    ticket = pressing.worked_on_by(person, heard.about.get("number"))
    if ticket is None:
        return "not theirs"
    note = Words.from_text(heard.values.get("note", ""))
    said = None if note.is_empty else ticket.note(by=person, words=note, channel=kinds.SLACK)
    if heard.values.get("assign") == "mine" and ticket.assignee_id != person.pk:
        ticket.assign(person, by=person)
    chosen = heard.values.get("status", "")
    status = Status.objects.used_in(ticket.team_id).filter(pk=int(chosen)).first() if chosen.isdigit() else None
    if status is not None and status.pk != ticket.status_id:
        if status.group == Group.RESOLVED and status.key == Group.RESOLVED.value:
            ticket.resolve(by=person)
        else:
            ticket.take_status(status, by=person)
    return said or ""


def _comment(workspace: Workspace, heard: Submitted, person: Person) -> Outcome:
    ticket = pressing.asked_by(person, heard.about.get("number"))
    given = Rating.objects.given().filter(ticket=ticket, person=person).first() if ticket else None
    if ticket is None or given is None or given.score is None:
        return "not theirs"
    rating.rate(ticket, given.score, by=person, comment=heard.values.get("comment", ""))
    return ""


def _message(workspace: Workspace, about: Mapping[str, Any]) -> saying.Said | None:
    """The message that the shortcut was used on, as it came with it."""
    number = str(about.get("arrival") or "")
    if not number.isdigit():
        return None
    arrival = Arrival.objects.filter(pk=int(number), kind=kinds.SLACK).first()
    if arrival is None or arrival.envelope.get("workspace") != workspace.external_id:
        return None
    wanted = reading.read(saying.payload_of(arrival), bot_user=workspace.bot_user_id)
    if not isinstance(wanted, Wanted) or not wanted.message:
        return None
    # The message may begin a thread, or stand in one; Slack says of both which that is.
    beside = {"thread": str(wanted.message.get("thread_ts") or ""), "author": str(wanted.message.get("user") or "")}
    return saying.read(workspace, wanted.message) | beside


_ACTS: Final[Mapping[str, Callable[[Workspace, Submitted, Person], Outcome]]] = {
    forms.ASK: _ask, forms.DETAILS: _add_details, forms.ELSEWHERE: _hand_over, forms.DESK: _work,
    forms.COMMENT: _comment,
}  # fmt: skip
