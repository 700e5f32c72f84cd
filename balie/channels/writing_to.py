"""A letter to whoever looks after the organisation's plan: owed like all mail, with the writer's own address to answer to."""

from __future__ import annotations

from email.message import EmailMessage

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from balie.channels import delivering, kinds
from balie.channels.email.header_lines import POLICY, mailbox, subject_line
from balie.channels.models import Delivery
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.platform import clock, waking


def account_manager(organisation: Organisation, *, words: str, by: Person) -> Delivery:
    """Owe the letter, in the organisation's language. Whoever it goes to is nobody's colleague: it is its writer's delivery."""
    with translation.override(organisation.language):
        subject = _("The plan of %(organisation)s") % {"organisation": organisation.name}
        signed = _("%(name)s wrote this in Balie, %(address)s.") % {"name": by.name, "address": settings.BALIE.url}
    letter = EmailMessage(policy=POLICY)
    letter["From"] = mailbox(organisation.name, f"desk@{settings.BALIE.mail_domain}")
    letter["To"] = mailbox("", organisation.account_manager)
    if by.email:
        letter["Reply-To"] = mailbox(by.name, by.email)
    letter["Subject"] = subject_line(subject)
    letter.set_content(f"{words.strip()}\n\n-- \n{signed}\n")
    now = clock.now()
    owed = Delivery.objects.create(
        kind=kinds.EMAIL, purpose=Delivery.Purpose.ACCOUNT, address=organisation.account_manager, recipient=by,
        raw=letter.as_bytes(), state=Delivery.State.OWED, created_at=now, next_attempt_at=now,
    )  # fmt: skip
    waking.wake(delivering.WAKE_WORD)
    return owed
