"""Who is who: a member of a workspace is a person here, whether they were brought over or write before that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from balie.channels.slack.models import Link, Member, Name, Workspace
from balie.people.joining import join
from balie.people.models import Identity, Person
from balie.platform import clock
from balie.platform.characters import clean_name


def person_of(workspace: Workspace, user: str) -> Person:
    """The person of this id; a stranger is taken in at once, and gets name and address when Slack has been asked."""
    taken_in: Person = Person.objects.take_in(
        kind=Identity.SLACK, external_id=f"{workspace.external_id}:{user}", name=user
    )
    return taken_in


def is_unknown(workspace: Workspace, user: str) -> bool:
    """Whether Slack has still to be asked who that is."""
    return not Member.objects.filter(workspace=workspace, user_id=user).exclude(name="").exists()


def is_bot(workspace: Workspace, user: str) -> bool:
    """Whether Slack has told us that it is one: these are nobody."""
    return Member.objects.filter(workspace=workspace, user_id=user, person=None, checked_at__isnull=False).exists()


def meet(workspace: Workspace, told: Mapping[str, Any]) -> Member | None:
    """Know the member as Slack tells of them (https://docs.slack.dev/reference/objects/user-object). Nobody is told of it.

    Employees are joined by their work address, all others are externals; whoever has left Slack is inactive, if they are known
    from there only. What HR says of an employee stays as it is. A stranger is known by their id alone, since their address is
    what another company says it is: whoever rules that one could otherwise be any of our employees.
    """
    user = str(told.get("id") or "")
    if not user or user == "USLACKBOT":
        return None
    profile = told.get("profile") if isinstance(told.get("profile"), dict) else {}
    assert isinstance(profile, dict)
    name = clean_name(
        str(
            profile.get("real_name") or told.get("real_name") or profile.get("display_name") or told.get("name") or user
        )
    )[:120]
    is_ours = _is_ours(workspace, told)
    facts = {
        "name": name, "picture": str(profile.get("image_192") or profile.get("image_72") or "")[:500],
        "is_guest": not is_ours or any(told.get(mark) is True for mark in ("is_restricted", "is_ultra_restricted")),
        "is_gone": told.get("deleted") is True, "checked_at": clock.now(),
    }  # fmt: skip
    with transaction.atomic():
        member, _is_new = Member.objects.update_or_create(workspace=workspace, user_id=user, defaults=facts)
        if told.get("is_bot") is True or told.get("is_workflow_bot") is True:
            return member
        address = str(profile.get("email") or "").strip().lower()[:320] if is_ours else ""
        person = _person(workspace, user, address=address, apart_from=member.apart_from_id)
        if person.is_external:
            status = Person.Status.INACTIVE if member.is_gone else Person.Status.ACTIVE
            if (person.status, person.name) != (status, name):
                person.status, person.name = status, name
                person.save(update_fields=["status", "name"])
        if member.person_id != person.pk:
            member.person = person
            member.save(update_fields=["person"])
    return member


def _is_ours(workspace: Workspace, told: Mapping[str, Any]) -> bool:
    """Whether they are of this workspace. `is_stranger` is not said of those whose shared channel we are in."""
    company = told.get("enterprise_user")
    teams = [told.get("team_id"), *((company.get("teams") or []) if isinstance(company, dict) else [])]
    return told.get("is_stranger") is not True and (not any(teams) or workspace.external_id in teams)


def _person(workspace: Workspace, user: str, *, address: str, apart_from: int | None) -> Person:
    by_id: Person | None = Person.objects.known_by(Identity.SLACK, f"{workspace.external_id}:{user}")
    by_address: Person | None = Person.objects.known_by(Identity.EMAIL, address) if address else None
    if by_address is not None and by_address.pk == apart_from:
        by_address, address = None, ""
    if by_id is not None and by_address is not None and by_id != by_address:
        if by_id.is_external:
            # They wrote before we knew who they are.
            join(by_id, to=by_address)
            return by_address
        return by_id
    person: Person = by_id or by_address or person_of(workspace, user)
    if by_id is None:
        Identity.objects.get_or_create(
            kind=Identity.SLACK, external_id=f"{workspace.external_id}:{user}", defaults={"person": person}
        )
    if address and by_address is None:
        Identity.objects.get_or_create(kind=Identity.EMAIL, external_id=address, defaults={"person": person})
    return person


class KnownNames:
    """How ids within messages are called, as far as we know: for `form.reading`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def person(self, id: str, /) -> str | None:
        if id == self._workspace.bot_user_id:
            return "Balie"
        member = Member.objects.select_related("person").filter(workspace=self._workspace, user_id=id).first()
        if member is None:
            return None
        return member.person.name if member.person else member.name or None

    def channel(self, id: str, /) -> str | None:
        linked = Link.objects.filter(workspace=self._workspace, place=id).values_list("name", flat=True).first()
        return linked or Name.known(self._workspace, Name.Kind.CHANNEL, id)

    def group(self, id: str, /) -> str | None:
        return Name.known(self._workspace, Name.Kind.GROUP, id)

    def emoji(self, name: str, /) -> str | None:
        return Name.known(self._workspace, Name.Kind.EMOJI, name)
