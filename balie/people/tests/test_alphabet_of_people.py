"""Long lists of people are in the order of the reader's language, as short ones are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import translation

from balie.people.models import Person
from balie.people.paging import A_PAGE, page_of
from balie.platform.alphabet import alphabetical, placed
from balie.platform.languages import CODES

pytestmark = pytest.mark.django_db

NAMES = (
    "Zoë Zon", "Ärzte Anna", "Arzt Bernd", "Éric Petit", "Erik Groot", "østergaard Ole", "Ostermann", "Straße", "Strasse A",
    "Łukasz", "Lukas", "Ñandú", "Nz", "O'Brien", "van Dijk", "Ça va", "Cb", "Ægir", "ada", "Ada B", "Ünal", "Đorđe", "Œuvre",
    "木村", "Йорг", "أحمد",
)  # fmt: skip


@pytest.mark.parametrize("code", sorted(CODES))
def test_postgresql_puts_names_in_the_order_that_short_lists_have(code: str) -> None:
    for number, name in enumerate(NAMES):
        Person.objects.create_employee(name=name, email=f"p{number}@balie.example")
    with translation.override(code):
        found = list(Person.objects.order_by(placed(), "pk").values_list("name", flat=True))
        assert found == alphabetical(found, by=str)
        for earlier, later in (("Ärzte Anna", "Cb"), ("Éric Petit", "Lukas"), ("østergaard Ole", "Zoë Zon")):
            assert found.index(earlier) < found.index(later)
    assert (found.index("Ñandú") > found.index("Nz")) == (code == "es")


def test_pages_follow_each_other_by_name_and_by_an_index() -> None:
    for number in range(A_PAGE + 10):
        Person.objects.create_employee(
            name=f"{'Éric' if number % 2 else 'Erik'} {number:03}", email=f"{number}@b.example"
        )
    first, cursor = page_of(Person.objects.employees(), "")
    second, end = page_of(Person.objects.employees(), cursor)
    assert (len(first), len(second), end) == (A_PAGE, 10, "")
    names = [person.name for person in (*first, *second)]
    assert names == alphabetical(names, by=str)
    with connection.cursor() as asked:
        asked.execute("SET LOCAL enable_seqscan = off")
        asked.execute("SET LOCAL enable_sort = off")
        plan = Person.objects.order_by(placed(), "pk")[:10].explain()
    assert "person_place" in plan
