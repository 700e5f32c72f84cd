"""An account of Slack that belongs to somebody else: it is taken from the person who was thought to be behind it.

It comes about by an address that stood on a profile where it did not belong; taking that away alone leaves the account there. The
address alone never brings it back.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from balie.channels import kinds
from balie.channels.models import Delivery, Thread
from balie.channels.slack.models import Home, Member
from balie.people import auditing
from balie.people.models import Identity, Person
from balie.platform import clock
from balie.platform.refusal import Refusal


class NotTheirs(Refusal):
    sentence = _("This account does not belong to anybody who works here.")


def separate(member: Member, *, by: Person) -> Person:
    """The account is a person of its own from now on, whom it returns; it reads nothing more of its former person's.

    What it wrote stays that person's, and what was still to be said to them in Slack goes by mail. Raises `NotTheirs`.
    """
    with transaction.atomic():
        row = Member.objects.select_for_update(of=("self",)).select_related("workspace", "person").get(pk=member.pk)
        owner = row.person
        if owner is None or owner.is_external:
            raise NotTheirs
        own = _person_of_its_own(row)
        name = f"{row.workspace.external_id}:{row.user_id}"
        Identity.objects.filter(kind=Identity.SLACK, external_id=name).update(person=own)
        Home.objects.filter(workspace=row.workspace, user_id=row.user_id).update(person=own, is_stale=True)
        row.person, row.apart_from = own, owner
        row.save(update_fields=["person", "apart_from"])
        _end_talks(row, owner)
        auditing.record(auditing.Kind.SLACK_SEPARATED, by=by, about=owner, name=own.name)
    return own


def _person_of_its_own(member: Member) -> Person:
    status = Person.Status.INACTIVE if member.is_gone else Person.Status.ACTIVE
    own = Person(name=member.name or member.user_id, kind=Person.Kind.EXTERNAL, status=status)
    own.set_unusable_password()
    own.save()
    return own


def _end_talks(member: Member, owner: Person) -> None:
    """Their talks are no threads of these requests any more: what is written there begins something new."""
    talks = Thread.objects.filter(channel=member.workspace_id, reader=owner)
    said = Delivery.objects.filter(thread__in=talks.order_by().values("pk"))
    said.filter(purpose=Delivery.Purpose.CARD).delete()
    if address := owner.mail_address():
        now = clock.now()
        said.filter(state__in=Delivery.PENDING).update(
            kind=kinds.EMAIL, address=address, external_id="", state=Delivery.State.OWED, attempts=0, held_by=None,
            next_attempt_at=now,
        )  # fmt: skip
    # What has been sent stays beside its message, though its thread goes.
    said.update(thread=None)
    talks.delete()
