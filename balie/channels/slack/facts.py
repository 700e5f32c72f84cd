"""What cards and forms say: asked from the rows as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from balie.channels.models import Thread
from balie.channels.slack import cards
from balie.channels.slack.cards import Facts
from balie.channels.slack.kit import Block, Choice
from balie.channels.slack.models import Question
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature
from balie.people.models import Person
from balie.tickets import choosing, expecting, offering, places, promises, rating
from balie.tickets.models import Rating, Status, Ticket


class _Rated(TypedDict):
    is_ratable: bool
    score: int | None


def card_of(thread: Thread, *, reader: Person) -> tuple[str, list[Block]]:
    """Who can help? while nobody has said it; then where the request stands."""
    if thread.ticket is None:
        return _question_card(thread.question, reader=reader)
    return cards.request(of(thread.ticket, reader=reader, in_person=thread.reader_id is not None))


def of(ticket: Ticket, *, reader: Person, in_person: bool) -> Facts:
    promise = ""
    if ticket.is_open and ticket.first_response_at is None:
        promise = promises.in_words(expecting.expected([ticket.team])[ticket.team_id])
    return Facts(
        number=ticket.pk, subject=ticket.subject, team=ticket.team.called,
        category=ticket.category.called if ticket.category else "", status=ticket.status.name_for_requester, group=ticket.group,
        assignee=ticket.assignee.name if ticket.assignee else "", promise=promise, page=page_of(ticket, reader=reader),
        in_person=in_person, may_choose_again=choosing.may_choose_again(ticket), **_rating_of(ticket),
    )  # fmt: skip


def page_of(ticket: Ticket, *, reader: Person) -> str:
    """Where its requester finds it; "" for whoever cannot sign in."""
    return settings.BALIE.url + reverse("portal:request", args=[ticket.pk]) if reader.is_active else ""


def desk_page_of(ticket: Ticket) -> str:
    return settings.BALIE.url + reverse("workspace:request", args=[ticket.pk])


def all_places() -> list[tuple[str, Sequence[Choice]]]:
    """Teams that requesters may choose, each with its categories."""
    found: list[tuple[str, Sequence[Choice]]] = []
    for choice in places.choices():
        other = (choice.place.value, _("Something else") if choice.topics else choice.place.name)
        found.append((choice.place.name, [*((topic.value, topic.name) for topic in choice.topics), other]))
    return found


def statuses(ticket: Ticket) -> list[Choice]:
    """Those that the request can have."""
    return [(str(one.pk), one.name) for one in Status.objects.used_in(ticket.team_id)]


def _question_card(question: Question, *, reader: Person) -> tuple[str, list[Block]]:
    listed = places.choices()
    if question.team_id is not None:
        topics = next((one.topics for one in listed if one.place.team.pk == question.team_id), ())
        assert question.team is not None
        return cards.which_category(
            question.team.called, [(topic.value, topic.name) for topic in topics], other=f"{question.team_id}.0"
        )
    said = "\n".join(str(one.get("text", "")) for one in question.said)
    offers = offering.offers(said, places=places.each(listed), language=reader.reads())
    likely = [(offer.place.value, _named(offer.place)) for offer in offers]
    return cards.which_team(likely, [(choice.place.value, choice.place.name) for choice in listed])


def _rating_of(ticket: Ticket) -> _Rated:
    if not Organisation.current().plan.includes(Feature.RATINGS):
        return {"is_ratable": False, "score": None}
    given = Rating.objects.given().filter(ticket=ticket, person=ticket.requester_id).first()
    asked = not ticket.is_open and (given is not None or rating.is_ratable(ticket, by=ticket.requester))
    return {"is_ratable": asked, "score": given.score if given else None}


def _named(place: places.Place) -> str:
    return f"{place.team.called} · {place.category.called}" if place.category else place.team.called
