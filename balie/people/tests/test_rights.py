"""Who may see, propose and change what of whom: a table of cases for the one module that decides it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.db.models import IntegerField, Value
from django.test.utils import CaptureQueriesContext

from balie.config.tests.cast import Cast
from balie.people import roles
from balie.people.models import Area, Attribute, Level, Person, Right, Role, Scope, Section
from balie.people.rights import Rights
from balie.people.roles import Outline
from balie.platform import clock

VIEW, PROPOSE, EDIT = Level.VIEW, Level.PROPOSE, Level.EDIT


@dataclass(frozen=True)
class Case:
    """What everybody, and what the viewer's own role, may; and how far that goes for one section of one person."""

    viewer: str
    of: str
    section: str
    level: int
    everybody: dict[tuple[str, Scope], Level] = field(default_factory=dict)
    own: dict[tuple[str, Scope], Level] = field(default_factory=dict)
    group: tuple[str, str] | None = None


OF_GROUP = {("work", Scope.GROUP): EDIT}
CASES = {
    "nothing without a right": Case("ada", "ben", "work", 0),
    "not even of oneself": Case("ada", "ada", "work", 0),
    "one's own profile": Case("ada", "ada", "contact", EDIT, everybody={("contact", Scope.OWN): EDIT}),
    "one's own is nobody else's": Case("ben", "ada", "contact", 0, everybody={("contact", Scope.OWN): EDIT}),
    "a section is not another one": Case("ada", "ada", "pay", 0, everybody={("contact", Scope.OWN): EDIT}),
    "everybody's": Case("ada", "dov", "work", VIEW, everybody={("work", Scope.EVERYBODY): VIEW}),
    "everybody's is one's own too": Case("ada", "ada", "work", VIEW, everybody={("work", Scope.EVERYBODY): VIEW}),
    "a supervisor sees reports": Case("cleo", "ada", "pay", VIEW, everybody={("pay", Scope.REPORTS): VIEW}),
    "indirect reports too": Case("eva_lead", "ada", "pay", VIEW, everybody={("pay", Scope.REPORTS): VIEW}),
    "not themselves by that": Case("cleo", "cleo", "pay", 0, everybody={("pay", Scope.REPORTS): VIEW}),
    "a report does not see the supervisor": Case("ada", "cleo", "pay", 0, everybody={("pay", Scope.REPORTS): VIEW}),
    "a colleague is no report": Case("cleo", "ben", "pay", 0, everybody={("pay", Scope.REPORTS): VIEW}),
    "a group by an attribute": Case("ben", "ada", "work", EDIT, own=OF_GROUP, group=("office", "Utrecht")),
    "others are not in the group": Case("ben", "dov", "work", 0, own=OF_GROUP, group=("office", "Utrecht")),
    "one of several values makes a group": Case("ben", "ada", "work", EDIT, own=OF_GROUP, group=("languages", "nl")),
    "a number makes a group": Case("ben", "ada", "work", EDIT, own=OF_GROUP, group=("floor", "3")),
    "yes makes a group": Case("ben", "ada", "work", EDIT, own=OF_GROUP, group=("drives", "true")),
    "whoever has no value is in no group": Case("ben", "hanna", "work", 0, own=OF_GROUP, group=("floor", "3")),
    "propose is not edit": Case("ben", "ada", "contact", PROPOSE, own={("contact", Scope.EVERYBODY): PROPOSE}),
    "the furthest right counts": Case(
        "ben", "ada", "contact", EDIT,
        everybody={("contact", Scope.EVERYBODY): VIEW}, own={("contact", Scope.EVERYBODY): EDIT},
    ),
    "also by another scope": Case(
        "cleo", "ada", "contact", EDIT,
        everybody={("contact", Scope.EVERYBODY): VIEW, ("contact", Scope.REPORTS): EDIT},
    ),
    "an administrator edits all": Case("eva", "ada", "pay", EDIT),
    "nobody is seen who is from outside": Case("eva", "outsider", "work", 0),
    "whoever has left sees nothing": Case("gone", "ada", "work", 0, everybody={("work", Scope.EVERYBODY): EDIT}),
}  # fmt: skip


@dataclass
class Company:
    people: dict[str, Person]
    sections: dict[str, Section]
    shape: Callable[..., None]

    def person(self, name: str) -> Person:
        """As another page would load them."""
        found: Person = Person.objects.get(pk=self.people[name].pk)
        return found


