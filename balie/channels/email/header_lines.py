"""How the lines of a header travel (RFC 5322, 2047 and 2231): folded, encoded, and never one line more than was meant.

The standard library folds long ids and emoji in ways that other programs cannot read back, so that ids, names and subjects are
folded here.
"""

from email.charset import QP, Charset
from email.header import Header
from email.headerregistry import Address
from email.policy import SMTP, EmailPolicy
from typing import Any, Final

from balie.platform.characters import clean_name, clean_text

_IDS = frozenset({"message-id", "in-reply-to", "references"})
_PEOPLE = frozenset({"from", "to", "reply-to"})
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = QP
_LONGEST_LINE = 76
_LONGEST_SUBJECT = 200
_LONGEST_DISPLAY_NAME = 80


class _Meant(str):
    """A subject as a person reads it. The standard library would decode what looks encoded in it, line breaks too."""

    __slots__ = ()


class _Policy(EmailPolicy):
    """RFC 5322 with lines that end in CR LF and bodies in seven bits. What was parsed from a mail is passed on as it came."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if name.lower() == "subject":
            return name, _Meant(subject_line(str(value)))
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        return _folded(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        folded = _folded(name, value)
        return folded.encode("utf-8") if folded else super().fold_binary(name, value)


POLICY: Final = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=SMTP.max_line_length)


def subject_line(subject: str) -> str:
    """One line of at most 200 characters, without anything unseen or turning in it."""
    return " ".join(clean_text(subject).split())[:_LONGEST_SUBJECT].rstrip()


def mailbox(name: str, address: str) -> Address:
    """A name and an address. What looks like another address in the name does not stay: it is there to deceive."""
    local_part, _at, domain = address.rpartition("@")
    shown = clean_name(name.replace("@", " ").replace("<", " ").replace(">", " "))[:_LONGEST_DISPLAY_NAME].rstrip()
    return Address(display_name=shown, username=local_part, domain=ascii_domain(domain))


def ascii_domain(domain: str) -> str:
    """The domain as the DNS knows it (RFC 5891): what has letters beyond ASCII is `xn--…`."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _folded(name: str, value: Any) -> str:
    lowered = name.lower()
    if isinstance(value, _Meant):
        return f"{name}: {_words(value, len(name))}\r\n"
    if not hasattr(value, "name"):
        return ""
    if lowered in _IDS:
        return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
    if lowered in _PEOPLE:
        return f"{name}: " + ",\r\n ".join(_person(one, len(name)) for one in value.addresses) + "\r\n"
    return ""


def _person(person: Address, taken: int) -> str:
    if not person.display_name:
        return person.addr_spec
    if person.display_name.isascii() and "=?" not in person.display_name:
        quoted = person.display_name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n <{person.addr_spec}>' if len(quoted) > 30 else f'"{quoted}" <{person.addr_spec}>'
    return f"{_encoded(person.display_name, taken)}\r\n <{person.addr_spec}>"


def _words(line: str, taken: int) -> str:
    if not line.isascii() or "=?" in line:
        return _encoded(line, taken)
    return Header(line, "us-ascii", _LONGEST_LINE, continuation_ws=" ").encode(linesep="\r\n") if line else ""


def _encoded(words: str, taken: int) -> str:
    return Header(words, _UTF8, _LONGEST_LINE - taken - 2).encode(linesep="\r\n")
