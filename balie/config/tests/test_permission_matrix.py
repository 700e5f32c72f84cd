"""Who may do what: every address and every operation, asked by the whole cast, and nothing private in any answer.

`permission_table.py` says what each caller is answered. An address that is not in it fails this test: whoever adds one decides
who it is for. Each line is `name object`, then GET/POST (for the API: the operation) for each caller in the table's order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from balie.api import limits
from balie.api.desk import desk
from balie.config.gate import audience_of
from balie.config.tests.cast import Cast
from balie.config.tests.permission_table import OPERATIONS, PAGES
from balie.config.tests.small_world import CALLERS, SEARCHED, World, leaked, make_world
from balie.people.models import Credential
from balie.platform import cursors
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import TicketQuerySet

# What forms send; a form takes what it knows of it.
FIELDS = {
    "text": "Hello", "subject": "Changed", "kind": "reply", "reason": "An audit", "q": SEARCHED, "name": "Name", "role": "expert",
    "priority": "3", "email": "nobody@elsewhere.example", "address": "dov@balie.example",
}  # fmt: skip
# The administrator who gives a reason, which the team reads, is shown what she asked for (product, rule 4).
OPENED_WITH_A_REASON = ("eva", "POST", "workspace:disclosure")


@dataclass(frozen=True)
class Route:
    """One address of the resolver."""

    name: str
    parameters: tuple[str, ...]
    view: Any


def routes() -> dict[str, Route]:
    return {route.name: route for route in _walked(get_resolver().url_patterns, "")}


def _walked(patterns: Any, space: str) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walked(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            parameters = tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)
            yield Route(f"{space}{pattern.name or pattern.pattern}", parameters, pattern.callback)


def table(written: str) -> dict[tuple[str, str], list[str]]:
    rows = [line.split() for line in written.strip().splitlines()]
    found = {(row[0], row[1]): row[2:] for row in rows}
    assert len(found) == len(rows), "a line stands there twice"
    return found


def arguments(route: Route, kind: str, world: World) -> dict[str, Any]:
    """The objects of this kind that the address names."""
    cast, ticket = world.cast, world.ticket(kind)
    of_name = {
        "file": world.attachments[kind].pk, "administration:arrival-attempt": world.arrivals[kind].pk,
        "administration:delivery-attempt": world.deliveries[kind].pk,
        "administration:person": cast.ada.pk, "administration:person-roles": cast.ada.pk,
        "administration:person-role-removal": cast.ben.pk, "administration:role": world.role.pk,
        "administration:role-deletion": world.role.pk, "administration:role-members": world.role.pk,
        "administration:role-member-removal": world.role.pk,
        "viewing": cast.hanna.pk if kind == "secret" else cast.ada.pk,
        "directory:profile": ticket.requester_id, "directory:history": ticket.requester_id,
        "directory:section": ticket.requester_id, "directory:basics": ticket.requester_id,
        "directory:slack-separation": ticket.requester_id,
        "directory:proposal-approval": world.proposal.pk, "directory:proposal-refusal": world.proposal.pk,
        "account_token_revocation": world.token_of_hanna,
    } if kind != "-" else {}  # fmt: skip
    if route.name.startswith("administration:credential"):
        of_name[route.name] = Credential.objects.get(is_system=True).pk
    team = cast.people if kind == "secret" else cast.it
    is_team = route.name.startswith(
        (
            "administration:team",
            "administration:member",
            "administration:categor",
            "administration:special",
            "administration:sla",
        )
    )
    of_deleted = route.name in ("administration:restoration", "workspace:restoration") and kind == "secret"
    values = {
        "number": world.deleted.pk if of_deleted else ticket.pk,
        "message": world.messages[kind].pk if kind != "-" else 0,
        "delivery": world.deliveries[kind].pk if kind != "-" else 0,
        "follower": cast.cleo.pk, "link": 987654, "person": cast.ben.pk, "category": cast.hardware.pk,
        "other": world.open.pk if kind == "secret" else world.secret.pk,
        "pk": of_name.get(route.name, team.pk if is_team else 987654),
        "project": world.projects[kind].pk if kind != "-" else 0, "task": world.tasks[kind].pk if kind != "-" else 0,
        "rule": 987654, "member": 987654,
        "feature": "projects",
        "address": 987654, "day": 987654, "draft": 987654, "slip": "made-up", "name": "x", "token": "made-up", "uidb36": "1",
        "key": "contact" if route.name == "directory:section" else "made-up", "role": world.role.pk,
        "choice": 987654, "kind": "csv",
    }  # fmt: skip
    return {name: values[name] for name in route.parameters}


def answer(client: Client, method: str, address: str, *, data: Any = None, **more: Any) -> tuple[int, str]:
    """The status, and all that the caller read on the way: what was changed is undone, in the browser too."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        ask = client.get if method == "GET" else client.post
        response = ask(address, data, follow=True, REMOTE_ADDR="10.0.0.9", **more)
        chain = getattr(response, "redirect_chain", [])
        read = _read(response) + " ".join(f"{place}" for place, _status in chain)
        transaction.set_rollback(True)
    client.cookies = cookies
    return (chain[0][1] if chain else response.status_code), read


