"""Whoever asked in Slack says there how the answer was: the same rating as in the portal and by mail."""

from __future__ import annotations

from typing import Any

from balie.channels.slack.models import Link
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.test_conversation import ask
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature
from balie.tickets.models import Rating, Ticket
from balie.tickets.words import Words


def faces(card: dict[str, Any]) -> dict[str, str]:
    """The style of each face that the card shows."""
    buttons = [one for block in card["blocks"] if block["type"] == "actions" for one in block["elements"]]
    return {one["text"]["text"]: one.get("style", "") for one in buttons if one["action_id"].startswith("rate/")}


def resolved(desk: Desk, *, place: str = "") -> tuple[Ticket, dict[str, Any]]:
    if place:
        Link.make(desk.workspace, place=place, name="it-help", team=desk.cast.it, mode="every")
        desk.says("ada", "My laptop is broken", place=place)
        ticket = Ticket.objects.get()
    else:
        ticket, _ts = ask(desk, "My laptop is broken")
    ticket.reply(by=desk.cast.ben, words=Words.from_text("Take this one."))
    ticket.resolve(by=desk.cast.ben)
    desk.work()
    return ticket, desk.slack.posted()[0]


def press(desk: Desk, ticket: Ticket, score: int, *, user: str = "UADA", place: str = "DADA") -> None:
    desk.press(f"rate/{score}", f"{ticket.pk}.{score}", user=user, place=place, ts="1.1")
    desk.work()


def test_a_press_on_the_card_rates_and_another_one_changes_it(desk: Desk) -> None:
    ticket, card = resolved(desk)
    assert faces(card) == {"🙂 Goed": "", "😐 Matig": "", "🙁 Niet goed": ""}
    press(desk, ticket, 3)
    press(desk, ticket, 1)
    assert Rating.objects.given().get().score == Rating.Score.BAD
    assert faces(card) == {"🙂 Goed": "", "😐 Matig": "", "🙁 Niet goed": "primary"}
    assert ": Niet goed" in str(card["blocks"])


def test_a_word_about_it_can_be_added(desk: Desk) -> None:
    ticket, _card = resolved(desk)
    desk.press("comment", str(ticket.pk), user="UADA", place="DADA")
    desk.work()
    assert not desk.slack.asked("views.open"), "nothing was rated yet"
    press(desk, ticket, 2)
    desk.press("comment", str(ticket.pk), user="UADA", place="DADA")
    desk.submit("comment", {"number": str(ticket.pk)}, user="UADA", comment="It took a while")
    desk.submit("comment", {"number": str(ticket.pk)}, user="UCLEO", comment="Mine")
    desk.work()
    rating = Rating.objects.given().get()
    assert (rating.score, rating.comment) == (2, "It took a while")
    assert desk.slack.asked("views.open")


def test_only_whoever_asked_rates_and_a_channel_does_not_read_it(desk: Desk) -> None:
    ticket, card = resolved(desk, place="C1")
    press(desk, ticket, 1, user="UCLEO", place="C1")
    assert not Rating.objects.given().exists()
    press(desk, ticket, 1, place="C1")
    assert Rating.objects.given().get().score == 1
    assert set(faces(card).values()) == {""}
    assert [said["user"] for said in desk.slack.asked("chat.postEphemeral")] == ["UCLEO", "UADA"]


def test_reopening_takes_the_faces_away(desk: Desk) -> None:
    ticket, card = resolved(desk)
    ticket.reopen(by=desk.cast.ben)
    desk.work()
    assert not faces(card)
    press(desk, ticket, 3)
    assert not Rating.objects.given().exists()


def test_a_plan_without_ratings_asks_for_none(desk: Desk) -> None:
    Organisation.current().remove(Feature.RATINGS)
    _ticket, card = resolved(desk)
    assert not faces(card)
