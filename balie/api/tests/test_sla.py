"""Promises through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from balie.api.tests.conftest import Program
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.sla import ruling
from balie.sla.models import Rule
from balie.sla.ruling import Wanted
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words

As = Callable[[Person], Program]
HOUR = timedelta(hours=1)


def ask(cast: Cast) -> Ticket:
    words = Words.from_text("It is out of toner.")
    return Ticket.open(team=cast.it, requester=cast.ada, subject="Printer", words=words, channel="web")


def test_a_request_tells_its_clocks_to_those_who_work_on_it(cast: Cast, program: As) -> None:
    ruling.add(cast.it, Wanted(response=HOUR, resolution=8 * HOUR), by=cast.ben)
    ticket = ask(cast)
    clocks = program(cast.ben).get(f"/requests/{ticket.pk}").json()["clocks"]
    assert [(one["goal"], one["state"]) for one in clocks] == [("response", "running"), ("resolution", "running")]
    assert clocks[0]["due_at"].endswith("Z")
    assert program(cast.ada).get(f"/requests/{ticket.pk}").json()["clocks"] == []
    ticket.take_status(Status.preset(Group.WAITING), by=cast.ben)
    paused = program(cast.ben).get(f"/requests/{ticket.pk}").json()["clocks"][0]
    assert (paused["state"], paused["due_at"]) == ("paused", None)


def test_a_list_is_narrowed_to_a_state_among_what_one_works_on(cast: Cast, program: As) -> None:
    ruling.add(cast.it, Wanted(response=HOUR), by=cast.ben)
    kept, running = ask(cast), ask(cast)
    kept.reply(by=cast.ben, words=Words.from_text("Here."))
    for state, numbers in (("met", [kept.pk]), ("running", [running.pk]), ("breached", []), ("paused", [])):
        assert [one["number"] for one in program(cast.ben).items("/requests", sla=state)] == numbers
    assert program(cast.ada).items("/requests", sla="running") == []
    assert program(cast.ben).get("/requests", sla="late").status_code == 422


def test_a_member_sets_rules_and_others_do_not(cast: Cast, program: As) -> None:
    sent = {"team": "it", "response_minutes": 90, "resolution_minutes": 960, "warns_at": None}
    made = program(cast.ben).post("/sla-rules", sent)
    assert (made.status_code, made.json()["response_minutes"], made.json()["warns_at"]) == (201, 90, None)
    again = program(cast.ben).post("/sla-rules", sent)
    assert (again.status_code, "IT already has a general rule" in again.json()["detail"]) == (409, True)
    assert program(cast.eva).post("/sla-rules", sent | {"categories": ["Hardware"]}).status_code == 403
    assert program(cast.dov).post("/sla-rules", sent).status_code == 422
    number = made.json()["id"]
    assert [one["id"] for one in program(cast.ben).items("/sla-rules", team="it")] == [number]
    assert program(cast.dov).items("/sla-rules") == []
    assert program(cast.dov).get(f"/sla-rules/{number}").status_code == 404


def test_a_rule_changes_in_what_is_given_and_goes(cast: Cast, program: As) -> None:
    wanted = Wanted(categories=(cast.hardware,), response=HOUR, resolution=8 * HOUR, on_reopening="renew")
    rule = ruling.add(cast.it, wanted, by=cast.ben)
    changed = program(cast.ben).patch(f"/sla-rules/{rule.pk}", resolution_minutes=None).json()
    assert changed == {
        "id": rule.pk, "team": "it", "categories": ["Hardware"], "response_minutes": 60, "resolution_minutes": None,
        "pauses_in": [], "on_reopening": "renew", "warns_at": 75,
    }  # fmt: skip
    refused = program(cast.ben).patch(f"/sla-rules/{rule.pk}", categories=[], response_minutes=None)
    assert refused.status_code == 422
    assert program(cast.ben).delete(f"/sla-rules/{rule.pk}").status_code == 204
    assert not Rule.objects.exists()
