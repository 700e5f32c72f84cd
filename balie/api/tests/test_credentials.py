"""Programs with credentials: what they may do is what their scopes and their allowed attributes say."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from balie.api import limits
from balie.api.tests.conftest import Program
from balie.config.tests.cast import Cast
from balie.organisation.models import Organisation
from balie.people.models import Attribute, AuditEntry, Credential, Person
from balie.platform import clock
from balie.tickets.models import Ticket


@pytest.fixture
def integration(cast: Cast) -> Any:
    """Credentials of Ben with these scopes and these attributes, and their secret."""

    def make(*scopes: str, allow: tuple[str, ...] = (), by: Person | None = None) -> Program:
        made, secret = Credential.issue(name=f"Rota {Credential.objects.count()}", scopes=scopes, by=by or cast.ben)
        made.allow(Attribute.objects.filter(key__in=allow).values_list("pk", flat=True))
        return Program(token=f"{made.key}.{secret}", client=Client())

    return make


def facts(answer: HttpResponse) -> dict[str, str]:
    (one,) = json.loads(answer.content)["items"]
    return {fact["label"]: fact["value"] for fact in one["facts"]}


def test_people_are_read_past_the_list_of_the_credentials(cast: Cast, integration: Any) -> None:
    cast.ada.attributes = {"office": "Utrecht", "department": "Sales", "iban": "NL01QUAGGA"}
    cast.ada.save()
    found = integration("people:read", allow=("office",)).get("/people", email="ada@balie.example")
    assert facts(found) == {
        "Name": "Ada Vermeer",
        "Status": "active",
        "Email": "ada@balie.example",
        "Office": "Utrecht",
    }
    everybody = integration("people:read").items("/people")
    assert len(everybody) == Person.objects.employees().count()
    assert "Utrecht" not in json.dumps(everybody)


def test_name_and_password_serve_as_well(cast: Cast, integration: Any) -> None:
    key, _, secret = integration("people:read").token.partition(".")
    for sent, status in ((f"{key}:{secret}", 200), (f"{key}:{secret}x", 401), ("nonsense", 401)):
        basic = base64.b64encode(sent.encode()).decode()
        assert Client().get("/api/v1/people", headers={"Authorization": f"Basic {basic}"}).status_code == status
    assert Client().get("/api/v1/people", headers={"Authorization": "Basic é"}).status_code == 401


def test_what_is_out_of_scope_is_refused(cast: Cast, integration: Any, ticket: Ticket) -> None:
    program = integration("people:read", "requests:read")
    assert program.get(f"/requests/{ticket.pk}").status_code == 200
    assert program.post(f"/requests/{ticket.pk}/messages", {"text": "Hello"}).status_code == 403
    for path in ("/teams", "/statuses", "/deliveries", "/credentials", "/nowhere"):
        assert program.get(path).status_code == 403, path


def test_requests_are_what_the_person_may(cast: Cast, integration: Any, ticket: Ticket, secret: Ticket) -> None:
    program = integration("requests:read", "requests:write")
    assert [one["number"] for one in program.items("/requests")] == [ticket.pk]
    assert program.get(f"/requests/{secret.pk}").status_code == 404
    said = program.post(f"/requests/{ticket.pk}/messages", {"text": "Fixed."}, key="one")
    assert said.status_code == 201
    assert json.loads(said.content)["author"]["id"] == cast.ben.pk
    Person.objects.filter(pk=cast.ben.pk).update(status=Person.Status.INACTIVE)
    refused = program.get("/requests")
    assert refused.status_code == 403
    assert "act as nobody" in json.loads(refused.content)["detail"]


def test_problems_are_in_the_language_of_whom_it_acts_as(cast: Cast, integration: Any) -> None:
    german = integration("people:read", by=cast.hanna)
    assert "Anmeldedaten" in json.loads(german.get("/teams").content)["detail"]
    Organisation.objects.update(language="fr")
    Credential.objects.update(acts_as=None)
    assert "identifiants" in json.loads(german.get("/teams").content)["detail"]


def test_revoked_credentials_are_unknown(cast: Cast, integration: Any) -> None:
    program = integration("people:read")
    Credential.objects.get(name__startswith="Rota").revoke()
    assert program.get("/people").status_code == 401


def test_a_new_secret_does_not_begin_the_limit_anew(cast: Cast, integration: Any) -> None:
    program = integration("people:read")
    made = Credential.objects.get(name__startswith="Rota")
    with time_machine.travel(clock.now(), tick=False):
        for _ in range(limits.READS_A_MINUTE):
            limits.reads.seconds_to_wait(made.key)
        program.token = f"{made.key}.{made.rotate()}"
        answer = program.get("/people")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_administrators_make_change_and_revoke_them(cast: Cast, program: Any) -> None:
    eva = program(cast.eva)
    answer = eva.post("/credentials", {"name": "Rota", "scopes": ["people:read"], "attributes": ["office"]})
    assert answer.status_code == 201
    made = json.loads(answer.content)
    own = Program(token=f"{made['key']}.{made['secret']}", client=Client())
    assert own.get("/people").status_code == 200
    assert "secret" not in json.loads(eva.get(f"/credentials/{made['id']}").content)
    changed = eva.patch(f"/credentials/{made['id']}", scopes=["teams:read"], attributes=[])
    assert (json.loads(changed.content)["scopes"], json.loads(changed.content)["attributes"]) == (["teams:read"], [])
    assert own.get("/people").status_code == 403
    fresh = json.loads(eva.post(f"/credentials/{made['id']}/rotation").content)["secret"]
    assert own.get("/teams").status_code == 401
    own.token = f"{made['key']}.{fresh}"
    assert own.get("/teams").status_code == 200
    assert eva.post(f"/credentials/{made['id']}/revocation").status_code == 200
    assert own.get("/teams").status_code == 401
    assert [one["name"] for one in eva.items("/credentials")] == ["Conversations", "Rota"]
    # Each of the four is in the audit log, as if a page had done it.
    log = AuditEntry.objects.filter(kind="credentials_changed", facts__name="Rota").order_by("pk")
    assert [(one.by, one.facts["attributes"], one.facts["scopes"]) for one in log] == [
        (cast.eva, ["office"], ["people:read"]), *[(cast.eva, [], ["teams:read"])] * 3,
    ]  # fmt: skip


def test_what_is_never_shared_is_refused_here_too(cast: Cast, program: Any) -> None:
    own = Credential.objects.get(is_system=True)
    refused = program(cast.eva).patch(f"/credentials/{own.pk}", attributes=["iban"])
    assert refused.status_code == 409
    assert program(cast.eva).patch(f"/credentials/{own.pk}", attributes=["nothing"]).status_code == 422
    assert program(cast.ben).get("/credentials").status_code == 403