def _read(response: HttpResponse) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return content.decode("utf-8", "replace") + headers + response.cookies.output()


def client_of(caller: str, world: World) -> Client:
    client, person = Client(raise_request_exception=False), world.people[caller]
    if person is not None:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def pages_seen(caller: str, world: World) -> Iterator[tuple[tuple[str, str], str]]:
    """Each line of the table as this caller is answered now; fails on a word that they may not read."""
    known = routes()
    client = client_of(caller, world)
    fields = FIELDS | {"status": Status.preset(Group.WAITING).pk}
    for name, kind in table(PAGES):
        route = known.get(name)
        if route is None:
            continue
        address = reverse(name, kwargs=arguments(route, kind, world))
        cell = []
        for method in ("GET", "POST"):
            status, read = answer(client, method, address, data=fields if method == "POST" else None)
            if (caller, method, name) != OPENED_WITH_A_REASON:
                assert not leaked(read, to=caller), (caller, method, address, leaked(read, to=caller))
            cell.append(str(status))
        yield (name, kind), "/".join(cell)


def test_every_address_is_in_the_table_and_says_whom_it_is_for() -> None:
    known = {name: route for name, route in routes().items() if not name.startswith("api:") or "openapi" in name}
    named = {name for name, _kind in table(PAGES)}
    assert sorted(known.keys() - named) == [], "decide who these are for, in permission_table.py"
    assert sorted(named - known.keys()) == [], "these are gone"
    assert [name for name, route in routes().items() if audience_of(route.view) is None] == []
    for name, route in known.items():
        kinds = {kind for one, kind in table(PAGES) if one == name}
        wanted = (
            {"open", "secret"} if {"number", "message", "delivery"} & set(route.parameters) or name == "file" else set()
        )
        assert wanted <= kinds, name


@pytest.mark.parametrize("caller", CALLERS)
def test_every_page_answers_as_the_table_says_and_tells_nothing_private(caller: str, world: World) -> None:
    place = CALLERS.index(caller)
    said = {line: cells[place] for line, cells in table(PAGES).items()}
    differing = {line: f"{cell}, not {said[line]}" for line, cell in pages_seen(caller, world) if cell != said[line]}
    assert differing == {}


def operations() -> dict[str, tuple[str, str]]:
    paths = desk.get_openapi_schema()["paths"]
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


