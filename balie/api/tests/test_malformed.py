"""Whatever is sent to an operation of the OpenAPI document, the answer is one of the document's, and never a broken one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balie.api import limits
from balie.api.desk import desk
from balie.api.tests.conftest import Program
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.tickets.models import Ticket

As = Callable[[Person], Program]

ODD = st.sampled_from(
    ["", " ", "me", "none", "-1", "0", "1", "9" * 18, "9" * 19, "9" * 30, "9" * 5000, "1.0", "NaN", "true", "null", "[]", "it",
     "IT@", "@", "'", '"', "\\", "%", "_", "\0", "a\0b", "\ud800", "\u202e", "😀", "٣", "²", "x" * 5000, "& | ! ( ) :*", "<->",
     '"a b" -c or', "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-11-23", "2026-02-30", "a.b", "../..", "resolved",
     "todo"]
)  # fmt: skip
VALUES = st.one_of(ODD, st.text(max_size=30), st.integers(-(2**70), 2**70).map(str))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), VALUES),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(VALUES, inner, max_size=4)),
    max_leaves=8,
)


def operations() -> list[Any]:
    # While tests are collected there is no database to ask what the plan has.
    with mock.patch("balie.api.desk.is_open", return_value=True):
        paths = desk.get_openapi_schema()["paths"]
    return [
        pytest.param(method, path, operation, id=operation["operationId"])
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def likely(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of the kind that the schema asks for, and others."""
    kinds = [schema, *schema.get("anyOf", []), schema.get("items", {})]
    named: list[Any] = [value for kind in kinds for value in kind.get("enum", [])]
    right = [st.sampled_from(named)] if named else []
    if name in ("text", "subject"):
        right = [st.text(max_size=50)]
    if name == "team":
        right = [st.sampled_from(["it", "people", "facilities"])]
    if any(kind.get("type") == "array" for kind in kinds):
        right.append(st.lists(VALUES, max_size=3))
    return st.one_of(*right, VALUES, JSON)


def bodies(operation: dict[str, Any]) -> st.SearchStrategy[Any]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    fields = {name: likely(name, field) for name, field in schema.get("properties", {}).items()}
    fitting = st.fixed_dictionaries({}, optional=fields) if fields else st.just({})
    return st.one_of(fitting, fitting, JSON)


def encoded(value: object) -> str:
    return quote(str(value).encode("utf-8", "surrogatepass"), safe="")


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "operation"), operations())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(choose=st.data())
def test_nothing_malformed_breaks_an_operation(
    choose: st.DataObject, cast: Cast, ticket: Ticket, program: As, method: str, path: str, operation: dict[str, Any]
) -> None:
    limits.reads.forget()
    limits.writes.forget()
    query = {}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            known = st.just(ticket.pk if parameter["name"] == "number" else "it" if parameter["name"] == "team" else 1)
            path = path.replace(f"{{{parameter['name']}}}", encoded(choose.draw(st.one_of(known, known, VALUES))))
        elif parameter["in"] == "query" and choose.draw(st.booleans()):
            query[parameter["name"]] = choose.draw(likely(parameter["name"], parameter["schema"]))
    address = path + ("?" + "&".join(f"{name}={encoded(value)}" for name, value in query.items()) if query else "")
    caller = program(choose.draw(st.sampled_from([cast.ben, cast.eva, cast.ada])))
    body = json.dumps(choose.draw(bodies(operation))).encode() if method != "get" else b""
    key = choose.draw(st.sampled_from([None, None, "", "k", "é", "k" * 300]))
    headers = {"Authorization": f"Bearer {caller.token}"} | ({"Idempotency-Key": key} if key is not None else {})
    answer = caller.client.generic(method.upper(), address, body, "application/json", headers=headers)
    assert answer.status_code < 500, (address, body, answer.content)
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
    else:
        assert str(answer.status_code) in {str(status) for status in operation["responses"]}
