"""The Message-ID of a mail that we send: always the same for one delivery, and nobody else can make it.

So a retry bears the id of the first try, and what answers the mail or reports on it finds the delivery.
"""

import re

from django.conf import settings

from balie.platform import secrets

_PURPOSE = "message id"
_WRITTEN = re.compile(r"<?d(?P<delivery>[1-9][0-9]{0,17})\.(?P<signature>[a-z2-7]{16})@[^\s@<>]+>?")


def write(delivery: int) -> str:
    """The id of the mail that is this delivery, as RFC 5322 has it, without angle brackets."""
    return f"d{delivery}.{secrets.sign(_PURPOSE, str(delivery))}@{_domain()}"


def write_of_several(delivery: int) -> str:
    """The id of a mail that speaks of several requests: an answer to it is an answer to none, so that `read` knows it not."""
    return f"n{delivery}.{secrets.sign(f'{_PURPOSE} of several', str(delivery))}@{_domain()}"


def read(message_id: str) -> int | None:
    """The number of the delivery, whatever the domain was then; None when we did not sign the id."""
    found = _WRITTEN.fullmatch(message_id.strip().lower())
    if found is None or not secrets.is_signed(_PURPOSE, found["delivery"], found["signature"]):
        return None
    return int(found["delivery"])


def _domain() -> str:
    return str(settings.BALIE.mail_domain).encode("idna").decode()
