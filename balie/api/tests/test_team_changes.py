"""Programs change teams and statuses by the same rules as pages."""

from __future__ import annotations

from collections.abc import Callable

from balie.api.tests.conftest import Program
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets.models import Status, Ticket
from balie.tickets.words import Words

As = Callable[[Person], Program]


def asked(cast: Cast) -> Ticket:
    return Ticket.open(team=cast.it, requester=cast.ada, subject="Mouse", words=Words.from_text("Hi"), channel="web")


def test_a_team_is_made_and_changed(cast: Cast, program: As) -> None:
    ben = program(cast.ben)
    made = ben.post("/teams", {"name": "Büro Süd", "type": "office"})
    assert (made.status_code, made.json()["address"]) == (201, "buro-sud")
    assert next(one["name"] for one in ben.items("/teams/buro-sud/categories")) == "Meeting rooms"
    changed = ben.patch("/teams/buro-sud", address="sued", assigning="in_turn", lead=cast.ben.pk)
    assert (changed.json()["address"], changed.json()["assigning"], changed.json()["lead"]) == (
        "sued",
        "in_turn",
        cast.ben.pk,
    )
    # The old address names it still.
    assert ben.get("/teams/buro-sud").json()["address"] == "sued"
    assert ben.patch("/teams/sued", address="it").status_code == 409
    assert ben.patch("/teams/sued", address="Not one").status_code == 422
    assert ben.patch("/teams/facilities", name="Mine").status_code == 403
    assert program(cast.ada).post("/teams", {"name": "X"}).status_code == 403


def test_members_come_and_go_with_their_work(cast: Cast, program: As) -> None:
    ben = program(cast.ben)
    assert ben.post("/teams/it/members", {"person": "dov@balie.example"}).status_code == 201
    assert ben.post("/teams/it/members", {"person": "ada@balie.example"}).status_code == 403
    ticket = asked(cast)
    ticket.assign(cast.dov, by=cast.ben)
    gone = ben._ask("DELETE", f"/teams/it/members/{cast.dov.pk}?heir={cast.ben.pk}")
    assert gone.status_code == 204
    ticket.refresh_from_db()
    assert ticket.assignee == cast.ben
    assert ben._ask("DELETE", f"/teams/it/members/{cast.dov.pk}").status_code == 404


def test_categories_and_hours_are_changed(cast: Cast, program: As) -> None:
    ben = program(cast.ben)
    made = ben.post("/teams/it/categories", {"name": "Phones"}).json()
    path = f"/teams/it/categories/{made['id']}"
    assert ben.patch(path, name="Telephones").json()["name"] == "Telephones"
    assert ben.patch(path, is_archived=True).status_code == 200
    assert [one["name"] for one in ben.items("/teams/it/categories")] == ["Hardware"]
    ben.patch(path, is_archived=False)
    assert ben.patch(path, merged_into=cast.hardware.pk).status_code == 200
    assert ben.patch(path, merged_into=987654).status_code == 422
    week = {
        "items": [{"weekday": 0, "begins": "09:00", "ends": "12:00"}],
        "holiday_country": "NL",
        "time_zone": "Europe/Berlin",
    }
    hours = ben._ask("PUT", "/teams/it/hours", body=week)
    assert (hours.json()["holiday_country"], hours.json()["items"][0]["begins"]) == ("NL", "09:00:00")
    assert ben._ask("PUT", "/teams/it/hours", body=week | {"holiday_region": "ATLANTIS"}).status_code == 409


def test_a_team_is_archived_with_an_answer(cast: Cast, program: As) -> None:
    ben, ticket = program(cast.ben), asked(cast)
    refused = ben.post("/teams/it/archive", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:balie:problem:open-requests")
    assert ben.post("/teams/it/archive", {"requests": "move", "move_to": "facilities"}).json()["is_archived"]
    ticket.refresh_from_db()
    assert ticket.team == cast.facilities
    assert ben.post("/teams/it/unarchive").status_code == 200
    assert Team.objects.get(pk=cast.it.pk).archived_at is None


def test_statuses_are_made_and_changed_by_whoever_has_the_right(cast: Cast, program: As) -> None:
    eva, ticket = program(cast.eva), asked(cast)
    body = {
        "names": {"en": "Ordered", "nl": "Besteld"}, "names_for_requester": {"nl": "Onderweg"}, "group": "waiting",
        "colour": "rust", "teams": ["it"],
    }  # fmt: skip
    made = eva.post("/statuses", body)
    assert (made.status_code, made.json()["key"], made.json()["teams"]) == (201, "ordered", [cast.it.pk])
    ada = {one["key"]: one for one in program(cast.ada).items("/statuses", team="it")}
    assert (ada["ordered"]["name"], ada["ordered"]["name_for_requester"]) == ("Besteld", "Onderweg")
    assert ada["todo"]["is_default"]
    assert "ordered" not in {one["key"] for one in program(cast.ada).items("/statuses", team="facilities")}
    assert program(cast.ben).patch(f"/requests/{ticket.pk}", status="ordered").json()["group"] == "waiting"
    assert eva.patch("/statuses/ordered", group="in_progress").json()["group"] == "in_progress"
    ticket.refresh_from_db()
    assert ticket.group == "in_progress"
    assert eva.post("/statuses/ordered/archive", {"replacement": "todo"}).status_code == 409
    assert eva.post("/statuses/ordered/archive", {"replacement": "in_progress"}).status_code == 204
    assert Status.objects.get(pk=Ticket.objects.get(pk=ticket.pk).status_id).key == "in_progress"
    assert program(cast.ada).post("/statuses", body).status_code == 403
    assert eva.post("/statuses", {"names": {"xx": "A"}, "group": "todo"}).status_code == 422
    assert eva.post("/statuses", {"names": {"nl": "A"}, "group": "todo"}).status_code == 422
