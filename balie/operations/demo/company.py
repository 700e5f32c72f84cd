"""Who works at the demo company, and in which teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from balie.operations import founding
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.teams.models import Category, Membership, Team, WorkingSpan

_DOMAIN: Final = "balie.example"


@dataclass(frozen=True)
class _Employee:
    first: str
    last: str
    language: str
    position: str
    department: str
    office: str
    role: str = Person.Role.EMPLOYEE
    supervisor: str = "cleo"

    @property
    def key(self) -> str:
        return Team.address_for(self.first)


_EMPLOYEES: Final = (
    _Employee("Eva", "Beheer", "nl", "Head of operations", "Operations", "Utrecht", Person.Role.ADMINISTRATOR, ""),
    _Employee("Cleo", "Meijer", "nl", "Sales director", "Sales Benelux", "Utrecht", supervisor="eva"),
    _Employee("Ada", "Vermeer", "nl", "Account manager", "Sales Benelux", "Utrecht"),
    _Employee("Ben", "Jansen", "nl", "System engineer", "IT", "Utrecht", Person.Role.EXPERT, "eva"),
    _Employee("Priya", "Raman", "en", "Support engineer", "IT", "Dublin", Person.Role.EXPERT, "ben"),
    _Employee("Dov", "Katz", "en", "Facilities lead", "Facilities", "Utrecht", Person.Role.EXPERT, "eva"),
    _Employee("Hanna", "Nowak", "de", "HR partner", "People", "Berlin", Person.Role.EXPERT, "eva"),
    _Employee("Joost", "de Haan", "nl", "HR officer", "People", "Utrecht", Person.Role.EXPERT, "hanna"),
    _Employee("Finn", "Keller", "de", "Controller", "Finance", "Berlin", Person.Role.EXPERT, "eva"),
    _Employee("Lucia", "Moretti", "it", "Counsel", "Legal", "Milano", Person.Role.EXPERT, "eva"),
    _Employee("Marek", "Kowalski", "en", "Developer", "Product", "Dublin", supervisor="lena"),
    _Employee("Lena", "Schuster", "de", "Product manager", "Product", "Berlin", supervisor="eva"),
    _Employee("Tomás", "Ortega", "es", "Account manager", "Sales Iberia", "Madrid"),
    _Employee("Claire", "Bonnet", "fr", "Recruiter", "People", "Lyon", supervisor="hanna"),
    _Employee("Sofia", "Ferri", "it", "Sales engineer", "Sales Italy", "Milano"),
    _Employee("Daan", "Peters", "nl", "Trainee", "Sales Benelux", "Utrecht"),
)

_TEAMS: Final = (
    # name, kind, address, visible, private, categories, members
    ("IT", Team.Kind.IT, "it", True, False, ("Hardware", "Software", "Network", "Access"), ("ben", "priya")),
    ("People", Team.Kind.HR, "people", True, True, ("Leave", "Contract", "Onboarding"), ("hanna", "joost")),
    ("Finance", Team.Kind.FINANCE, "finance", True, False, ("Expenses", "Salary", "Invoices"), ("finn",)),
    ("Facilities", Team.Kind.FACILITIES, "facilities", True, False, ("Workplace", "Access", "Parking"), ("dov",)),
    ("Legal", Team.Kind.LEGAL, "legal", True, True, ("Contracts", "Privacy"), ("lucia",)),
    ("Workplace", Team.Kind.OTHER, "workplace", False, False, ("Moves",), ("dov", "ben")),
)


@dataclass(frozen=True)
class Cast:
    """The people by first name in lower case, the teams by address."""

    people: dict[str, Person]
    teams: dict[str, Team]

    def category(self, team: str, name: str) -> Category:
        return self.teams[team].categories.get(name=name)


def found() -> Cast:
    """Found the company: everybody known, nobody told."""
    Organisation.objects.create(name="Balie Example", language="en", time_zone="Europe/Amsterdam")
    founding.make_presets()
    people = {employee.key: _employ(employee) for employee in _EMPLOYEES}
    for employee in _EMPLOYEES:
        if employee.supervisor:
            people[employee.key].supervisor = people[employee.supervisor]
            people[employee.key].save(update_fields=["supervisor"])
    return Cast(people=people, teams={row[2]: _make_team(row, people) for row in _TEAMS})


def _employ(employee: _Employee) -> Person:
    return Person.objects.create_employee(
        name=f"{employee.first} {employee.last}",
        email=f"{employee.key}@{_DOMAIN}",
        language=employee.language,
        role=employee.role,
        attributes={"position": employee.position, "department": employee.department, "office": employee.office},
    )


def _make_team(
    row: tuple[str, str, str, bool, bool, tuple[str, ...], tuple[str, ...]], people: dict[str, Person]
) -> Team:
    name, kind, address, is_visible, is_private, categories, members = row
    team = Team.objects.create(name=name, kind=kind, address=address, is_visible=is_visible, is_private=is_private)
    Category.objects.bulk_create(Category(team=team, name=category) for category in categories)
    Membership.objects.bulk_create(Membership(team=team, person=people[member]) for member in members)
    WorkingSpan.objects.bulk_create(
        WorkingSpan(team=team, weekday=weekday, begins=begins, ends=ends)
        for weekday in range(5)
        for begins, ends in ((time(8, 30), time(12, 30)), (time(13), time(17, 30)))
    )
    return team
