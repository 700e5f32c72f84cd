"""A program of its own that sends mails over one connection and prints when each began and ended; it knows no Django."""

from __future__ import annotations

import smtplib
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage

from balie.operations.bench import vocabulary

SENDERS = 4


def send(
    port: int, domain: str, *, sender: int, share: int, rate: float | None = None
) -> Iterator[tuple[float, float]]:
    """Send that many mails, at most `rate` a second; when each began and ended."""
    # Written before the first is sent: what is measured is the door.
    mails = _mails(domain, sender=sender, share=share) if rate else list(_mails(domain, sender=sender, share=share))
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.ehlo()
        for address, team, raw in mails:
            begun = time.monotonic()
            connection.sendmail(address, [team], raw)
            yield begun, time.monotonic()
            if rate:
                time.sleep(max(0.0, begun + 1 / rate - time.monotonic()))


def _mails(domain: str, *, sender: int, share: int) -> Iterator[tuple[str, str, bytes]]:
    letters = list(vocabulary.bodies(vocabulary.LANGUAGES[sender % 4]))
    stamp = time.time_ns()
    for number in range(share):
        turn = number * SENDERS + sender
        address = f"p{vocabulary.EXPERTS + 1 + turn % (vocabulary.EMPLOYEES - vocabulary.EXPERTS)}@{vocabulary.DOMAIN}"
        team = f"team{number % vocabulary.TEAMS}@{domain}"
        msg_id = f"<{stamp}.{sender}.{number}@x>"
        yield address, team, _mail(letters[number % len(letters)], sender=address, to=team, msg_id=msg_id)


def _mail(letter: str, *, sender: str, to: str, msg_id: str) -> bytes:
    """About 5 kB: text and HTML, as a mail program sends it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = sender, to, letter[:40], msg_id
    message["Date"] = "Mon, 23 Nov 2026 09:12:00 +0100"
    body = (letter + "\n\n") * 3
    message.set_content(body[:1500])
    message.add_alternative(f"<html><body><p>{body[:2600]}</p></body></html>", subtype="html")
    return message.as_bytes()


if __name__ == "__main__":
    for begun, ended in send(int(sys.argv[1]), sys.argv[2], sender=int(sys.argv[3]), share=int(sys.argv[4])):
        print(begun, ended)
