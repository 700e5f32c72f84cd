"""The audit log: who gave which rights, and who used those of somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from balie.people.models import Area, AuditEntry, Credential, Level, Person, Scope
from balie.platform import clock


class Kind(StrEnum):
    """What can have happened. The words of a kind are beside it in `_SENTENCES`."""

    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    ROLE_MADE = "role_made"
    ROLE_CHANGED = "role_changed"
    ROLE_DELETED = "role_deleted"
    CREDENTIALS_CHANGED = "credentials_changed"
    PLAN_CHANGED = "plan_changed"
    VIEW_BEGUN = "view_begun"
    VIEW_ENDED = "view_ended"
    SLACK_SEPARATED = "slack_separated"


LABELS: Final[Mapping[str, Promise]] = {
    Kind.ROLE_GIVEN: gettext_lazy("Role given"),
    Kind.ROLE_TAKEN: gettext_lazy("Role taken away"),
    Kind.ROLE_MADE: gettext_lazy("Role made"),
    Kind.ROLE_CHANGED: gettext_lazy("Access rights changed"),
    Kind.ROLE_DELETED: gettext_lazy("Role deleted"),
    Kind.CREDENTIALS_CHANGED: gettext_lazy("API credentials changed"),
    Kind.PLAN_CHANGED: gettext_lazy("Plan changed"),
    Kind.VIEW_BEGUN: gettext_lazy("Viewing as somebody begun"),
    Kind.VIEW_ENDED: gettext_lazy("Viewing as somebody ended"),
    Kind.SLACK_SEPARATED: gettext_lazy("Slack account separated"),
}
_SENTENCES: Final[Mapping[str, Promise]] = {
    Kind.ROLE_GIVEN: gettext_lazy("%(by)s gave %(about)s the role “%(role)s”."),
    Kind.ROLE_TAKEN: gettext_lazy("%(by)s took the role “%(role)s” from %(about)s."),
    Kind.ROLE_MADE: gettext_lazy("%(by)s made the role “%(role)s”."),
    Kind.ROLE_CHANGED: gettext_lazy("%(by)s changed the role “%(role)s”."),
    Kind.ROLE_DELETED: gettext_lazy("%(by)s deleted the role “%(role)s”."),
    Kind.CREDENTIALS_CHANGED: gettext_lazy("%(by)s changed the API credentials “%(name)s”."),
    Kind.PLAN_CHANGED: gettext_lazy("%(by)s changed what the plan contains."),
    Kind.VIEW_BEGUN: gettext_lazy("%(by)s began to see Balie as %(about)s would."),
    Kind.VIEW_ENDED: gettext_lazy("%(by)s stopped seeing Balie as %(about)s would."),
    Kind.SLACK_SEPARATED: gettext_lazy("%(by)s separated the Slack account “%(name)s” from %(about)s."),
}


_LEVELS: Final[Mapping[int, Promise]] = {0: gettext_lazy("nothing"), **{level.value: level.label for level in Level}}


def record(kind: Kind, *, by: Person | None, about: Person | None = None, **facts: Any) -> AuditEntry:
    """In the transaction of what it is about. `facts` are what the sentence names, and `changes`: [what, before, after]."""
    return AuditEntry.objects.create(at=clock.now(), kind=kind, by=by, about=about, facts=facts)


def record_credentials(credential: Credential, *, by: Person) -> AuditEntry:
    """That they were made, changed, given a new secret or revoked, and what they may pass on now."""
    attributes = sorted(credential.attributes.values_list("key", flat=True))
    return record(
        Kind.CREDENTIALS_CHANGED, by=by, name=credential.name, attributes=attributes, scopes=credential.scopes
    )


def in_words(entry: AuditEntry) -> str:
    """One sentence, in the reader's language; a kind that this version does not know is named as it is."""
    sentence = _SENTENCES.get(entry.kind)
    if sentence is None:
        return str(entry.kind)
    names = {"by": entry.by.name if entry.by else _("Balie"), "about": entry.about.name if entry.about else ""}
    # Names of preset roles are stored as they are translated.
    role = gettext(entry.facts["role"]) if entry.facts.get("role") else ""
    written: str = str(sentence) % (entry.facts | {"role": role} | names)
    return written


def changes_in_words(entry: AuditEntry) -> list[str]:
    """What is different since, each as one line."""
    return [_change_in_words(one) for one in entry.facts.get("changes", [])]


def _change_in_words(change: Mapping[str, Any]) -> str:
    before, after = change["before"], change["after"]
    match change["what"]:
        case "profiles":
            scope = Scope(change["scope"]).label
            what = _("%(section)s, %(scope)s") % {"section": gettext(change["section"]), "scope": scope}
        case "area":
            what = str(Area(change["area"]).label)
        case "works_on_requests":
            what = _("Conversations: work on requests as an expert")
        case "group":
            what = _("Group")
        case _:
            what = _("Name")
    if change["what"] in ("profiles", "area"):
        before, after = (_LEVELS[level] for level in (before, after))
    elif isinstance(after, bool):
        before, after = (_("yes") if one else _("no") for one in (before, after))
    return _("%(what)s: %(before)s → %(after)s") % {"what": what, "before": before or "—", "after": after or "—"}