BODIES = {
    "open_request": {"team": "people", "text": "Hello"},
    "change_request": {"group": "resolved"},
    "say": {"text": "Hello"},
    "make_attribute": {"label": "Badge", "section": "work"},
    "change_attribute": {"is_sensitive": True},
    "create_team": {"name": "Name"},
    "change_team": {"name": "Name"},
    "archive_team": {"requests": "resolve"},
    "add_member": {"person": "dov@balie.example"},
    "add_category": {"name": "Name"},
    "change_category": {"name": "Name"},
    "set_hours": {"items": []},
    "create_status": {"names": {"en": "Name"}, "group": "todo"},
    "change_status": {"colour": "sea"},
    "archive_status": {"replacement": "todo"},
    "make_credential": {"name": "Rota"},
    "change_credential": {"attributes": ["office"]},
    "add_sla_rule": {"team": "it", "response_minutes": 60},
}


def operation_address(name: str, path: str, kind: str, world: World) -> str:
    ids = {
        "get_attachment": world.attachments, "retry_arrival": world.arrivals, "retry_delivery": world.deliveries,
    }  # fmt: skip
    person = world.people["external"] if kind == "secret" else world.cast.ada
    assert person is not None
    found = ids[name][kind].pk if name in ids and kind != "-" else person.pk
    found = world.role.pk if name == "get_role" else found
    if name.endswith("credential"):
        found = Credential.objects.get(is_system=True).pk
    team = "people" if kind == "secret" else "it"
    return (
        path.replace("{number}", str(world.ticket(kind).pk))
        .replace("{id}", str(found))
        .replace("{team}", team)
        .replace("{key}", "waiting" if "/statuses/" in path else "office")
        .replace("{rule}", "987654")
    )


def call(caller: str, world: World, method: str, address: str, *, body: Any = None) -> tuple[int, str]:
    limits.reads.forget()
    limits.writes.forget()
    token = world.tokens.get(caller)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = client_of(caller, world)
    with transaction.atomic():
        sent = json.dumps(body) if body is not None else ""
        response = client.generic(method, address, sent, "application/json", headers=headers)
        read = _read(response)
        transaction.set_rollback(True)
    return response.status_code, read


def operations_seen(caller: str, world: World) -> Iterator[tuple[tuple[str, str], str]]:
    known = operations()
    for name, kind in table(OPERATIONS):
        if name not in known:
            continue
        method, path = known[name]
        address = operation_address(name, path, kind, world)
        body = BODIES.get(name) if method != "GET" else None
        if body and name == "add_sla_rule" and kind == "secret":
            body = {**body, "team": "people"}
        status, read = call(caller, world, method, address, body=body)
        assert not leaked(read, to=caller), (caller, method, address, leaked(read, to=caller))
        yield (name, kind), str(status)


@pytest.mark.django_db
def test_every_operation_is_in_the_table() -> None:
    named = {name for name, _kind in table(OPERATIONS)}
    assert sorted(operations().keys() - named) == [], "decide who these are for, in permission_table.py"
    assert sorted(named - operations().keys()) == [], "these are gone"


@pytest.mark.parametrize("caller", CALLERS)
def test_every_operation_answers_as_the_table_says_and_tells_nothing_private(caller: str, world: World) -> None:
    place = CALLERS.index(caller)
    said = {line: cells[place] for line, cells in table(OPERATIONS).items()}
    differing = {
        line: f"{cell}, not {said[line]}" for line, cell in operations_seen(caller, world) if cell != said[line]
    }
    assert differing == {}


