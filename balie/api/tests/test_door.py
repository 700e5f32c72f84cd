"""Who may call, how often, how much, and what happens when something goes wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client

from balie.api import door, limits
from balie.api.models import Answer
from balie.api.tests.conftest import Program
from balie.config.tests.cast import Cast
from balie.people.models import ApiToken, Person
from balie.platform import clock
from balie.platform.languages import CODES
from balie.tickets.models import Message, Ticket

As = Callable[[Person], Program]


def test_without_a_token_nobody_gets_in(cast: Cast, ticket: Ticket) -> None:
    client = Client()
    client.force_login(cast.ben, backend="allauth.account.auth_backends.AuthenticationBackend")
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}):
        answer = client.get(f"/api/v1/requests/{ticket.pk}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["instance"] == f"/api/v1/requests/{ticket.pk}"


def test_a_revoked_token_and_one_of_a_person_who_left_open_nothing(cast: Cast, program: As) -> None:
    ben, dov = program(cast.ben), program(cast.dov)
    ApiToken.objects.get(person=cast.ben).revoke()
    Person.objects.filter(pk=cast.dov.pk).update(status="inactive")
    assert (ben.get("/requests").status_code, dov.get("/requests").status_code) == (401, 401)


def test_every_fault_is_a_problem_document(cast: Cast, program: As, ticket: Ticket) -> None:
    ben = program(cast.ben)
    for answer, status in (
        (ben.get("/nowhere"), 404), (ben.get("/requests/"), 404), (ben.get("/requests/99999999999999999999999"), 404),
        (ben.post("/roles"), 405), (ben.get("/requests", limit=0), 422), (ben.get("/requests", group="x"), 422),
        (ben.get("/requests", q="a\0b"), 400), (ben.post("/requests", {"team": "it", "subjet": "x"}), 422),
        (ben.post("/requests", []), 422), (ben.get("/requests", updated_since="0001-01-01T00:00:00+14:00"), 422),
        (ben.client.post("/api/v1/requests", b"{", "application/json", headers=ben._headers({})), 400),
        (ben.client.post("/api/v1/requests", b"[" * 100_000, "application/json", headers=ben._headers({})), 400),
        (ben.client.post("/api/v1/requests", b"x", "multipart/form-data; boundary=", headers=ben._headers({})), 400),
        (ben.post("/requests", {"team": "it", "text": "half \ud800"}), 201),
    ):  # fmt: skip
        assert answer.status_code == status, (answer.content, status)
        if status >= 400:
            said = answer.json()
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert set(said) - {"errors"} == {"type", "title", "status", "detail", "instance"}
            assert said["status"] == status
    assert "GET" in ben.post("/roles").headers["Allow"]
    assert ben.get("/requests", limit=201).json()["errors"][0]["parameter"] == "limit"
    assert ben.post("/requests", {"text": "x"}).json()["errors"][0]["pointer"] == "#/team"


def test_what_nobody_expected_is_a_problem_too_and_changes_nothing(
    cast: Cast, program: As, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: Ticket, **more: object) -> None:
        Ticket.objects.update(subject="half done")
        raise ZeroDivisionError("quagga")

    monkeypatch.setattr(Ticket, "rename", breaks)
    answer = program(cast.ben).patch(f"/requests/{ticket.pk}", subject="x")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert b"quagga" not in answer.content
    assert not Ticket.objects.filter(subject="half done").exists()


def test_a_database_that_is_away_asks_to_come_back(cast: Cast, program: As, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(token: str) -> None:
        raise OperationalError("no route to db.internal")

    ben = program(cast.ben)
    monkeypatch.setattr(ApiToken, "holder", away)
    answer = ben.get("/requests")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"internal" not in answer.content


def test_each_person_is_refused_in_their_own_language(cast: Cast, program: As) -> None:
    assert program(cast.ada).get("/nowhere").headers["Content-Language"] == "nl"
    assert program(cast.ben).get("/nowhere").headers["Content-Language"] == "en"
    anonymous = Client().get("/api/v1/requests", headers={"Accept-Language": "de"})
    assert anonymous.headers["Content-Language"] == "de"


@pytest.mark.parametrize("language", sorted(CODES - {"en"}))
def test_a_problem_is_wholly_in_the_callers_language(cast: Cast, program: As, ticket: Ticket, language: str) -> None:
    ben, path = program(cast.ben), f"/requests/{ticket.pk}"
    Ticket.objects.filter(pk=ticket.pk).update(requester=cast.ben)

    def asked(code: str) -> list[str]:
        Person.objects.filter(pk=cast.ben.pk).update(language=code)
        answers = [
            ben.get("/nowhere"), ben.post("/roles"), ben.get("/requests", limit=0), ben.get("/requests", q="a\0b"),
            ben.post("/requests", {"subjet": 1, "text": 2, "team": ""}), ben.patch(path, due_on="soon", priority="x"),
            ben.patch(path, team="facilities"), ben.get("/credentials"),
            ben.post("/requests", {"team": "it", "text": "x" * 3_000_000}),
            ben.post("/requests", {"team": "it", "text": "x"}, key="x" * 300),
            ben.client.get("/api/v1/requests", headers={"Accept-Language": code}),
        ]  # fmt: skip
        assert all(answer.status_code >= 400 and answer.headers["Content-Language"] == code for answer in answers)
        documents = [answer.json() for answer in answers]
        said = [
            [one["title"], one["detail"], *(fault["detail"] for fault in one.get("errors", []))] for one in documents
        ]
        return [words for document in said for words in document]

    english, theirs = asked("en"), asked(language)
    assert len(english) == len(theirs)
    assert [words for words, told in zip(english, theirs, strict=True) if words == told] == []


def test_too_many_requests_are_asked_to_wait_as_long_as_it_takes(
    cast: Cast, program: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "reads", limits.Limit(a_minute=3))
    ben, eva = program(cast.ben), program(cast.eva)
    with time_machine.travel(clock.now(), tick=False) as travel:
        assert [ben.get("/statuses").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = ben.get("/statuses")
        assert (answer.headers["Retry-After"], answer.json()["status"]) == ("20", 429)
        assert eva.get("/statuses").status_code == 200
        assert ben.post("/requests", {"team": "it", "text": "x"}).status_code == 201
        travel.shift(20)
        assert [ben.get("/statuses").status_code for _ in range(2)] == [200, 429]


def test_a_body_that_is_too_large_is_refused_unread(cast: Cast, program: As, monkeypatch: pytest.MonkeyPatch) -> None:
    ben = program(cast.ben)
    assert ben.post("/requests", {"team": "it", "text": "x" * 3_000_000}).status_code == 413
    monkeypatch.setattr(door, "LARGEST_BODY", 1000)
    assert ben.post("/requests", {"team": "it", "text": "x" * 2000}).status_code == 413


def test_the_same_key_twice_is_one_request_with_one_answer(cast: Cast, program: As) -> None:
    ada, body = program(cast.ada), {"team": "it", "text": "Help"}
    first, second = ada.post("/requests", body, key="k1"), ada.post("/requests", body, key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (second.headers["Location"], second.headers["Idempotency-Replayed"]) == (first.headers["Location"], "true")
    assert "Idempotency-Replayed" not in first.headers
    assert ada.post("/requests", {"team": "it", "text": "Other"}, key="k1").status_code == 422
    assert program(cast.cleo).post("/requests", body, key="k1").status_code == 201
    assert Ticket.objects.count() == 2


def test_a_form_with_files_is_known_again_whatever_its_boundary(cast: Cast, program: As) -> None:
    ada = program(cast.ada)

    def send(content: bytes) -> int:
        file = SimpleUploadedFile("a.txt", content)
        fields = {"team": "it", "text": "Help", "files": [file]}
        return ada.send("/requests", fields, **{"Idempotency-Key": "k2"}).status_code

    assert [send(b"one"), send(b"one"), send(b"two")] == [201, 201, 422]
    assert Ticket.objects.count() == 1


def test_a_key_of_a_refused_request_can_be_used_again(cast: Cast, program: As) -> None:
    ada = program(cast.ada)
    assert ada.post("/requests", {"team": "nowhere", "text": "Help"}, key="k3").status_code == 422
    assert ada.post("/requests", {"team": "it", "text": "Help"}, key="k3").status_code == 201
    assert ada.post("/requests", {"team": "it", "text": "Help"}, key="").status_code == 422
    assert ada.post("/requests", {"team": "it", "text": "Help"}, key="k" * 256).status_code == 422


def test_after_a_day_a_key_is_forgotten(cast: Cast, program: As) -> None:
    ada, body = program(cast.ada), {"team": "it", "text": "Help"}
    ada.post("/requests", body, key="k4")
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        ada.post("/requests", body, key="k4")
        assert Ticket.objects.count() == 2
        assert Answer.forget_old() == 0
    with time_machine.travel(clock.now() + timedelta(hours=50)):
        assert Answer.forget_old() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_is_one_message(committed_cast: Cast) -> None:
    from balie.tickets.words import Words

    cast = committed_cast
    ticket = Ticket.open(team=cast.it, requester=cast.ada, subject="x", words=Words.from_text("x"), channel="web")
    ben = Program(token=ApiToken.issue(person=cast.ben, name="test"), client=Client())
    start, answers = threading.Barrier(5), []

    def say() -> None:
        start.wait()
        try:
            mine = Program(token=ben.token, client=Client())
            answers.append(mine.post(f"/requests/{ticket.pk}/messages", {"text": "Once"}, key="same"))
        finally:
            connection.close()

    threads = [threading.Thread(target=say) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Message.objects.filter(text="Once").count() == 1


def test_the_description_is_open_to_all_and_loads_nothing_from_elsewhere(db: None) -> None:
    document = json.loads(Client().get("/api/v1/openapi.json").content)
    assert document["openapi"].startswith("3.1")
    for method in ("get", "post", "patch"):
        for operations in document["paths"].values():
            assert "default" in operations.get(method, {"responses": {"default": 1}})["responses"]
    assert {"name": "Idempotency-Key"}.items() <= document["paths"]["/api/v1/requests"]["post"]["parameters"][
        -1
    ].items()
    assert document["paths"]["/api/v1/requests"]["post"]["security"] == [{"Bearer": []}, {"Basic": []}]
    page = Client().get("/api/v1/docs").content.decode()
    assert "http://" not in page
    assert "https://" not in page
    assert "//cdn" not in page
