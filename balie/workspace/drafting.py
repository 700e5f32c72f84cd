"""A draft is kept while it is written, and nothing of it is lost: not by a second page, not by sending, not by a merge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from balie.channels import kinds
from balie.channels.models import Arrival
from balie.people.models import Person
from balie.platform import clock, live, text
from balie.platform.prepared import Prepared
from balie.tickets.models import Event, Message, Ticket
from balie.tickets.words import KeptFile
from balie.workspace.models import Draft
from balie.workspace.models.draft import as_json, is_blank

# Pages of one person whose replaced words are kept; nobody writes one answer in more.
MOST_OTHERS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a page sends of a draft: `version` is the one that it began from, `page` its own number."""

    html: str
    files: list[KeptFile] = field(default_factory=list)
    mentions: list[int] = field(default_factory=list)
    version: int = 0
    page: str = ""
    once: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.files and is_blank(self.html)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept about one request: one's own drafts by kind, and the replies that are on their way, others' too."""

    drafts: dict[str, Draft]
    leaving: list[Draft]


def kept_about(ticket: Ticket, *, by: Person) -> Kept:
    """One query. What others are writing is not read; of what leaves in their name a page says only that it does."""
    # To put a few rows in order costs less than to ask for it.
    rows = sorted(_ABOUT(ticket=ticket.pk, by=by.pk), key=lambda row: row.pk)
    return Kept(
        drafts={row.kind: row for row in rows if not row.is_leaving},
        leaving=[row for row in rows if row.is_leaving],
    )


_ABOUT: Final = Prepared(
    lambda ticket, by: Draft.objects.filter(Q(state=Draft.State.LEAVING) | Q(person=by), ticket=ticket)
    .select_related("person").order_by(),
    "ticket", "by",
)  # fmt: skip


def keep(ticket: Ticket, *, by: Person, kind: str, written: Written) -> Draft | None:
    """The newest words win; what they replace of another page's stays in `others`. Nothing is kept of an empty page."""
    with transaction.atomic():
        draft = writing(ticket, by=by, kind=kind)
        if draft is None:
            if written.is_blank or was_sent(written.once, by=by):
                return None
            draft = Draft(person=by, ticket=ticket, kind=kind, state=Draft.State.WRITING)
        if written.is_blank and not draft.others and not draft.is_replaced_by(written):
            draft.delete()
            tell_own_pages(draft, page=written.page)
            return None
        take(draft, written)
        try:
            with transaction.atomic():
                draft.save()
        except IntegrityError:
            # Another page began it at the same moment: now it is there, and this one comes after it.
            return keep(ticket, by=by, kind=kind, written=written)
        tell_own_pages(draft, page=written.page)
    return draft


def drop_others(ticket: Ticket, *, by: Person, kind: str) -> None:
    """The person has seen what another page had, and does not want it."""
    Draft.objects.being_written().filter(person=by, ticket=ticket, kind=kind).update(others={})


def discard(ticket: Ticket, *, by: Person, kind: str, page: str = "") -> None:
    """Nothing of it is left, except what is on its way already."""
    with transaction.atomic():
        draft = writing(ticket, by=by, kind=kind)
        if draft is not None:
            draft.delete()
            tell_own_pages(draft, page=page)


def let_go(ticket: Ticket, *, by: Person, kind: str) -> None:
    """It has been said. What another page held was not, and stays."""
    with transaction.atomic():
        draft = writing(ticket, by=by, kind=kind)
        if draft is None:
            return
        if draft.others:
            draft.html, draft.files, draft.mentions, draft.version = "", [], [], draft.version + 1
            draft.save()
        else:
            draft.delete()
        tell_own_pages(draft)


def was_sent(once: str, *, by: Person) -> bool:
    """Whether what a form with this key held is on its way, or said: a slow save must not bring it back."""
    if not once:
        return False
    said = Arrival.objects.filter(kind=kinds.WEB, external_id=f"{once}:{by.pk}").values("pk")
    leaving = Draft.objects.leaving().filter(person=by, once=once).values("pk")
    return said.order_by().union(leaving.order_by(), all=True).exists()


def bring_back(draft: Draft, *, reason: str = "") -> Draft:
    """A reply that does not leave is the draft again; begun another one meanwhile, that stands beneath it. Holds its row."""
    newer = writing(draft.ticket, by=draft.person, kind=draft.kind)
    if newer is not None:
        draft.html = "".join(part for part in (draft.html, newer.html) if not is_blank(part))
        draft.files = [*draft.files, *(file for file in newer.files if file not in draft.files)]
        draft.mentions = sorted({*draft.mentions, *newer.mentions})
        draft.others = {**newer.others, **draft.others}
        draft.version = max(draft.version, newer.version)
        newer.delete()
    draft.state, draft.error, draft.version = Draft.State.WRITING, reason, draft.version + 1
    draft.next_attempt_at = draft.leaves_at = draft.sent_at = draft.held_by = None
    draft.attempts, draft.page, draft.written_at = 0, "", clock.now()
    draft.save()
    tell_own_pages(draft)
    return draft


def take_along(event: Event) -> None:
    """What people were writing about a request that has been merged stands at the other one; what was on its way waits there."""
    into = event.ticket.merged_into_id
    if into is None:
        return
    for draft in Draft.objects.select_for_update(of=("self",)).filter(ticket=event.ticket_id).select_related("person"):
        was_leaving, draft.ticket = draft.is_leaving, Ticket.objects.get(pk=into)
        bring_back(draft, reason="MergedMeanwhile" if was_leaving else "")


def writing(ticket: Ticket, *, by: Person, kind: str) -> Draft | None:
    return Draft.objects.being_written().select_for_update().filter(person=by, ticket=ticket.pk, kind=kind).first()


def take(draft: Draft, written: Written) -> None:
    others: dict[str, Any] = draft.others
    if draft.is_replaced_by(written):
        others[draft.page or "0"] = {"html": draft.html, "files": draft.files, "at": clock.now().isoformat()}
    others.pop(written.page, None)
    draft.others = dict(list(others.items())[-MOST_OTHERS:])
    draft.html, draft.files = written.html, files_as_json(written.files)
    draft.mentions, draft.page = sorted(set(written.mentions)), written.page
    draft.version, draft.written_at, draft.error = draft.version + 1, clock.now(), ""


def files_as_json(files: Iterable[KeptFile]) -> list[dict[str, Any]]:
    return [as_json(file) for file in files]


def html_of(said: str) -> str:
    """What an editor sent, as it is kept and shown: cleaned."""
    return text.clean_html(said)


def tell_own_pages(draft: Draft, *, page: str = "") -> None:
    """To the other pages of the same person, and to nobody else."""
    number = int(page) if page.isdigit() else 0
    kind = 1 if draft.kind == Message.Kind.NOTE else 0
    live.tell(f"person:{draft.person_id}", draft=draft.ticket_id, kind=kind, page=number, passing=1)
