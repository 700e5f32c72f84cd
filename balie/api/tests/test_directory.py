"""Teams, people, statuses, arrivals and deliveries over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from balie.api.tests.conftest import Program
from balie.channels.models import Arrival, Delivery
from balie.config.tests.cast import Cast
from balie.people.models import Attribute, Credential, Person, Right
from balie.platform import clock
from balie.teams.models import Team, WorkingSpan
from balie.tickets.models import Ticket
from balie.tickets.words import Words

As = Callable[[Person], Program]


def arrived(recipient: str, **more: object) -> Arrival:
    facts: dict[str, object] = {
        "external_id": f"abc:{recipient}", "state": "failed", "sender": "quentin@elsewhere.example",
        "error": "ValueError: Quagga\n  File", "attempts": 8,
    }  # fmt: skip
    return Arrival.objects.create(kind="email", bundle="abc", raw=b"Quagga", received_at=clock.now(), **(facts | more))


def test_teams_are_named_by_address_or_id(cast: Cast, program: As) -> None:
    WorkingSpan.objects.create(team=cast.it, weekday=0, begins=time(9), ends=time(17))
    ada, ben = program(cast.ada), program(cast.ben)
    assert [one["address"] for one in ada.items("/teams")] == ["it", "people", "facilities"]
    assert ada.get("/teams/it").json() == ada.get(f"/teams/{cast.it.pk}").json()
    assert ada.get("/teams/it").json()["mail_address"] == "it@desk.localhost"
    assert [one["name"] for one in ada.items("/teams/it/categories")] == ["Hardware"]
    assert ada.items("/teams/it/hours") == [
        {"weekday": 0, "begins": "09:00:00", "ends": "17:00:00", "time_zone": "Europe/Amsterdam"}
    ]
    assert [one["id"] for one in ben.items("/teams/it/members")] == [cast.ben.pk]
    assert ada.get("/teams/it/members").status_code == 403
    assert ada.get("/teams/nowhere").status_code == 404


def test_an_internal_team_is_known_to_experts_only(cast: Cast, program: As) -> None:
    Team.objects.filter(pk=cast.it.pk).update(is_visible=False)
    assert program(cast.ada).get("/teams/it").status_code == 404
    assert program(cast.dov).get("/teams/it").status_code == 200


def test_statuses_speak_the_callers_language(cast: Cast, program: As) -> None:
    answer = program(cast.ada).get("/statuses")
    assert answer.headers["Content-Language"] == "nl"
    assert [one["key"] for one in answer.json()["items"]] == ["todo", "in_progress", "waiting", "resolved"]


def test_employees_see_themselves_and_experts_what_is_allowed(cast: Cast, program: As) -> None:
    Right.objects.all().delete()
    Credential.objects.get(is_system=True).allow([Attribute.objects.get(key="department").pk])
    Person.objects.filter(pk=cast.ada.pk).update(
        attributes={"department": "Sales", "iban": "NL01QUAGGA", "position": "Clerk"}
    )
    assert [one["id"] for one in program(cast.ada).items("/people")] == [cast.ada.pk]
    assert program(cast.ada).get(f"/people/{cast.ben.pk}").status_code == 404
    assert program(cast.ada).get("/people/me").json()["facts"] == []
    for person in (cast.ben, cast.eva):
        found = program(person).items("/people", email="ADA@balie.example")
        assert [one["id"] for one in found] == [cast.ada.pk]
        values = [fact["value"] for fact in found[0]["facts"]]
        assert "Sales" in values
        assert not {"NL01QUAGGA", "Clerk"} & set(values)
    assert [one["id"] for one in program(cast.ben).items("/people", q="vermeer")] == [cast.ada.pk]


def test_an_external_of_a_private_team_is_nobody_for_all_others(cast: Cast, program: As) -> None:
    stranger = Person.objects.take_in(kind="email", external_id="quentin@elsewhere.example", name="Quentin")
    Ticket.open(team=cast.people, requester=stranger, subject="Job", words=Words.from_text("Hello"), channel="email")
    assert program(cast.hanna).get(f"/people/{stranger.pk}").json()["email"] == "quentin@elsewhere.example"
    for person in (cast.ben, cast.eva):
        assert program(person).get(f"/people/{stranger.pk}").status_code == 404
        assert program(person).items("/people", email="quentin@elsewhere.example") == []


def test_administrators_see_what_is_stuck_and_try_it_again(cast: Cast, program: As) -> None:
    stuck = arrived("it@desk.localhost")
    eva = program(cast.eva)
    (shown,) = eva.items("/arrivals", state="failed")
    assert (shown["sender"], shown["recipient"], shown["error"]) == (
        "quentin@elsewhere.example", "it@desk.localhost", "ValueError: Quagga",
    )  # fmt: skip
    again = eva.post(f"/arrivals/{stuck.pk}/retry")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "waiting", 0)
    assert eva.post(f"/arrivals/{stuck.pk}/retry").status_code == 409
    assert eva.post("/arrivals/99999/retry").status_code == 404
    assert eva.get("/arrivals", state="lost").status_code == 422
    for person in (cast.ada, cast.ben):
        assert program(person).get("/arrivals").status_code == 403
        assert program(person).post(f"/arrivals/{stuck.pk}/retry").status_code == 403


def test_of_a_private_team_they_see_that_something_is_stuck_and_no_more(
    cast: Cast, program: As, secret: Ticket
) -> None:
    arrived("people@desk.localhost")
    arrived("unknown@desk.localhost")
    Delivery.objects.filter(ticket=secret).update(state="refused", error="550 <ada@balie.example> about Quagga")
    eva = program(cast.eva)
    for path in ("/arrivals", "/deliveries"):
        answer = eva.get(path)
        assert answer.json()["items"]
        for word in (b"Quagga", b"quentin", b"ada@", f'"request": {secret.pk}'.encode()):
            assert word not in answer.content, path
        assert all(one["is_private"] for one in answer.json()["items"])
    assert {one["error"] for one in eva.items("/arrivals")} == {"ValueError"}
    hanna_too = eva.items("/deliveries", state="refused")[0]
    assert eva.post(f"/deliveries/{hanna_too['id']}/retry").json()["state"] == "owed"
