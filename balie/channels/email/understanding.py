"""What a mail means: who says what about which request, and which verb that is.

Reading, keeping its files and judging its sender come first and touch no row; everything else is one transaction, which mails
that begin a request share.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connection, transaction

from balie.channels import telling
from balie.channels.email import bounces, reading, return_address, sender, threading
from balie.channels.email.models import KnownId
from balie.channels.email.subjects import without_prefixes
from balie.channels.email.threading import Thread
from balie.channels.models import Arrival
from balie.channels.models.arrival import Surroundings
from balie.channels.said import Said, Speaker, Verdict
from balie.organisation.models import Organisation
from balie.people.models import Identity, Person
from balie.platform import files
from balie.platform.gathering import gathering, later, remember, remembered
from balie.teams.models import Team
from balie.tickets.linking import link
from balie.tickets.models import Message, Ticket
from balie.tickets.opening import Opening, open_all
from balie.tickets.words import KeptFile, SenderCheck, Words

if TYPE_CHECKING:
    from balie.channels.kinds import Alone

log = structlog.get_logger(__name__)

CHANNEL = "email"
MOST_A_MINUTE = 10
_MOST_COPIES = 50
_LONGEST_HEADER = 256 * 1024
# Seconds after which mails that are judged are acted upon, though others of their lease are not judged yet.
_LONGEST_WAIT = 1.0
_CHECKS = {Verdict.PASS: SenderCheck.PROVEN, Verdict.FAIL: SenderCheck.FAILED, Verdict.NONE: SenderCheck.UNKNOWN}


class NoSuchTeam(Exception):
    """The team that the mail was accepted for is gone; an administrator decides."""


def understand(arrivals: Sequence[Arrival], *, alone: Alone[Arrival]) -> None:
    """Make of arrived mails what they are, and settle them.

    Those that begin a request touch no row that others hold, and share a transaction; when one of them fails, each has its own.
    What continues a request locks it, and stands by itself, after those that it may answer.
    """
    mails = _looked_around([mail for arrival in arrivals for mail in _read(arrival, alone=alone)], alone=alone)
    while mails:
        ready: list[_Understanding] = []
        began = time.monotonic()
        # Name servers may be slow: what is ready does not wait long for what follows.
        while mails and time.monotonic() - began < _LONGEST_WAIT:
            mail = mails.pop(0)
            with alone(mail.arrival):
                mail.judge()
                ready.append(mail)
        _act(ready, alone=alone)


def _read(arrival: Arrival, *, alone: Alone[Arrival]) -> list[_Understanding]:
    """The mail as it was read; nothing when that failed."""
    with alone(arrival):
        raw = arrival.content()
        # Only a door that heard an SMTP envelope knows of a null sender; a mail without Return-Path is nobody's bounce.
        said = reading.read(raw, envelope_from=arrival.envelope.get("mail_from"))
        arrival.sender = said.by.address[:320]
        return [_Understanding(arrival, said, raw)]
    return []


def _looked_around(mails: list[_Understanding], *, alone: Alone[Arrival]) -> list[_Understanding]:
    """The mails, with whom and what they concern; without those for which that cannot be asked."""
    if not mails:
        return []
    try:
        _look_around(mails)
    except Exception as fault:
        if isinstance(fault, DatabaseFault) and not connection.is_usable():
            raise
    else:
        return mails
    sound = []
    for mail in mails:
        with alone(mail.arrival):
            _look_around([mail])
            sound.append(mail)
    return sound


def _look_around(mails: list[_Understanding]) -> None:
    """Who is known by the addresses, and what came beside each: the same for all of them, so that it is asked once."""
    with transaction.atomic():
        people = Person.objects.known_by_any(Identity.EMAIL, {one for mail in mails for one in mail.addresses})
        arrivals = [mail.arrival for mail in mails]
        around = Arrival.surroundings(arrivals, within=timedelta(minutes=1), at_most=MOST_A_MINUTE)
    for mail in mails:
        mail.people, mail.surroundings = people, around[mail.arrival.pk]


def _act(mails: list[_Understanding], *, alone: Alone[Arrival]) -> None:
    beginning = [mail for mail in mails if mail.begins_a_request]
    if len(beginning) > 1 and _open_together(beginning):
        mails = [mail for mail in mails if not mail.begins_a_request]
    for mail in sorted(mails, key=lambda mail: not mail.begins_a_request):
        with alone(mail.arrival), transaction.atomic(), gathering():
            mail.act()


def _open_together(mails: list[_Understanding]) -> bool:
    """Whether it could be done: else nothing of it is done."""
    try:
        with transaction.atomic(), gathering():
            _know_teams(mails)
            openings = [(mail, opening) for mail in mails if (opening := mail.opening()) is not None]
            telling.know_listening_members({opening.team.pk for _mail, opening in openings})
            tickets = open_all([opening for _mail, opening in openings])
            for (mail, _opening), ticket in zip(openings, tickets, strict=True):
                mail.became(ticket.opening)
    except Exception as fault:
        if isinstance(fault, DatabaseFault) and not connection.is_usable():
            raise
        log.info("mails understood one by one", fault=type(fault).__name__, mails=len(mails))
        return False
    return True


def _know_teams(mails: list[_Understanding]) -> None:
    addresses = {mail.team_address for mail in mails}
    teams = Team.objects.at_any(addresses)
    for address in addresses:
        remember((Team, address), teams.get(address.lower()))


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

    def __init__(self, arrival: Arrival, said: Said, raw: bytes) -> None:
        self.arrival = arrival
        self.said = said
        self.recipient: str = arrival.envelope.get("recipient", "")
        self.known: Person | None = None
        self.verdict = Verdict.NONE
        self.kept: tuple[KeptFile, ...] = ()
        self.surroundings = Surroundings(has_siblings=False, recent=0)
        self.people: Mapping[str, Person] = {}
        self._raw = raw

    @property
    def addresses(self) -> set[str]:
        """Of whoever may be somebody we know."""
        said = self.said
        return {one.address[:320] for one in (said.by, *said.to, *said.copies) if one.address}

    def judge(self) -> None:
        """Keep its files and ask who sent it; touches no row."""
        self.known = self.people.get(self.said.by.address[:320])
        self.verdict = _judged(self._raw, arrival=self.arrival, claims=self.known)
        self.kept = _kept_files(self.said)
        # It may be large, and has been read.
        self._raw, self.arrival.raw = b"", None

    @property
    def begins_a_request(self) -> bool:
        """Whether it can be nothing else: it names nothing that was said before, and came for one team only."""
        said, local_part = self.said, self.recipient.partition("@")[0]
        return (
            not said.answers and "+" not in local_part and not self.surroundings.has_siblings
            and said.forwarded is None and not said.bounced
        )  # fmt: skip

    def act(self) -> None:
        """Report, reply, note, word of a participant, or new request: call its verb and settle the arrival."""
        if self.said.bounced or return_address.read(self.recipient.partition("@")[0]):
            self._leave_aside("bounce" if bounces.match(self.said, recipient=self.recipient) else "unknown bounce")
            return
        if reason := self._reason_to_leave_it():
            self._leave_aside(reason)
            return
        siblings = self._siblings() if self.surroundings.has_siblings else []
        thread = threading.find(self.said, recipient=self.recipient)
        team = self._team(thread)
        if thread is not None and any(sibling.ticket_id == thread.ticket.pk for sibling in siblings):
            self._leave_aside("duplicate")
            return
        if thread is None and self._is_unwelcome(team):
            self._leave_aside("stranger")
            return
        author = self._author()
        message = self._join(thread, author, team) or self._open(team, author)
        if thread is not None and message.ticket_id != thread.ticket.pk:
            link(thread.ticket, message.ticket, by=None)
        for sibling in siblings:
            if sibling.ticket is not None:
                link(sibling.ticket, message.ticket, by=author)
        self.became(message)

    def opening(self) -> Opening | None:
        """The request that it begins; None when it is left aside."""
        if reason := self._reason_to_leave_it():
            self._leave_aside(reason)
            return None
        team = self._team(None)
        if self._is_unwelcome(team):
            self._leave_aside("stranger")
            return None
        return self._opening(team, self._author())

    def became(self, message: Message) -> None:
        """Settle the arrival, and know the mail again when another answers it."""
        if self.said.external_id:
            later(_know, KnownId(msg_id=self.said.external_id[:998], message=message))
        self.arrival.settle(Arrival.State.UNDERSTOOD, message=message)

    def _reason_to_leave_it(self) -> str:
        if not self.said.by.address:
            return "no sender"
        return "loop" if self._comes_from_ourselves() else ""

    def _is_unwelcome(self, team: Team) -> bool:
        is_stranger = self.known is None or self.known.is_external
        return is_stranger and team.strangers == Team.Strangers.REFUSED

    def _author(self) -> Person:
        return self.known or self._person(self.said.by)

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
        return open_all([self._opening(team, author)])[0].opening

    def _opening(self, team: Team, author: Person) -> Opening:
        return Opening(
            team=team, requester=author, subject=without_prefixes(self.said.subject), words=self._words(),
            channel=CHANNEL, copies=self._copies(author),
        )  # fmt: skip

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
        address = speaker.address[:320]
        known = self.people.get(address)
        return known or Person.objects.take_in(kind=Identity.EMAIL, external_id=address, name=speaker.name)

    def _is_automatic(self) -> bool:
        # More than ten a minute from one sender is a machine, whatever its headers say.
        return self.said.automatic is not None or self.surroundings.recent >= MOST_A_MINUTE

    def _comes_from_ourselves(self) -> bool:
        return self.said.by.address.endswith(f"@{settings.BALIE.mail_domain}")

    @property
    def team_address(self) -> str:
        """Before the @, without what a signed reply address has behind it."""
        return self.recipient.partition("@")[0].partition("+")[0]

    def _team(self, thread: Thread | None) -> Team:
        local_part = self.recipient.partition("@")[0]
        if "+r" in local_part and thread is not None:
            return thread.ticket.team
        address = self.team_address
        team = remembered((Team, address), lambda: Team.objects.at(address))
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


def _know(ids: list[KnownId]) -> None:
    KnownId.objects.bulk_create(ids)
