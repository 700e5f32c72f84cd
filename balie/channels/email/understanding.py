"""What a mail means: who says what about which request, and which verb that is.

Reading, keeping its files and judging its sender come first and touch no row; everything else is one transaction.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from balie.channels.email import bounces, reading, return_address, sender, threading
from balie.channels.email.models import KnownId
from balie.channels.email.subjects import without_prefixes
from balie.channels.email.threading import Thread
from balie.channels.models import Arrival
from balie.channels.said import Said, Speaker, Verdict
from balie.organisation.models import Organisation
from balie.people.models import Identity, Person
from balie.platform import files
from balie.teams.models import Team
from balie.tickets.linking import link
from balie.tickets.models import Message, Ticket
from balie.tickets.words import KeptFile, SenderCheck, Words

CHANNEL = "email"
MOST_A_MINUTE = 10
_MOST_COPIES = 50
_LONGEST_HEADER = 256 * 1024
_CHECKS = {Verdict.PASS: SenderCheck.PROVEN, Verdict.FAIL: SenderCheck.FAILED, Verdict.NONE: SenderCheck.UNKNOWN}


class NoSuchTeam(Exception):
    """The team that the mail was accepted for is gone; an administrator decides."""


def understand(arrival: Arrival) -> None:
    """Make of an arrived mail what it is, and settle it."""
    raw = arrival.content()
    # Only a door that heard an SMTP envelope knows of a null sender; a mail without Return-Path is nobody's bounce.
    said = reading.read(raw, envelope_from=arrival.envelope.get("mail_from"))
    arrival.sender = said.by.address[:320]
    known = Person.objects.known_by(Identity.EMAIL, said.by.address) if said.by.address else None
    verdict = _judged(raw, arrival=arrival, claims=known)
    kept = _kept_files(said)
    with transaction.atomic():
        _Understanding(arrival, said, known=known, verdict=verdict, kept=kept).act()


def _judged(raw: bytes, *, arrival: Arrival, claims: Person | None) -> Verdict:
    """Only who claims to be somebody we know is asked for proof."""
    if claims is None:
        return Verdict.NONE
    if arrival.envelope.get("door") == "web":
        return Verdict.PASS
    return sender.judge(
        raw,
        client_ip=arrival.envelope.get("client_ip", ""),
        helo=arrival.envelope.get("helo", ""),
        envelope_from=arrival.envelope.get("mail_from", ""),
        trusted_servers=_trusted_servers(raw),
    )


def _trusted_servers(raw: bytes) -> tuple[str, ...]:
    """Asked only when there is a stamp that it could make believable."""
    if b"authentication-results" not in raw[:_LONGEST_HEADER].lower():
        return ()
    return tuple(Organisation.current().trusted_mail_servers)


def _kept_files(said: Said) -> tuple[KeptFile, ...]:
    rows = []
    for enclosed in said.enclosed:
        kept = files.keep(enclosed.content)
        rows.append(
            KeptFile(
                name=enclosed.name, media_type=enclosed.media_type, sha256=kept.sha256, size=kept.size,
                content_id=enclosed.content_id, is_inline=enclosed.is_inline,
            )
        )  # fmt: skip
    return tuple(rows)


class _Understanding:
    """One mail on its way to its verb."""

    def __init__(
        self, arrival: Arrival, said: Said, *, known: Person | None, verdict: Verdict, kept: tuple[KeptFile, ...]
    ) -> None:
        self.arrival = arrival
        self.said = said
        self.known = known
        self.verdict = verdict
        self.kept = kept
        self.recipient: str = arrival.envelope.get("recipient", "")
        has_siblings, recent = arrival.surroundings(within=timedelta(minutes=1), at_most=MOST_A_MINUTE)
        self.siblings = self._siblings() if has_siblings else []
        # More than ten a minute from one sender is a machine, whatever its headers say.
        self._comes_too_often = recent >= MOST_A_MINUTE

    def act(self) -> None:
        """Report, reply, note, word of a participant, or new request: call its verb and settle the arrival."""
        if self.said.bounced or return_address.read(self.recipient.partition("@")[0]):
            self._leave_aside("bounce" if bounces.match(self.said, recipient=self.recipient) else "unknown bounce")
            return
        if not self.said.by.address:
            self._leave_aside("no sender")
            return
        if self._comes_from_ourselves():
            self._leave_aside("loop")
            return
        thread = threading.find(self.said, recipient=self.recipient)
        team = self._team(thread)
        if thread is not None and any(sibling.ticket_id == thread.ticket.pk for sibling in self.siblings):
            self._leave_aside("duplicate")
            return
        is_stranger = self.known is None or self.known.is_external
        if is_stranger and thread is None and team.strangers == Team.Strangers.REFUSED:
            self._leave_aside("stranger")
            return
        author = self.known or self._person(self.said.by)
        message = self._join(thread, author, team) or self._open(team, author)
        if thread is not None and message.ticket_id != thread.ticket.pk:
            link(thread.ticket, message.ticket, by=None)
        for sibling in self.siblings:
            if sibling.ticket is not None:
                link(sibling.ticket, message.ticket, by=author)
        if self.said.external_id:
            KnownId.objects.create(msg_id=self.said.external_id[:998], message=message)
        self.arrival.settle(Arrival.State.UNDERSTOOD, message=message)

    def _join(self, thread: Thread | None, author: Person, team: Team) -> Message | None:
        """Add the mail to the request it continues, as what its author is to that request; None when it must not join."""
        if thread is None or not threading.has_been_with(thread.ticket, team.pk):
            return None
        ticket = thread.ticket
        if self.verdict == Verdict.FAIL and ticket.is_private:
            return None
        if not threading.admits(thread, author):
            return None
        words = self._words()
        if ticket.is_worked_on_by(author):
            return self._from_expert(ticket, author, words, thread)
        return ticket.hear(by=author, words=words, channel=CHANNEL, copies=self._copies(author))

    def _from_expert(self, ticket: Ticket, author: Person, words: Words, thread: Thread) -> Message:
        if words.is_automatic:
            return ticket.hear(by=author, words=words, channel=CHANNEL)
        # The signed reply address went to this expert only: who knows it and is not caught lying has proved enough.
        is_proven = self.verdict == Verdict.PASS or (self.verdict == Verdict.NONE and thread.written_to == author.pk)
        if self.said.is_note or not is_proven:
            return ticket.note(by=author, words=words, channel=CHANNEL)
        return ticket.reply(by=author, words=words, channel=CHANNEL)

    def _open(self, team: Team, author: Person) -> Message:
        forwarded = self.said.forwarded
        if forwarded is not None and forwarded.by.address and self.verdict != Verdict.FAIL and team.has_member(author):
            return self._open_for_forwarded(team, author)
        ticket = Ticket.open(
            team=team, requester=author, subject=without_prefixes(self.said.subject), words=self._words(),
            channel=CHANNEL, copies=self._copies(author),
        )  # fmt: skip
        return ticket.opening

    def _open_for_forwarded(self, team: Team, expert: Person) -> Message:
        """An expert passed an employee's mail on: that employee is the requester, and the expert's own words are a note."""
        forwarded = self.said.forwarded
        assert forwarded is not None  # the caller looked
        requester = self._person(forwarded.by)
        words = Words(
            text=forwarded.text, html=forwarded.html, files=self.kept, sender_check=SenderCheck.UNKNOWN,
            is_automatic=self._is_automatic(),
        )  # fmt: skip
        ticket = Ticket.open(
            team=team, requester=requester, subject=without_prefixes(forwarded.subject or self.said.subject),
            words=words, channel=CHANNEL,
        )  # fmt: skip
        first = ticket.opening
        if forwarded.remark.strip() and ticket.is_worked_on_by(expert):
            ticket.note(by=expert, words=Words.from_text(forwarded.remark), channel=CHANNEL)
        return first

    def _words(self) -> Words:
        said = self.said
        text, html = said.text, said.html
        if not text.strip() and not self.kept:
            # An empty mail is still somebody at the desk: its subject is what was said.
            text = said.subject or "…"
            html = Words.from_text(text).html
        return Words(
            text=text, html=html, folded_html=said.folded_html, files=self.kept, is_automatic=self._is_automatic(),
            sender_check=_CHECKS[self.verdict], sent_to=tuple(one.address for one in (*said.to, *said.copies)),
        )  # fmt: skip

    def _copies(self, author: Person) -> tuple[Person, ...]:
        if self._is_automatic() or self.verdict == Verdict.FAIL:
            return ()
        ours = f"@{settings.BALIE.mail_domain}"
        others = {
            one.address: one
            for one in (*self.said.to, *self.said.copies)
            if one.address and not one.address.endswith(ours)
        }
        people = [self._person(one) for one in list(others.values())[:_MOST_COPIES]]
        return tuple(person for person in people if person != author)

    def _person(self, speaker: Speaker) -> Person:
        return Person.objects.take_in(kind=Identity.EMAIL, external_id=speaker.address[:320], name=speaker.name)

    def _is_automatic(self) -> bool:
        return self.said.automatic is not None or self._comes_too_often

    def _comes_from_ourselves(self) -> bool:
        return self.said.by.address.endswith(f"@{settings.BALIE.mail_domain}")

    def _team(self, thread: Thread | None) -> Team:
        local_part = self.recipient.partition("@")[0]
        if "+r" in local_part and thread is not None:
            return thread.ticket.team
        team = Team.objects.at(local_part.partition("+")[0])
        if team is not None:
            return team
        if thread is not None:
            return thread.ticket.team
        raise NoSuchTeam(local_part)

    def _siblings(self) -> list[Arrival]:
        """The same mail for other recipients, as far as it is understood; one at a time, so that none misses the other."""
        others = Arrival.objects.filter(bundle=self.arrival.bundle, kind=CHANNEL).exclude(pk=self.arrival.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [self.arrival.bundle])
        return list(others.filter(state=Arrival.State.UNDERSTOOD).select_related("ticket__team"))

    def _leave_aside(self, outcome: str) -> None:
        self.arrival.settle(Arrival.State.IGNORED, outcome=outcome)
