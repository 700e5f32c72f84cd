"""Every page that somebody can look at: the resolver's addresses, with objects of the demo company in their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from balie.organisation.plan import Feature
from balie.people.models import Attribute, Credential, Person, Role
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.tickets.models.status import Group

# Who looks first; the first of them who is answered a page is the one in whose place the picture is taken.
LOOKERS: Final = ("ben", "ada", "eva", "")
_FIRST: Final = {"portal": ("ada", "ben", "eva", ""), "administration": ("eva", "ben", "ada", "")}
# Machines read these, and the last are only there after something was done.
_NO_PAGES: Final = ("livez", "readyz", "metrics", "api", "file", "upload")

# What the same address shows in another way.
_MORE: Final = {
    "inbox-mine": ("workspace:inbox", {}, "view=mine"),
    "inbox-unassigned": ("workspace:inbox", {}, "view=unassigned"),
    "inbox-search": ("workspace:inbox", {}, "q=laptop"),
    "inbox-nothing-found": ("workspace:inbox", {}, "q=zeppelin"),
    "portal-resolved": ("portal:requests", {}, "kind=resolved"),
    "not-found": ("workspace:request", {"number": 999_999}, ""),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A page, under a name for its file; `who` is the first name of who looks, or "" before signing in."""

    name: str
    who: str
    path: str


def pages(client_of: Callable[[str], Client]) -> Iterator[Seen]:
    """Each page once, asked for without a browser first: what is no whole page is left out."""
    values = _objects()
    for name, parameters in _routes():
        if name.startswith(_NO_PAGES) or ":api" in name:
            continue
        given = {parameter: values[parameter](name) for parameter in parameters if parameter in values}
        yield from _first(name.replace(":", "-").replace("_", "-"), name, given, "", client_of)
    for title, (name, given, query) in _MORE.items():
        yield from _first(title, name, given, query, client_of)


def _first(
    title: str, name: str, given: dict[str, Any], query: str, client_of: Callable[[str], Client]
) -> Iterator[Seen]:
    try:
        path = reverse(name, kwargs=given) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return
    for who in _FIRST.get(name.partition(":")[0], LOOKERS):
        response = client_of(who).get(path)
        is_page = response.get("Content-Type", "").startswith("text/html") and b"<html" in b"".join(response)
        if is_page and (response.status_code == 200 or title == "not-found"):
            yield Seen(title, who, path)
            return


def _routes() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from _walked(get_resolver().url_patterns, "")


def _walked(patterns: Any, space: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walked(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            parameters = tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)
            yield f"{space}{pattern.name}", parameters


def _objects() -> dict[str, Callable[[str], Any]]:
    """What to put into an address, by the parameter's name, for the address of this name."""
    ada, ben = (Person.objects.get(email=f"{one}@balie.example") for one in ("ada", "ben"))
    talked = Ticket.objects.get(requester=ada, team__address="it", group=Group.IN_PROGRESS)
    resolved = Ticket.objects.filter(requester=ada, group=Group.RESOLVED).latest("resolved_at")
    it = Team.objects.get(address="it")
    project = ben.projects.first() or talked.projects.model.objects.earliest("pk")
    with_tasks = Ticket.objects.filter(team=it, tasks__isnull=False).first() or talked
    task = with_tasks.tasks.first()
    saved = ben.saved_views.first()
    rule = it.sla_rules.first()
    with_choices = Attribute.objects.filter(choices__isnull=False).earliest("pk")
    # By how the names of addresses begin; the pages of teams are all the others.
    primaries = {
        "administration:status": talked.status_id, "administration:attribute": with_choices.pk,
        "administration:section": with_choices.section_id, "administration:role": Role.objects.earliest("-pk").pk,
        "administration:credential": Credential.objects.get(is_system=True).pk, "administration:person": ada.pk,
        "directory:": ada.pk, **({"workspace:view": saved.pk} if saved else {}),
    }  # fmt: skip

    def primary(name: str) -> int:
        return next((pk for begins, pk in primaries.items() if name.startswith(begins)), it.pk)

    def number(name: str) -> int:
        if name == "portal:rating":
            return resolved.pk
        return with_tasks.pk if "task" in name else talked.pk

    return {
        "number": number,
        "message": lambda _name: talked.messages.earliest("pk").pk,
        "delivery": lambda _name: 1,
        "follower": lambda _name: talked.followings.earliest("pk").person_id,
        "person": lambda _name: ben.pk,
        "category": lambda _name: it.categories.earliest("pk").pk,
        "other": lambda _name: 1,
        "project": lambda _name: project.pk,
        "task": lambda _name: task.pk if task else 1,
        "status": lambda _name: talked.status_id,
        "what": lambda _name: "assignee",
        "pk": primary,
        "token": lambda _name: "made-up",
        "uidb36": lambda _name: "1",
        "key": lambda name: with_choices.section.key if name == "directory:section" else "made-up",
        "feature": lambda _name: Feature.CONVERSATIONS.value,
        "rule": lambda _name: rule.pk if rule else 1,
    }
