"""`/api/v1/attributes`: what profiles can hold, in the caller's language; administrators make and change it."""

import json
from collections.abc import Callable

import pytest

from balie.api.tests.conftest import Program
from balie.config.tests.cast import Cast
from balie.people.models import Attribute, Person

pytestmark = pytest.mark.django_db

As = Callable[[Person], Program]


def test_everybody_reads_what_profiles_hold_in_their_language(cast: Cast, program: As) -> None:
    found = program(cast.ada).items("/attributes")
    (office,) = [one for one in found if one["key"] == "office"]
    assert (office["label"], office["type"], office["section"]) == ("Kantoor", "text", {"key": "work", "label": "Werk"})
    (salary,) = [one for one in found if one["key"] == "salary"]
    assert salary["is_never_shared"]
    assert json.loads(program(cast.ada).get("/attributes/office").content)["key"] == "office"
    assert program(cast.ada).get("/attributes/ghost").status_code == 404


def test_administrators_make_and_change_attributes(cast: Cast, program: As) -> None:
    eva = program(cast.eva)
    answer = eva.post("/attributes", {"label": "Shirt", "section": "work", "type": "choice", "choices": ["S", "M"]})
    assert answer.status_code == 201
    assert [one["key"] for one in json.loads(answer.content)["choices"]] == ["s", "m"]
    answer = eva.patch("/attributes/shirt", labels={"nl": "Maat"}, is_required=True)
    assert answer.status_code == 200
    assert Attribute.objects.get(key="shirt").labels == {"nl": "Maat"}
    cast.ada.attributes = {"shirt": "m"}
    cast.ada.save()
    answer = eva.patch("/attributes/shirt", type="number")
    assert (answer.status_code, json.loads(answer.content)["type"]) == (409, "urn:balie:problem:values-would-be-lost")
    assert eva.patch("/attributes/office", label="Castle").status_code == 409
    assert eva.patch("/attributes/salary", is_never_shared=False).status_code == 409
    for body in ({"label": "X", "section": "ghost"}, {"label": "\u200b", "section": "work"}, {"section": "work"},
                 {"label": "X", "section": "work", "labels": {"tlh": "X"}}):  # fmt: skip
        assert eva.post("/attributes", body).status_code == 422


def test_nobody_else_does(cast: Cast, program: As) -> None:
    for person in (cast.ada, cast.ben):
        assert program(person).post("/attributes", {}).status_code == 403
        assert program(person).patch("/attributes/office", is_sensitive=True).status_code == 403
