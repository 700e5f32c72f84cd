"""Reads the mailboxes that are connected, each in a thread of its own, and each in one process only."""

import threading
from datetime import datetime

import psycopg
import structlog
from django.db import Error as DatabaseFault
from django.db import connection

from balie.channels.email.addressed import header_of, reply_addresses_named, sender_noted
from balie.channels.email.imap import CannotRead, Folder, Listed, NotHandedOver, Waiting, open_folder
from balie.channels.email.models import Mailbox, Trouble
from balie.channels.email.oauth import AccessTokens
from balie.channels.email.recipients import Recipient, Recipients, takes_mail
from balie.channels.email.taking_in import LARGEST, GoesInCircles, take_in
from balie.channels.receiving import NotKept
from balie.platform import listening
from balie.platform.secrets import KeyLost
from balie.teams.models import Team

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
_LOCK = 0x62616C69  # the first half of our advisory locks on mailboxes; the second is the mailbox


class Readers:
    """Sees to it that every active mailbox has one reader, here or in another process, and none has two."""

    def __init__(self, waiting: Waiting | None = None) -> None:
        self._waiting = waiting or Waiting()
        self._readers: dict[int, Reader] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailboxes", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Let every reader finish the mail it is storing."""
        self._stop.set()
        for reader in list(self._readers.values()):
            reader.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                # A lock belongs to a connection, so this one is ours alone, past any pool between.
                with psycopg.connect(
                    **listening.address(), autocommit=True, application_name="balie mailboxes"
                ) as locks:
                    while not self._stop.is_set():
                        self._look(locks)
                        self._stop.wait(LOOK_SECONDS)
            except (psycopg.Error, DatabaseFault) as fault:
                log.warning("mailboxes wait for the database", fault=type(fault).__name__)
            finally:
                for pk in list(self._readers):
                    self._end(pk)
                connection.close()
            self._stop.wait(LOOK_SECONDS)

    def _look(self, locks: psycopg.Connection) -> None:
        wanted = dict(Mailbox.objects.active().values_list("pk", "changed_at")) if takes_mail() else {}
        for pk, reader in list(self._readers.items()):
            if wanted.get(pk) != reader.changed_at or not reader.is_alive():
                self._end(pk)
                locks.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, pk])
        locks.execute("SELECT 1")  # a lock that went with its connection is noticed here
        for pk, changed_at in wanted.items():
            if self._stop.is_set():
                return  # a reader that ended because it was asked to is not followed by another
            if pk not in self._readers and _has_lock(locks, pk):
                self._readers[pk] = Reader(pk, changed_at=changed_at, waiting=self._waiting)
                self._readers[pk].start()

    def _end(self, pk: int) -> None:
        reader = self._readers.pop(pk)
        reader.ask_to_stop()
        reader.join()


class Reader(threading.Thread):
    """Reads one mailbox until it is asked to stop."""

    def __init__(self, pk: int, *, changed_at: datetime, waiting: Waiting) -> None:
        super().__init__(name=f"mailbox {pk}", daemon=True)
        self.changed_at = changed_at
        self._pk = pk
        self._waiting = waiting
        self._asked_to_stop = threading.Event()
        self._tokens = AccessTokens()
        self._recipients = Recipients()

    def ask_to_stop(self) -> None:
        self._asked_to_stop.set()

    def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._asked_to_stop.is_set():
            try:
                if self._read():
                    pause = FIRST_PAUSE_SECONDS
            except (DatabaseFault, Mailbox.DoesNotExist) as fault:
                log.warning("mailbox waits for the database", mailbox=self._pk, fault=type(fault).__name__)
            except Exception as fault:
                # Whatever one mailbox does must not end the reading of it for good.
                log.error("mailbox failed", mailbox=self._pk, fault=type(fault).__name__)
            finally:
                connection.close()
            self._asked_to_stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _read(self) -> bool:
        """Read until something goes wrong; returns whether the mailbox could be opened."""
        try:
            mailbox = Mailbox.objects.get(pk=self._pk)
        except KeyLost:
            Mailbox.objects.filter(pk=self._pk).update(last_error=Trouble.KEY_LOST)
            return False
        is_open = False
        try:
            with open_folder(mailbox, self._tokens) as folder:
                mailbox.begin(folder.uidvalidity)
                is_open = True
                self._take(mailbox, folder, list(mailbox.unread_uids))
                while not self._asked_to_stop.is_set():
                    new = folder.uids_after(mailbox.last_uid, since=mailbox.takes_since)
                    self._take(mailbox, folder, new)
                    folder.wait(self._asked_to_stop, self._waiting)
        except CannotRead as fault:
            mailbox.note_trouble(fault.trouble, fault.detail)
        except NotKept as fault:
            mailbox.note_trouble(Trouble.NOT_KEPT, str(fault))
        return is_open

    def _take(self, mailbox: Mailbox, folder: Folder, uids: list[int]) -> None:
        for mail in folder.list_mails(uids):
            if self._asked_to_stop.is_set():
                return
            if mailbox.wants(mail.arrived_at):
                try:
                    self._take_one(mailbox, folder, mail)
                except NotHandedOver:
                    mailbox.put_aside(mail.uid)
                    continue
            mailbox.pass_by(mail.uid)

    def _take_one(self, mailbox: Mailbox, folder: Folder, mail: Listed) -> None:
        raw = folder.fetch(mail)
        if not raw:
            return
        try:
            keep_from_mailbox(raw, mailbox=mailbox, recipients=self._recipients)
        except GoesInCircles:
            return
        except (NotKept, DatabaseFault):
            raise
        except Exception as fault:
            log.error("mail put aside", mailbox=mailbox.pk, uid=mail.uid, fault=type(fault).__name__)
            raise NotHandedOver from fault
        if mail.size > LARGEST:
            mailbox.note_trouble(Trouble.LARGE_MAIL)
        elif mailbox.deletes_after_reading:
            folder.delete(mail.uid)


def keep_from_mailbox(raw: bytes, *, mailbox: Mailbox, recipients: Recipients) -> None:
    """Store a mail for the request whose reply address it was sent to, else for the mailbox's team; raises as `take_in`."""
    header = header_of(raw)
    team_address = Team.objects.get(
        pk=mailbox.team_id
    ).mail_address  # it may have been renamed since the folder was opened
    addressed = reply_addresses_named(header, recipients) or [Recipient(written=team_address, canonical=team_address)]
    envelope = {"door": "imap", "mailbox": str(mailbox.pk), **sender_noted(header)}
    take_in(raw, recipients=addressed, envelope=envelope)


def _has_lock(locks: psycopg.Connection, pk: int) -> bool:
    row = locks.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, pk]).fetchone()
    return bool(row and row[0])
