"""Whom mail may be addressed to: teams, signed reply addresses, signed return addresses, and the postmaster."""

import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import Error as DatabaseAway
from django.db import connection

from balie.channels.email import mail_path, reply_address, return_address
from balie.organisation.models import Organisation
from balie.organisation.models.organisation import NotSetUp
from balie.organisation.plan import Feature
from balie.teams.mail_addresses import mail_addresses
from balie.teams.models import Team

FRESH = 2.0  # seconds for which the addresses of the teams are believed without asking again
# Answers are recognised without the database; now and then it is asked whether mail is taken at all.
FRESH_FOR_ANSWERS = 60.0

# RFC 5321 (4.5.1) and RFC 2142: every domain that takes mail reads these.
_ROLES = frozenset({"postmaster", "abuse"})


class NoSuchRecipient(Exception):
    """Nobody here has this address, and the database says so."""


class NotOurs(NoSuchRecipient):
    """The address is of another domain: we do not pass mail on."""


class TeamClosed(NoSuchRecipient):
    """The team was archived, and nobody reads what is written to it any more."""


class CannotTell(Exception):
    """The database is away, so that nobody knows whether there is such an address."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One address that mail may be for: as the sender wrote it, and as we know it.

    `canonical` is a team's address without a detail (`it+printer@` is `it@`), or a reply or return address, in lower case. A
    former address is that which the team has now, and an archived team's that of whoever took its work over.
    """

    written: str
    canonical: str


class Recipients:
    """Finds recipients. The addresses of the teams are kept for two seconds, and for as long as the database is away."""

    def __init__(self) -> None:
        self._teams: dict[str, tuple[str, str]] = {}
        self._closed: frozenset[str] = frozenset()
        self._asked_at = float("-inf")
        self._is_known = False
        self._is_closed = False
        self._asking = threading.Lock()

    def find(self, address: str) -> Recipient:
        """The recipient with this address; raises `NoSuchRecipient`, `NotOurs` or `CannotTell`. May ask the database."""
        began = time.monotonic()
        if began - self._asked_at > FRESH:
            self._ask(since=began)
        try:
            return self._find(address)
        except NotOurs:
            raise
        except (NoSuchRecipient, CannotTell):
            # A team may be a second old: nobody is turned away on hearsay.
            self._ask(since=began)
            return self._find(address)

    def find_at_once(self, address: str) -> Recipient | None:
        """The recipient with this address if that can be said without the database, else None; raises `NotOurs`."""
        age = time.monotonic() - self._asked_at
        if age > FRESH and (age > FRESH_FOR_ANSWERS or not _is_signed(_path(address).local_part)):
            return None
        try:
            return self._find(address)
        except NotOurs:
            raise
        except (NoSuchRecipient, CannotTell):
            return None

    def _find(self, address: str) -> Recipient:
        path = _path(address)
        if self._is_closed:
            raise NoSuchRecipient(address)
        local_part = path.local_part
        if not _is_signed(local_part):
            local_part = self._postmaster() if local_part in _ROLES else local_part.partition("+")[0]
            if local_part not in self._teams:
                unknown = TeamClosed if local_part in self._closed else NoSuchRecipient
                raise unknown(address) if self._is_known else CannotTell(address)
            local_part = self._teams[local_part][0]
        return Recipient(written=address, canonical=f"{local_part}@{settings.BALIE.mail_domain}")

    def _postmaster(self) -> str:
        """The team that reads what is written to the postmaster: the first of IT, else the first there is."""
        if not self._teams:
            raise CannotTell("There is no team yet.")
        teams = self._teams.values()
        return next((address for address, kind in teams if kind == Team.Kind.IT), next(iter(teams))[0])

    def _ask(self, *, since: float) -> None:
        """Ask the database, unless it has answered since."""
        with self._asking:
            if self._asked_at > since:
                return
            try:
                self._is_closed = not takes_mail()
                known = mail_addresses()
                self._teams, self._closed = known.readers, known.closed
                self._is_known = True
            except DatabaseAway:
                # What was known stays known; what was not known then is not refused now.
                self._is_known = False
                if not connection.in_atomic_block:
                    connection.close()
            self._asked_at = time.monotonic()


def takes_mail() -> bool:
    """Whether email is in the plan. Before Conversations is set up mail is kept, and understood once it has been."""
    try:
        return Organisation.current().plan.includes(Feature.EMAIL)
    except NotSetUp:
        return True


def _path(address: str) -> mail_path.MailPath:
    path = mail_path.read(address)
    ours = mail_path.read(f"x@{settings.BALIE.mail_domain}")
    if path is None:
        raise NoSuchRecipient(address)
    is_bare_role = not path.domain and path.local_part in _ROLES
    if not is_bare_role and (ours is None or path.domain != ours.domain):
        raise NotOurs(address)
    return path


def _is_signed(local_part: str) -> bool:
    return bool(reply_address.read(local_part) or return_address.read(local_part))
