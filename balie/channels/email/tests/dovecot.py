"""A Dovecot of the tests' own, on free ports, with as many accounts as are named: each has the password `secret`."""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from balie.channels.email import certificate
from balie.channels.email.tests.postbox import until

PASSWORD = "secret"


@dataclass(frozen=True)
class Dovecot:
    """A server that runs: `port` speaks in the clear and by STARTTLS, `tls_port` TLS."""

    port: int
    tls_port: int
    certificate: Path

    @contextmanager
    def account(self, user: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login(user, PASSWORD)
            client.select()
            yield client

    def deliver(self, user: str, *mails: bytes, at: datetime | None = None) -> None:
        with self.account(user) as client:
            for mail in mails:
                answer, words = client.append("INBOX", "", imaplib.Time2Internaldate(at or datetime.now(UTC)), mail)
                assert answer == "OK", words

    def flags(self, user: str) -> list[bytes]:
        with self.account(user) as client:
            return [line for line in client.fetch("1:*", "(FLAGS)")[1] if line] if _count(client) else []


@contextmanager
def run() -> Iterator[Dovecot]:
    """Start it, as root or not, and end it."""
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    try:
        folder.chmod(0o755)
        sealed = certificate.context(certificate=None, key=None, data=folder, domain="localhost")
        assert sealed
        port, tls_port = _free_port(), _free_port()
        configuration = folder / "dovecot.conf"
        configuration.write_text(_configuration(folder, port, tls_port))
        log = (folder / "log").open("w")
        program = shutil.which("dovecot") or "/usr/sbin/dovecot"
        server = subprocess.Popen([program, "-F", "-c", str(configuration)], stdout=log, stderr=log)
        try:
            until(lambda: server.poll() is not None or _answers(port))
            assert server.poll() is None, (folder / "log").read_text()
            yield Dovecot(port, tls_port, folder / "tls" / "smtp.pem")
        finally:
            server.terminate()
            server.wait(10)
            log.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configuration(folder: Path, port: int, tls_port: int) -> str:
    is_root = os.getuid() == 0
    me = getpass.getuser()
    # Dovecot never serves mail as root, and without root it cannot be anybody else.
    reader = "nobody" if is_root else me
    group = grp.getgrgid(pwd.getpwnam(reader).pw_gid).gr_name
    mails = folder / "mails"
    mails.mkdir()
    if is_root:
        shutil.chown(mails, reader, group)
    users = (
        ""
        if is_root
        else f"default_internal_user = {me}\ndefault_internal_group = {group}\ndefault_login_user = {me}\n"
    )
    chroot = "" if is_root else "chroot ="
    sealed = folder / "tls" / "smtp.pem"
    return f"""
{users}
protocols = imap
# Where the kernel tells it nothing of new mail, it looks itself.
mailbox_idle_check_interval = 1 secs
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = yes
ssl_cert = <{sealed}
ssl_key = <{sealed}
disable_plaintext_auth = no
mail_location = maildir:{mails}/%u
mail_uid = {reader}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={reader} gid={group} home={mails}/%u
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  {chroot}
}}
service stats {{
  {chroot}
}}
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        return client.recv(10).startswith(b"* OK")
    return False


def _count(client: imaplib.IMAP4) -> int:
    return int(client.select()[1][0] or 0)
