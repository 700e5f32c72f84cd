"""What Django and allauth mail, owed like everything else that leaves: kept with the commit, sent by a worker."""

from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from email.utils import parseaddr

from django.core.mail import EmailMessage as Mail
from django.core.mail.backends.base import BaseEmailBackend

from balie.channels import delivering, kinds, silence
from balie.channels.email.header_lines import POLICY, mailbox, subject_line
from balie.channels.models import Delivery
from balie.people.models import Identity, Person
from balie.platform import clock, waking


class DeskMail(BaseEmailBackend):
    """Django's name for a way that mail leaves. Whoever is not known by the address is sent nothing."""

    def send_messages(self, email_messages: Sequence[Mail]) -> int:
        """Owe each mail to each of its recipients; returns how many mails somebody will get."""
        owed = 0
        for mail in email_messages:
            deliveries = [row for address in mail.recipients() if (row := _owed(mail, address=address.strip().lower()))]
            Delivery.objects.bulk_create(deliveries)
            owed += bool(deliveries)
        if owed:
            waking.wake(delivering.WAKE_WORD)
        return owed


def _owed(mail: Mail, *, address: str) -> Delivery | None:
    address = parseaddr(address)[1]
    person = Person.objects.known_by(Identity.EMAIL, address)
    if person is None or not silence.may_hear(person, purpose=Delivery.Purpose.ACCOUNT, ticket=None):
        return None
    now = clock.now()
    return Delivery(
        kind=kinds.EMAIL, purpose=Delivery.Purpose.ACCOUNT, address=address, recipient=person,
        raw=_written(mail, person=person, address=address), state=Delivery.State.OWED, created_at=now, next_attempt_at=now,
    )  # fmt: skip


def _written(mail: Mail, *, person: Person, address: str) -> bytes:
    """The mail without its ids, which its delivery gives it. Django's own would ask the DNS for our name here and now."""
    written = EmailMessage(policy=POLICY)
    name, sender = parseaddr(mail.from_email)
    written["From"] = mailbox(name, sender)
    written["To"] = mailbox(person.name, address)
    written["Subject"] = subject_line(str(mail.subject))
    written.set_content(str(mail.body))
    for content, media_type in _alternatives(mail):
        written.add_alternative(content, subtype=media_type.partition("/")[2])
    return written.as_bytes()


def _alternatives(mail: Mail) -> Iterable[tuple[str, str]]:
    for alternative in getattr(mail, "alternatives", ()):
        content, media_type = alternative[0], alternative[1]
        if str(media_type).startswith("text/"):
            yield str(content), str(media_type)
