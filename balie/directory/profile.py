"""One person: what the reader may see of them, section by section, and who reports to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.channels import kinds
from balie.channels.slack.models import Member
from balie.directory.listing import lines_of
from balie.directory.reader import opened, reader_of
from balie.people.audience import Audience, for_
from balie.people.basics import LABELS, Basic, in_words
from balie.people.known import Known
from balie.people.models import Attribute, Identity, Level, Person, Proposal, Section
from balie.people.rights import Access, Rights
from balie.people.values import shown
from balie.platform.alphabet import placed

_MOST_REPORTS = 50


@dataclass(frozen=True)
class Fact:
    """One attribute; `proposed` is what the reader would have it, and waits."""

    attribute: Attribute
    words: str
    link: str
    proposed: str


@dataclass(frozen=True)
class Account:
    """One of Slack, with the name that its owner has there."""

    pk: int
    name: str
    workspace: str


@dataclass(frozen=True)
class Part:
    """A section of the profile that the reader may see."""

    section: Section
    facts: list[Fact]
    may_edit: bool
    may_propose: bool


@for_(Audience.PEOPLE)
@require_safe
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    reader, person = reader_of(request), opened(request, pk)
    rights = Rights.of(reader)
    reports = list(rights.people().filter(supervisor=person).order_by(placed(), "pk")[: _MOST_REPORTS + 1])
    lead = person.supervisor
    shown_people = [person, *reports, *([lead] if lead else [])]
    access = rights.over(shown_people)
    attributes = list(Attribute.objects.in_use().select_related("section").prefetch_related("choices"))
    mine = access[person.pk]
    levels = {mine.level_of(basic) for basic in Basic}
    waiting = list(Proposal.objects.waiting().filter(person=person, proposed_by=reader))
    addresses, accounts = _known_by(person, mine)
    own, *lines = lines_of([person, *reports[:_MOST_REPORTS]], attributes=attributes, access=access)
    context = {
        "person": person, "beside": own.facts, "reports": lines, "more_reports": len(reports) > _MOST_REPORTS,
        "parts": parts_of(person, attributes=attributes, access=mine, waiting=waiting),
        "edits_basics": Level.EDIT in levels, "proposes_basics": Level.PROPOSE in levels,
        "other_addresses": addresses, "accounts": accounts,
        "edits_accounts": mine.level_of(Basic.OTHER_ADDRESSES) >= Level.EDIT, "proposed": _proposed_basics(waiting, mine),
        "lead": lead, "lead_is_seen": lead is not None and (access[lead.pk].is_any or lead.pk == reader.pk),
        "here": "people",
    }  # fmt: skip
    return render(request, "directory/profile.html", context)


def parts_of(
    person: Person, *, attributes: Iterable[Attribute], access: Access, waiting: Iterable[Proposal]
) -> list[Part]:  # fmt: skip
    """Only sections and attributes that the reader may view; those without any stay out."""
    attributes = [one for one in attributes if access.may_view(one) and one.section.archived_at is None]
    known = Known([person])
    known.read_people([person], attributes=attributes)
    proposed = {one.attribute_id: one for one in waiting}
    parts: dict[int, Part] = {}
    for attribute in attributes:
        level = access.level(attribute)
        part = parts.setdefault(
            attribute.section_id,
            Part(attribute.section, [], may_edit=level >= Level.EDIT, may_propose=level == Level.PROPOSE),
        )
        value, mine = person.attributes.get(attribute.key), proposed.get(attribute.pk)
        words = shown(attribute, value, known=known)
        part.facts.append(
            Fact(
                attribute, words, words if attribute.type == Attribute.Type.LINK else "",
                (shown(attribute, mine.value, known=known) or "—") if mine else "",
            )
        )  # fmt: skip
    return list(parts.values())


def _known_by(person: Person, access: Access) -> tuple[list[str], list[Account]]:
    """Other addresses and accounts of Slack, which come to a profile by them. Private ones are among them: for those who may
    change addresses, or propose it. One question."""
    if access.level_of(Basic.OTHER_ADDRESSES) < Level.PROPOSE:
        return [], []
    emails = person.identities.filter(kind=Identity.EMAIL).exclude(external_id=person.email).order_by()
    rows = emails.values_list("external_id", Value(""), Value(0))
    if kinds.is_open(kinds.SLACK):
        members = Member.objects.filter(person=person).order_by().values_list("name", "workspace__name", "pk")
        rows = rows.union(members, all=True)
    found = sorted(rows)
    return [name for name, _place, pk in found if not pk], [Account(pk, name, place) for name, place, pk in found if pk]


def _proposed_basics(waiting: Iterable[Proposal], access: Access) -> list[dict[str, str]]:
    """What the reader would have of name, status and the like, and waits."""
    found = [(Basic(one.field), one.value) for one in waiting if one.field]
    known = Known()
    return [
        {"label": str(LABELS[basic]), "words": in_words(basic, value, known=known)}
        for basic, value in found
        if access.level_of(basic) >= Level.PROPOSE
    ]