def asked_for_secrets(world: World) -> Iterator[str]:
    """Lists, counts and searches, asked for exactly what is private."""
    cast, secret = world.cast, world.secret
    stranger = world.people["external"]
    assert stranger is not None
    for query in (
        f"q={SEARCHED}", f"q={secret.pk}", f"q=%23{secret.pk}", "team=people", f"team={cast.people.pk}",
        f"requester={stranger.pk}",
        f"q={SEARCHED}&team=people", "status=todo&limit=200", "assignee=none", "updated_since=2020-01-01T00:00:00Z",
    ):  # fmt: skip
        yield f"/api/v1/requests?{query}"
    yield from ("/api/v1/people?limit=200", "/api/v1/people?q=quen", "/api/v1/people?email=axolotl%40elsewhere.example")
    yield from (
        "/api/v1/arrivals?state=failed",
        "/api/v1/deliveries?state=refused",
        f"/api/v1/requests/{world.deleted.pk}",
    )
    yield f"/api/v1/requests/{world.open.pk}/events"
    inbox, changes = reverse("workspace:inbox"), reverse("workspace:changes")
    for query in (f"team={cast.people.pk}", "view=unassigned", "view=followed", "group=todo", f"q={SEARCHED}"):
        yield f"{inbox}?{query}"
        yield f"{changes}?{query}&shown={secret.pk}.1.1&mark={cursors.encode(None)}"
    yield reverse("workspace:request", args=[world.deleted.pk])
    for part in ("timeline", "panel"):
        yield f"{reverse('workspace:request', args=[world.open.pk])}?part={part}&images={world.messages['secret'].pk}"
        yield f"{reverse('workspace:request', args=[secret.pk])}?part={part}"
    original = reverse("workspace:original", args=[world.open.pk, world.messages["secret"].pk])
    yield original
    troubles = reverse("administration:troubles")
    for query in ("what=deliveries", "what=arrivals&state=failed", "what=deliveries&state=refused"):
        yield f"{troubles}?{query}"
    yield from (f"{reverse('administration:people')}?q=quent", reverse("administration:deleted"))
    yield f"{reverse('portal:requests')}?q={SEARCHED}"


@pytest.mark.parametrize("caller", CALLERS)
def test_no_list_count_or_search_tells_of_what_is_private(caller: str, world: World) -> None:
    client, token = client_of(caller, world), world.tokens.get(caller)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for address in asked_for_secrets(world):
        limits.reads.forget()
        _status, read = answer(client, "GET", address, headers=headers)
        # The search itself stands in its own form.
        assert not leaked(read, to=caller), (caller, address, leaked(read, to=caller))


def test_what_is_not_there_and_what_is_private_look_alike(world: World) -> None:
    for caller in ("ada", "ben", "dov", "eva"):
        for address in ("/requests/{}", "/my/requests/{}", "/api/v1/requests/{}", "/api/v1/requests/{}/messages"):
            answers = []
            numbers = (world.secret.pk, 987_654_321)
            for number in numbers:
                ask = call(caller, world, "GET", address.format(number)) if "api" in address else answer(
                    client_of(caller, world), "GET", address.format(number)
                )  # fmt: skip
                read = re.sub(rf"\b({'|'.join(map(str, numbers))})\b", "N", ask[1])
                answers.append((ask[0], _without_tokens(read)))
            assert answers[0] == answers[1], (caller, address)


@pytest.mark.parametrize("question", ["visible_to", "worked_on_by"])
def test_the_matrix_notices_when_a_question_forgets_the_private_teams(
    question: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def all_of_them(self: TicketQuerySet, person: object) -> TicketQuerySet:
        return self.present()

    monkeypatch.setattr(type(Ticket.objects.all()), question, all_of_them)
    monkeypatch.setattr(type(Ticket.objects), question, lambda self, person: self.get_queryset().present())
    seen = operations_seen if question == "visible_to" else pages_seen
    with pytest.raises(AssertionError, match=r"Pelikaan|narwhal"):
        list(seen("dov", world))


def _without_tokens(read: str) -> str:
    """Without what differs each time: tokens against forgery, keys of forms, lengths, when it was drawn."""
    read = re.sub(r'(name="(?:csrfmiddlewaretoken|once)" value=")[^"]*', r"\1", read)
    return re.sub(r"(?i)(content-length: \d+|set-cookie: [^\r\n]*|data-(?:since|live)=[\"']\d+[\"'])", "", read)
