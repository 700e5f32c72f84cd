"""A talk between one person and the bot, and what is said in threads of requests."""

from __future__ import annotations

from datetime import timedelta

from django.utils import translation

from balie.channels import delivering, kinds
from balie.channels.models import Thread
from balie.channels.slack import at_once, cards, linked, opening, saying
from balie.channels.slack.heard import Posted
from balie.channels.slack.models import Post, Question, Workspace
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Team
from balie.tickets.models import Message, Ticket
from balie.tickets.thanks import is_mere_thanks


def ask(workspace: Workspace, heard: Posted, *, person: Person) -> Message | str:
    """A message to the bot is one request; one that follows soon belongs to the same."""
    said = saying.read(workspace, heard.message)
    if not said["text"]:
        return "empty"
    former = _former(workspace, heard.place, person)
    if former is not None and former.answered_at is None:
        outcome = _add_to_question(workspace, former, said, place=heard.place)
        _offer_to_split(workspace, heard, said, number=None, person=person)
        return outcome
    if former is not None and (ticket := former.thread.ticket) is not None and ticket.is_open:
        message = ticket.hear(by=person, words=saying.words_of([said], thread=former.thread), channel=kinds.SLACK)
        saying.remember(workspace, [said], thread=former.thread, message=message)
        Question.objects.filter(pk=former.pk).update(last_said_at=clock.now())
        _offer_to_split(workspace, heard, said, number=message.ticket_id, person=person)
        return message
    return begin(workspace, said, place=heard.place, person=person)


def begin(workspace: Workspace, said: saying.Said, *, place: str, person: Person) -> Message | str:
    """Ask which team it is for, unless there is only one."""
    thread = Thread.objects.create(channel=workspace, reader=person, place=place, anchor=said["ts"])
    question = Question.objects.create(thread=thread, person=person, said=[said], last_said_at=clock.now())
    saying.remember(workspace, [said], thread=thread, message=None)
    teams = list(Team.objects.offered()[:2])
    if len(teams) == 1 and not teams[0].categories.filter(archived_at__isnull=True).exists():
        return opening.answer_question(question, team=teams[0], category=None) or ""
    delivering.owe_card(thread)
    return ""


def say_in_thread(workspace: Workspace, heard: Posted, *, person: Person) -> Message | str:
    """An expert of the team answers, everybody else takes part; a thread that is no request may become one."""
    thread = thread_of(workspace, heard.place, heard.thread_ts)
    if thread is None:
        return linked.ask(workspace, heard, person=person) if heard.is_mention else "no request"
    said = saying.read(workspace, heard.message)
    if not said["text"]:
        return "empty"
    if thread.ticket is None:
        question = Question.objects.select_for_update().get(thread=thread)
        return _add_to_question(workspace, question, said, place=heard.place)
    return say(workspace, thread, thread.ticket, said, person=person, place=heard.place)


def say(
    workspace: Workspace, thread: Thread, ticket: Ticket, said: saying.Said, *, person: Person, place: str
) -> Message | str:
    # What is said where the request was asked, before it went to a talk, has not been read in the talk.
    words = saying.words_of([said], thread=thread if place == thread.place else None)
    if ticket.is_worked_on_by(person):
        message = ticket.reply(by=person, words=words, channel=kinds.SLACK)
    elif ticket.is_private and not ticket.has_participant(person):
        # It was asked where others read, before it went to a private team.
        return "private"
    else:
        message = ticket.hear(by=person, words=words, channel=kinds.SLACK)
    if message.ticket_id != thread.ticket_id and message.ticket.merged_into_id is None:
        _follow(thread, message)
    if said["ts"]:
        saying.remember(workspace, [said], thread=thread, message=message, place=place)
    return message


def thread_of(workspace: Workspace, place: str, anchor: str) -> Thread | None:
    """By the message that it hangs from, whichever of the request's own messages that is."""
    threads = Thread.objects.select_related("ticket__team", "channel", "reader")
    found = threads.filter(channel=workspace.pk, place=place, anchor=anchor).first()
    if found is None:
        post = Post.objects.filter(workspace=workspace, place=place, ts=anchor).first()
        found = threads.get(pk=post.thread_id) if post else None
    return found


def _follow(thread: Thread, message: Message) -> None:
    """The request was resolved too long ago, and a new one goes on in the same thread. It was merged: the other one does."""
    if Thread.objects.filter(ticket=message.ticket_id).exists():
        return
    thread.ticket, thread.card = message.ticket, ""
    thread.save(update_fields=["ticket", "card"])
    delivering.owe_card(thread)


def _former(workspace: Workspace, place: str, person: Person) -> Question | None:
    """What the person asked here a moment ago."""
    since = clock.now() - timedelta(minutes=workspace.joins_within)
    questions = Question.objects.select_related("thread__ticket__team", "thread__channel", "person")
    return (
        questions.select_for_update(of=("self",))
        .filter(person=person, thread__channel=workspace.pk, thread__place=place, last_said_at__gt=since)
        .order_by("-last_said_at")
        .first()
    )


def _offer_to_split(
    workspace: Workspace, heard: Posted, said: saying.Said, *, number: int | None, person: Person
) -> None:
    """It may have been about something else."""
    if not is_mere_thanks(said["text"]):
        with translation.override(person.reads()):
            words, blocks = cards.added(number, heard.ts)
        at_once.whisper(workspace, words, place=heard.place, user=heard.user, thread=heard.ts, blocks=blocks)


def _add_to_question(workspace: Workspace, question: Question, said: saying.Said, *, place: str) -> str:
    question.said = [*question.said, said]
    question.last_said_at = clock.now()
    question.save(update_fields=["said", "last_said_at"])
    saying.remember(workspace, [said], thread=question.thread, message=None, place=place)
    delivering.owe_card(question.thread)
    return ""
