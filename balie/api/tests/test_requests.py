"""Requests over the API."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from balie.api.tests.conftest import Program
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.teams.models import Category
from balie.tickets import merging
from balie.tickets.models import Ticket
from balie.tickets.words import Words

As = Callable[[Person], Program]


def asked(cast: Cast, subject: str, *, by: Person | None = None) -> Ticket:
    words = Words.from_text(f"About {subject}.")
    return Ticket.open(team=cast.it, requester=by or cast.ada, subject=subject, words=words, channel="email")


def test_a_request_has_the_names_of_the_contract(cast: Cast, program: As, ticket: Ticket) -> None:
    ticket.follow(cast.cleo, by=cast.ben)
    said = program(cast.ben).get(f"/requests/{ticket.pk}").json()
    assert said["number"] == ticket.pk
    assert (said["team"], said["status"], said["group"], said["priority"]) == ("it", "todo", "todo", "normal")
    assert said["requester"] == {"id": cast.ada.pk, "name": "Ada Vermeer", "email": "ada@balie.example"}
    assert said["followers"] == [{"id": cast.cleo.pk, "name": "Cleo Meijer", "email": "cleo@balie.example"}]
    assert (said["assignee"], said["category"], said["clocks"], said["first_response_at"]) == (None, None, [], None)
    assert said["created_at"].endswith("Z")


def test_dov_finds_neither_the_request_nor_that_there_is_one(cast: Cast, program: As, ticket: Ticket) -> None:
    for path in (f"/requests/{ticket.pk}", f"/requests/{ticket.pk}/messages", f"/requests/{ticket.pk}/events"):
        there, nowhere = program(cast.dov).get(path), program(cast.dov).get(path.replace(str(ticket.pk), "999999"))
        assert there.status_code == nowhere.status_code == 404
        assert there.json() == nowhere.json() | {"instance": there.json()["instance"]}
    assert program(cast.dov).items("/requests") == []


def test_an_external_requesters_address_comes_from_where_they_wrote(cast: Cast, program: As) -> None:
    stranger = Person.objects.take_in(kind="email", external_id="zoe@elsewhere.example", name="Zoe")
    ticket = asked(cast, "Parcel", by=stranger)
    assert program(cast.ben).get(f"/requests/{ticket.pk}").json()["requester"]["email"] == "zoe@elsewhere.example"


def test_pages_stay_right_while_requests_arrive(cast: Cast, program: As) -> None:
    numbers = [asked(cast, f"Case {one}").pk for one in range(5)]
    ben = program(cast.ben)
    first = ben.get("/requests", limit=2).json()
    asked(cast, "Later")
    second = ben.get("/requests", limit=2, cursor=first["next"]).json()
    third = ben.get("/requests", limit=2, cursor=second["next"]).json()
    found = [one["number"] for page in (first, second, third) for one in page["items"]]
    assert found == numbers[::-1]
    assert third["next"] is None


def test_each_filter_finds_what_it_names(cast: Cast, program: As, ticket: Ticket) -> None:
    other = asked(cast, "Scanner", by=cast.cleo)
    ticket.assign(cast.ben, by=cast.ben)
    ticket.categorise(cast.hardware, by=cast.ben)
    other.resolve(by=cast.ben)
    ben = program(cast.ben)

    def numbers(**query: str | int) -> list[int]:
        return [one["number"] for one in ben.items("/requests", **query)]

    for query in (
        {"assignee": "me"}, {"assignee": "ben@balie.example"}, {"assignee": cast.ben.pk}, {"requester": "ada@balie.example"},
        {"category": "hardware"}, {"category": cast.hardware.pk}, {"group": "todo"}, {"status": "todo"}, {"q": "paper"},
        {"q": "printer"}, {"q": f"#{ticket.pk}"}, {"q": "floor paper"},
    ):  # fmt: skip
        assert numbers(**query) == [ticket.pk], query
    for query in ({"assignee": "none"}, {"group": "resolved"}, {"requester": cast.cleo.pk}, {"q": "scanner"}):
        assert numbers(**query) == [other.pk], query
    for query in ({"team": "it"}, {"team": cast.it.pk}, {"team": cast.it.mail_address}, {"team": "IT"}):
        assert numbers(**query) == [other.pk, ticket.pk], query
    for query in (
        {"team": "people"},
        {"assignee": "nobody@x"},
        {"category": "x"},
        {"q": "zebra"},
        {"q": '"'},
        {"team": "@"},
    ):
        assert numbers(**query) == [], query
    assert numbers(updated_since="2020-01-01T00:00:00Z") == [other.pk, ticket.pk]
    assert numbers(updated_since="2199-01-01T00:00:00Z") == []


def test_search_finds_a_note_for_those_only_who_may_read_it(
    cast: Cast, program: As, ticket: Ticket, secret: Ticket
) -> None:
    ticket.note(by=cast.ben, words=Words.from_text("He is a wombat."))
    assert len(program(cast.ben).items("/requests", q="wombat")) == 1
    assert len(program(cast.eva).items("/requests", q="wombat")) == 1
    for person in (cast.ada, cast.cleo, cast.dov, cast.hanna):
        assert program(person).items("/requests", q="wombat") == []
    assert len(program(cast.hanna).items("/requests", q="quagga")) == 1
    assert len(program(cast.ada).items("/requests", q="quagga")) == 1
    for person in (cast.ben, cast.cleo, cast.dov, cast.eva):
        assert program(person).items("/requests", q="quagga") == []
        assert program(person).items("/requests", q=f"#{secret.pk}") == []


def test_a_page_costs_few_queries_however_many_rows_it_has(cast: Cast, program: As) -> None:
    for number in range(30):
        stranger = Person.objects.take_in(kind="email", external_id=f"{number}@elsewhere.example", name=f"Zoe {number}")
        asked(cast, f"Case {number}", by=stranger).follow(cast.cleo, by=cast.ben)
    eva = program(cast.eva)
    eva.get("/statuses")
    for query in ({}, {"q": "case", "team": "it", "assignee": "none", "requester": "1@elsewhere.example"}):
        with CaptureQueriesContext(connection) as queries:
            eva.items("/requests", **query)
        # The filters find a team and a requester, the search reads the words, and looks for messages, subjects and names.
        assert len(queries) <= 12 + (9 if query else 0), [one["sql"] for one in queries]


def test_a_request_is_asked_and_answered_with_its_address(cast: Cast, program: As) -> None:
    answer = program(cast.ada).post(
        "/requests",
        {
            "team": "it",
            "subject": "Mouse",
            "html": "<p>It <b>squeaks</b><script>x</script></p>",
            "category": "Hardware",
        },
    )
    assert answer.status_code == 201, answer.content
    assert answer.headers["Location"] == f"/api/v1/requests/{answer.json()['number']}"
    said = program(cast.ben).items(f"/requests/{answer.json()['number']}/messages")[0]
    assert (said["text"], said["direction"], said["author"]["id"]) == ("It squeaks", "in", cast.ada.pk)
    assert "script" not in said["html"]
    assert answer.json()["category"] == "Hardware"


def test_experts_ask_on_behalf_of_somebody_and_employees_do_not(cast: Cast, program: As) -> None:
    body = {"team": "it", "subject": "Badge", "text": "Lost.", "requester": "ada@balie.example", "priority": "high"}
    answer = program(cast.ben).post("/requests", body)
    assert (answer.json()["requester"]["id"], answer.json()["priority"]) == (cast.ada.pk, "high")
    assert [one["id"] for one in answer.json()["followers"]] == [cast.ben.pk]
    refused = program(cast.cleo).post("/requests", body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/requester"
    assert Ticket.objects.count() == 1


def test_an_employee_cannot_ask_a_team_that_is_not_offered(cast: Cast, program: As) -> None:
    type(cast.it).objects.filter(pk=cast.it.pk).update(is_visible=False)
    assert program(cast.ada).post("/requests", {"team": "it", "text": "Hello"}).status_code == 422


def test_a_patch_calls_the_verb_of_each_field(cast: Cast, program: As, ticket: Ticket) -> None:
    ben = program(cast.ben)
    answer = ben.patch(
        f"/requests/{ticket.pk}", subject="Printer on 2", priority="urgent", category="Hardware", assignee="me",
        status="waiting", due_on="2027-01-05", followers=["cleo@balie.example"], snoozed_until="2199-01-01T08:00:00+01:00",
    )  # fmt: skip
    said = answer.json()
    assert answer.status_code == 200, said
    assert (said["subject"], said["priority"], said["category"]) == ("Printer on 2", "urgent", "Hardware")
    assert (said["assignee"]["id"], said["status"], said["group"]) == (cast.ben.pk, "waiting", "waiting")
    assert (said["due_on"], said["snoozed_until"]) == ("2027-01-05", "2199-01-01T07:00:00Z")
    assert [one["id"] for one in said["followers"]] == [cast.cleo.pk]
    kinds = {one["kind"] for one in ben.items(f"/requests/{ticket.pk}/events")}
    assert {
        "renamed",
        "priority_changed",
        "assigned",
        "category_changed",
        "due_changed",
        "snoozed",
        "followed",
    } <= kinds
    said = ben.patch(
        f"/requests/{ticket.pk}",
        assignee=None,
        category=None,
        due_on=None,
        followers=[],
        snoozed_until=None,
        group="resolved",
    ).json()
    assert (said["assignee"], said["category"], said["due_on"], said["followers"]) == (None, None, None, [])
    assert (said["snoozed_until"], said["group"]) == (None, "resolved")
    assert said["resolved_at"]


def test_a_patch_that_is_refused_in_part_changes_nothing(cast: Cast, program: As, ticket: Ticket) -> None:
    answer = program(cast.ben).patch(f"/requests/{ticket.pk}", subject="Changed", assignee="dov@balie.example")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:balie:problem:not-an-expert-of-the-team"
    ticket.refresh_from_db()
    assert ticket.subject == "Printer"
    assert ticket.events.count() == 1


def test_a_request_that_moved_out_of_sight_answers_nothing_more(cast: Cast, program: As, ticket: Ticket) -> None:
    ben = program(cast.ben)
    answer = ben.patch(f"/requests/{ticket.pk}", team="people")
    assert (answer.status_code, answer.content) == (204, b"")
    assert ben.get(f"/requests/{ticket.pk}").status_code == 404
    assert program(cast.eva).get(f"/requests/{ticket.pk}").status_code == 404
    assert program(cast.hanna).get(f"/requests/{ticket.pk}").json()["team"] == "people"


def test_the_requester_closes_and_reopens_and_changes_nothing_else(cast: Cast, program: As, ticket: Ticket) -> None:
    ada = program(cast.ada)
    assert ada.patch(f"/requests/{ticket.pk}", group="resolved").json()["group"] == "resolved"
    assert ada.patch(f"/requests/{ticket.pk}", status="in_progress").json()["group"] == "in_progress"
    for change in (
        {"status": "waiting"},
        {"subject": "x"},
        {"assignee": "nobody@here"},
        {"requester": "cleo@balie.example"},
    ):
        assert ada.patch(f"/requests/{ticket.pk}", **change).status_code == 403, change


def test_an_experts_own_request_is_not_theirs_to_change(cast: Cast, program: As) -> None:
    ticket = asked(cast, "Own", by=cast.ben)
    answer = program(cast.ben).patch(f"/requests/{ticket.pk}", priority="urgent")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:balie:problem:own-request")


def test_both_numbers_of_merged_requests_are_found(cast: Cast, program: As, ticket: Ticket) -> None:
    other = asked(cast, "Printer again")
    merging.merge(other, into=ticket, by=cast.ben)
    ben = program(cast.ben)
    assert ben.get(f"/requests/{other.pk}").json()["number"] == ticket.pk
    assert len(ben.items(f"/requests/{other.pk}/messages")) == 2
    assert [one["number"] for one in ben.items("/requests")] == [ticket.pk]


def test_a_category_of_another_team_is_refused(cast: Cast, program: As, ticket: Ticket) -> None:
    Category.objects.create(team=cast.facilities, name="Keys")
    assert program(cast.ben).patch(f"/requests/{ticket.pk}", category="Keys").status_code == 422
