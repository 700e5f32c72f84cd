"""A reply waits ten seconds before it leaves, as a row. Until then its author can take it back; then a worker says it for them.

Said and gone is one commit, under the lock of the row: killed half-way, a worker has done nothing, and another one begins anew.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from balie.channels.web.once import once
from balie.people.models import Person
from balie.platform import clock, live
from balie.tickets import refusals
from balie.tickets.models import Event, Message, Ticket
from balie.workspace import drafting
from balie.workspace.drafting import Written
from balie.workspace.models import Draft
from balie.workspace.models.draft import HELD_FOR, words_of

log = structlog.get_logger(__name__)

WAKE_WORD = "balie_leaving"
# How long past its moment a reply may leave, at most: the worker looks so often.
LOOKS_EVERY: Final = 1.0
_FIRST_PAUSE: Final = timedelta(seconds=5)
_MOST_ATTEMPTS: Final = 6


class LeftAlready(refusals.Refused):
    sentence = _("It has left already.")


class MergedMeanwhile(refusals.Refused):
    sentence = _(
        "It has not been sent: meanwhile the request was merged into this one. See whether your reply still fits."
    )


class ResolvedMeanwhile(refusals.Refused):
    sentence = _(
        "It has not been sent: meanwhile somebody else resolved the request. See whether your reply is still needed."
    )


class CouldNotLeave(refusals.Refused):
    sentence = _("It has not been sent, because something did not work on our side. Please try again.")


_OWN_REASONS: Final[dict[str, type[refusals.Refused]]] = {
    one.__name__: one for one in (MergedMeanwhile, ResolvedMeanwhile, CouldNotLeave)
}


def reason(draft: Draft) -> Promise | str:
    """Why a reply did not leave, as a sentence for its author; "" when there is none."""
    if not draft.error:
        return ""
    ours = _OWN_REASONS.get(draft.error)
    return ours.sentence if ours else getattr(refusals, draft.error, CouldNotLeave).sentence


def hold(ticket: Ticket, *, by: Person, written: Written, then: str = Draft.Then.STAY) -> Draft | None:
    """Send it in ten seconds. The same key again does nothing more: None when what it sent has left, or was taken back."""
    if words_of(written.html, files=written.files, mentions=written.mentions).is_empty:
        raise refusals.NothingSaid
    now = clock.now()
    try:
        with transaction.atomic():
            draft = drafting.writing(ticket, by=by, kind=Message.Kind.REPLY)
            if draft is not None and draft.once == written.once:
                return None
            if drafting.was_sent(written.once, by=by):
                return Draft.objects.leaving().filter(person=by, once=written.once).first()
            draft = draft or Draft(person=by, ticket=ticket, kind=Message.Kind.REPLY)
            drafting.take(draft, written)
            draft.state, draft.once, draft.then = Draft.State.LEAVING, written.once, then
            draft.sent_at, draft.leaves_at, draft.next_attempt_at = now, now + HELD_FOR, now + HELD_FOR
            draft.attempts, draft.held_by, draft.error = 0, None, ""
            draft.save()
            tell(draft)
            drafting.tell_own_pages(draft, page=written.page)
    except IntegrityError:
        # The other click of a double click.
        return Draft.objects.leaving().filter(person=by, once=written.once).first()
    return draft


def take_back(number: int, *, by: Person) -> Draft:
    """It is the draft again; raises `LeftAlready`."""
    with transaction.atomic():
        draft = Draft.objects.leaving().select_for_update(of=("self",)).select_related("ticket", "person").filter(
            pk=number, person=by
        ).first()  # fmt: skip
        if draft is None:
            raise LeftAlready
        tell(draft)
        return drafting.bring_back(draft)


def let_some_leave(*, at_most: int = 5, holder: int | None = None) -> int:
    """Lease what is due and say each by itself; returns how many were taken."""
    leased = Draft.lease(at_most=at_most, holder=holder)
    for draft in leased:
        let_leave(draft)
    return len(leased)


def let_leave(draft: Draft) -> None:
    """Say it as its author. Refused by now, it stays the draft, with the reason."""
    try:
        with transaction.atomic():
            if (mine := _locked(draft)) is not None:
                _say(mine)
    except refusals.Refused as refused:
        _stay(draft, because=type(refused).__name__)
    except Exception as fault:
        if isinstance(fault, OperationalError | InterfaceError) and not connection.is_usable():
            # The database went away: the lease brings it back.
            raise
        log.warning("reply put off", draft=draft.pk, fault=type(fault).__name__)
        _put_off(draft)


def tell(draft: Draft) -> None:
    """To the open pages of those who work on the request: something leaves, or does not any more."""
    live.tell(f"team:{draft.ticket.team_id}", presence=draft.ticket_id, passing=1)


def _locked(draft: Draft) -> Draft | None:
    """The row, if it still leaves. The request is locked first, as by everybody who then looks for its drafts."""
    Ticket.objects.select_for_update(of=("self",)).filter(pk=draft.ticket_id).first()
    return (
        Draft.objects.leaving()
        .select_for_update(of=("self",))
        .select_related("person", "ticket__team")
        .filter(pk=draft.pk, ticket=draft.ticket_id)
        .first()
    )


def _say(draft: Draft) -> None:
    ticket, author = draft.ticket, draft.person
    if ticket.merged_into_id is not None:
        raise MergedMeanwhile
    if not ticket.is_open and _was_resolved_by_others(draft):
        raise ResolvedMeanwhile
    once(draft.once, by=author, say=lambda: ticket.reply(by=author, words=draft.words()))
    if draft.then == Draft.Then.RESOLVE:
        ticket.refresh_from_db()
        if ticket.is_open:
            ticket.resolve(by=author)
    tell(draft)
    if draft.others:
        # What another page of its author held was never sent.
        draft.html, draft.files, draft.mentions = "", [], []
        drafting.bring_back(draft)
    else:
        draft.delete()


def _was_resolved_by_others(draft: Draft) -> bool:
    closed = draft.ticket.events.filter(kind=Event.Kind.RESOLVED, at__gte=draft.sent_at)
    return closed.exclude(by=draft.person_id).exists()


def _stay(draft: Draft, *, because: str) -> None:
    with transaction.atomic():
        mine = _locked(draft)
        if mine is not None:
            tell(mine)
            drafting.bring_back(mine, reason=because)


def _put_off(draft: Draft) -> None:
    if draft.attempts >= _MOST_ATTEMPTS:
        _stay(draft, because=CouldNotLeave.__name__)
        return
    Draft.objects.leaving().filter(pk=draft.pk).update(
        next_attempt_at=clock.now() + _FIRST_PAUSE * 2 ** (draft.attempts - 1), held_by=None
    )