@pytest.fixture
def company(cast: Cast) -> Company:
    sections = {section.key: section for section in Section.objects.all()}
    for key, kind in (("languages", "choices"), ("floor", "number"), ("drives", "yes_no")):
        Attribute.objects.create(key=key, label=key, section=sections["work"], type=kind)
    people = {name: getattr(cast, name) for name in ("ada", "ben", "cleo", "dov", "eva", "hanna")}
    people["eva_lead"] = Person.objects.create_employee(name="Lead", email="lead@balie.example")
    cast.cleo.supervisor = people["eva_lead"]
    cast.cleo.save()
    cast.ada.attributes = {"office": "Utrecht", "languages": ["en", "nl"], "floor": 3, "drives": True}
    cast.ada.save()
    cast.dov.attributes = {"office": "Porto", "languages": ["en"], "floor": 4, "drives": False}
    cast.dov.save()
    people["outsider"] = Person.objects.take_in(kind="email", external_id="zoe@elsewhere.example", name="Zoe")
    people["gone"] = Person.objects.create_employee(name="Gone", email="gone@balie.example", status="inactive")

    Right.objects.filter(role__preset=Role.Preset.EXPERT).delete()

    def shape(
        role: Role, cells: dict[tuple[str, Scope], Level], *, group: tuple[str, str] | None = None,
        areas: dict[Area, Level] | None = None,
    ) -> None:  # fmt: skip
        outline = Outline(
            name=str(role), profiles={(sections[key].pk, scope): level for (key, scope), level in cells.items()},
            group_attribute=Attribute.objects.get(key=group[0]) if group else None,
            group_value=group[1] if group else "", areas=areas or {},
        )  # fmt: skip
        everything = Attribute.objects.values_list("pk", flat=True)
        roles.change(role, outline, by=cast.eva, confirmed=list(everything))

    return Company(people, sections, shape)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_how_far_a_right_goes(company: Company, cast: Cast, case: Case) -> None:
    everybody = Role.objects.starting(Role.Preset.EVERYBODY)
    company.shape(everybody, case.everybody)
    if case.own:
        role = roles.make(Outline(name="Own"), by=cast.eva)
        company.shape(role, case.own, group=case.group)
        roles.assign(role, company.person(case.viewer), by=cast.eva)
    viewer, person = company.person(case.viewer), company.person(case.of)
    attribute = Attribute.objects.filter(section__key=case.section).first()
    assert attribute is not None
    access = Rights.of(viewer).to(person)
    assert access.level(attribute) == case.level
    assert (access.may_view(attribute), access.may_propose(attribute), access.may_edit(attribute)) == (
        case.level >= VIEW, case.level >= PROPOSE, case.level >= EDIT,
    )  # fmt: skip
    # The condition for lists says the same as the decision about one person.
    section = attribute.section_id
    for level in Level:
        condition = Rights.of(viewer).reaching(level, section="_section")
        found = Person.objects.employees().annotate(_section=_number(section)).filter(condition, pk=person.pk)
        is_reached = found.exists() and viewer.is_active
        assert is_reached == (case.level >= level), level


def _number(value: int) -> Value:
    return Value(value, output_field=IntegerField())


def test_an_archived_attribute_makes_no_group(company: Company, cast: Cast) -> None:
    role = roles.make(Outline(name="Own"), by=cast.eva)
    company.shape(role, {("work", Scope.GROUP): EDIT}, group=("office", "Utrecht"))
    roles.assign(role, cast.ben, by=cast.eva)
    office = Attribute.objects.get(key="office")
    assert Rights.of(company.person("ben")).to(cast.ada).may_edit(office)
    Attribute.objects.filter(key="office").update(archived_at=clock.now())
    assert not Rights.of(company.person("ben")).to(cast.ada).may_edit(office)


def test_lists_ask_once_however_long_they_are(company: Company, cast: Cast) -> None:
    company.shape(
        Role.objects.starting(Role.Preset.EVERYBODY), {("pay", Scope.REPORTS): VIEW, ("work", Scope.OWN): VIEW}
    )
    cleo, everyone = company.person("cleo"), list(Person.objects.all())
    with CaptureQueriesContext(connection) as queries:
        access = Rights.of(cleo).over(everyone)
        Rights.of(cleo).may_open(Area.PEOPLE)
    assert len(queries) == 2
    pay = Attribute.objects.get(key="salary")
    assert [person.name for person in everyone if access[person.pk].may_view(pay)] == ["Ada Vermeer"]
    eva = company.person("eva")
    with CaptureQueriesContext(connection) as queries:
        Rights.of(eva).over(everyone)
    assert len(queries) == 0


def test_people_are_listed_of_whom_something_may_be_seen(company: Company, cast: Cast) -> None:
    company.shape(Role.objects.starting(Role.Preset.EVERYBODY), {("pay", Scope.REPORTS): VIEW})
    assert set(Rights.of(company.person("cleo")).people()) == {cast.cleo, cast.ada}
    assert set(Rights.of(company.person("ada")).people()) == {cast.ada}
    assert company.people["gone"] in Rights.of(company.person("eva")).people()
    assert company.people["outsider"] not in Rights.of(company.person("eva")).people()
    assert not Rights.of(company.person("gone")).people().exists()


def test_areas_of_the_settings_are_opened_by_themselves(company: Company, cast: Cast) -> None:
    role = roles.make(Outline(name="Owner of teams"), by=cast.eva)
    company.shape(role, {}, areas={Area.TEAMS: EDIT, Area.PLAN: VIEW})
    roles.assign(role, cast.ada, by=cast.eva)
    ada = Rights.of(company.person("ada"))
    assert (ada.may_open(Area.TEAMS), ada.may_open(Area.TEAMS, edit=True)) == (True, True)
    assert (ada.may_open(Area.PLAN), ada.may_open(Area.PLAN, edit=True)) == (True, False)
    assert not ada.may_open(Area.PEOPLE)
    assert company.person("ada").may_open_settings
    assert not company.person("ada").is_expert
    assert not company.person("cleo").may_open_settings
    assert all(Rights.of(company.person("eva")).may_open(area, edit=True) for area in Area)
    company.shape(role, {})
    assert not company.person("ada").may_open_settings
