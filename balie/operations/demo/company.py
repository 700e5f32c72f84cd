"""Who works at the demo company, and in which teams: read from `written/people.txt` and `written/teams.toml`."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Final

from balie.administration.activating import activate
from balie.operations import founding
from balie.organisation.models import Organisation
from balie.people.models import Attribute, Choice, Credential, Identity, Person, Section
from balie.people.presets import SHOWN_FROM_THE_START
from balie.platform import clock
from balie.teams.models import Category, Membership, Team, WorkingSpan

WRITTEN: Final = Path(__file__).parent / "written"
_DOMAIN: Final = "balie.example"
_PHONES: Final = {
    "Utrecht": "+31 30 555 0",
    "Berlin": "+49 30 5550 0",
    "Lyon": "+33 4 55 50 0",
    "Madrid": "+34 91 555 0",
    "Bristol": "+44 117 496 0",
}
# Of 256 people, how many have it.
_KIT: Final = {"laptop": 250, "monitor": 170, "headset": 140, "phone": 100, "docking-station": 120}


@dataclass
class _Employee:
    """One line of the file, with the office and department above it."""

    name: str
    position: str
    department: str
    office: str
    language: str
    time_zone: str
    supervisor: str
    more: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.more.get("key") or Team.address_for(self.name.split()[0])

    @property
    def role(self) -> str:
        return self.more.get("role", Person.Role.EMPLOYEE)


@dataclass(frozen=True)
class Cast:
    """The people by first name in lower case, the teams by address."""

    people: dict[str, Person]
    teams: dict[str, Team]
    categories: dict[tuple[str, str], Category]


def found() -> Cast:
    """Found the company: everybody known, nobody told."""
    Organisation.objects.create(name="Balie Example", language="en", time_zone="Europe/Amsterdam", country="NL")
    founding.make_preset_people()
    own = tomllib.loads((WRITTEN / "attributes.toml").read_text())
    _make_attributes(own)
    employees = _read((WRITTEN / "people.txt").read_text())
    people = _employ(employees)
    activate(by=None)
    _allow(own)
    outlines = tomllib.loads((WRITTEN / "teams.toml").read_text())
    teams = {address: _make_team(address, outline, employees, people) for address, outline in outlines.items()}
    categories = {
        (category.team.address, category.name): category for category in Category.objects.select_related("team")
    }
    return Cast(people=people, teams=teams, categories=categories)


def _read(text: str) -> list[_Employee]:
    employees: list[_Employee] = []
    office = language = zone = department = head = ""
    for line in text.splitlines():
        mark, _space, rest = line.partition(" ")
        parts = [part.strip() for part in rest.split(",")]
        if mark == "==":
            office, _country, language, zone = parts
        elif mark == "--":
            department, head = parts[0], parts[1] if len(parts) > 1 else ""
        elif line and mark != "#":
            name, position, *more = (part.strip() for part in line.split(","))
            employees.append(
                _Employee(name, position, department, office, language, zone, head, dict(_named(one) for one in more))
            )
            head = _head_of(employees, department, office)
    return employees


def _named(fact: str) -> tuple[str, str]:
    name, _sign, value = fact.partition("=")
    return name, value


def _head_of(employees: list[_Employee], department: str, office: str) -> str:
    return next(one.key for one in employees if (one.department, one.office) == (department, office))


def _employ(employees: list[_Employee]) -> dict[str, Person]:
    people = {
        one.key: Person(
            name=one.name, email=f"{one.key}@{_DOMAIN}", role=one.role, time_zone=one.time_zone,
            language=one.more.get("language", one.language), status=one.more.get("status", Person.Status.ACTIVE),
            attributes={
                "position": one.position, "department": one.department, "office": one.office,
                "phone": f"{_PHONES[one.office]}{100 + number % 900}", "hire_date": _hired(one).isoformat(),
                **_facts(one, number),
            },
        )
        for number, one in enumerate(employees)
    }  # fmt: skip
    for person in people.values():
        person.set_unusable_password()
    Person.objects.bulk_create(people.values())
    for one in employees:
        if one.supervisor and one.supervisor != one.key:
            people[one.key].supervisor = people[one.supervisor]
            people[one.key].attributes["buddy"] = people[_head_of(employees, one.department, one.office)].pk
    Person.objects.bulk_update(people.values(), ["supervisor", "attributes"])
    for person in people.values():
        person.hold_preset_role()
    Identity.objects.bulk_create(
        Identity(person=person, kind=Identity.EMAIL, external_id=person.email) for person in people.values()
    )
    return people


def _make_attributes(written: dict[str, Any]) -> None:
    """Own sections and attributes beside the preset ones, with their choices, named in every language."""
    for position, (key, section) in enumerate(written.items(), start=10):
        row = Section.objects.create(key=key, label=section["label"], labels=section["labels"], position=position)
        for place, (name, outline) in enumerate(section["attributes"].items(), start=1):
            attribute = Attribute.objects.create(
                key=name, label=outline["label"], labels=outline["labels"], section=row, type=outline["type"], position=place,
                is_sensitive=outline.get("sensitive", False),
            )  # fmt: skip
            Choice.objects.bulk_create(
                Choice(attribute=attribute, key=choice, label=labels["en"], labels=labels, position=number)
                for number, (choice, labels) in enumerate(outline.get("choices", {}).items(), start=1)
            )


def _allow(written: dict[str, Any]) -> None:
    """What experts see beside what they see from the start."""
    outlines = (one for section in written.values() for one in section["attributes"].items())
    allowed = [*SHOWN_FROM_THE_START, *(name for name, outline in outlines if outline.get("allowed"))]
    credential = Credential.objects.get(is_system=True)
    credential.allow(Attribute.objects.filter(key__in=allowed).values_list("pk", flat=True))


def _facts(employee: _Employee, number: int) -> dict[str, Any]:
    """What the own attributes say of somebody: always the same for a person."""
    dice = hashlib.sha256(f"facts of {employee.name}".encode()).digest()
    begun = _hired(employee)
    kit = [item for item, chance in _KIT.items() if dice[len(item)] < chance]
    facts: dict[str, Any] = {
        "contract-type": ("permanent", "permanent", "permanent", "fixed-term", "internship")[dice[0] % 5],
        "contract-start": (begun + timedelta(days=30 * (dice[1] % 3))).isoformat(),
        "hours-a-week": ("40", "40", "36", "32", "28.5", "24")[dice[2] % 6],
        "cost-centre": f"{4100 + 10 * (sum(employee.department.encode()) % 40)}",
        "days-at-home": dice[3] % 4,
        "equipment": kit,
        "shirt-size": ("xs", "s", "m", "m", "l", "l", "xl")[dice[4] % 7],
        "company-bicycle": dice[5] < 90,  # about a third of all have one
    }
    if "trainee" in employee.position.lower():
        facts["contract-type"] = "internship"
    return facts


def _hired(employee: _Employee) -> date:
    """Some day of the last twelve years, always the same for a person; for somebody who is yet to begin, next month's first."""
    today = clock.now().date()
    if employee.more.get("status") == Person.Status.ONBOARDING:
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    days = int.from_bytes(hashlib.sha256(employee.name.encode()).digest()[:2], "big") % (12 * 365)
    return (today - timedelta(days=100 + days)).replace(day=1)


def _make_team(address: str, outline: dict[str, Any], employees: list[_Employee], people: dict[str, Person]) -> Team:
    """Its members are the experts of the department of that name, and those whom the outline adds."""
    team = Team.objects.create(
        name=outline["name"], address=address, kind=outline.get("kind", address),
        is_visible=not outline.get("internal"), is_private=bool(outline.get("private")),
        names=outline.get("names", {}), description=outline["description"], words=outline.get("words", ""),
        time_zone="Europe/Amsterdam", holiday_country="NL",
    )  # fmt: skip
    for name, in_others in outline["categories"].items():
        words = in_others.pop("words", "")
        Category.objects.create(team=team, name=name, names=in_others, words=words)
    experts = [one.key for one in employees if (one.department, one.role) == (team.name, Person.Role.EXPERT)]
    members = (*experts, *outline.get("also", ()))
    Membership.objects.bulk_create(Membership(team=team, person=people[one]) for one in members)
    WorkingSpan.objects.bulk_create(
        WorkingSpan(team=team, weekday=weekday, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))
        for weekday in range(5)
        for begins, ends in outline["hours"]
    )
    return team
