"""Questions to the domain name system: the only part of judging a sender that touches the network."""

import time
from functools import cache
from typing import Any, ClassVar, Protocol

import dns.exception
import dns.name
import dns.resolver

TIMEOUT = 2.0  # seconds for one question
# After name servers were silent, they are left alone so long: a thousand mails must not wait two seconds each.
SILENCE = 30.0  # seconds
# Names that no name server knows (RFC 6761): asking would only give them away.
_NOWHERE = (".localhost", ".test", ".example", ".invalid", ".local")
MOST_QUESTIONS = 40


class NoAnswerNow(Exception):
    """The name servers did not answer in time: nothing can be said of the domain, now."""


class Resolver(Protocol):
    """Who answers questions. Each gives an empty list where there is nothing, and raises `NoAnswerNow`."""

    def fetch_texts(self, name: str) -> list[str]: ...

    def fetch_addresses(self, name: str) -> list[str]: ...

    def fetch_exchangers(self, name: str) -> list[str]: ...


class NameServers:
    """The name servers of this machine. One object judges one mail: a hostile one cannot make it ask without end."""

    _silent_until: ClassVar[float] = 0.0

    def __init__(self) -> None:
        self._asked = 0

    def fetch_texts(self, name: str) -> list[str]:
        """The TXT records, the pieces of each joined."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def fetch_addresses(self, name: str) -> list[str]:
        return [str(record) for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def fetch_exchangers(self, name: str) -> list[str]:
        return [str(record.exchange).rstrip(".") for record in self._ask(name, "MX")][:10]

    def _ask(self, name: str, kind: str) -> list[Any]:
        self._asked += 1
        if name.lower().rstrip(".").endswith(_NOWHERE):
            return []
        if self._asked > MOST_QUESTIONS or time.monotonic() < NameServers._silent_until:
            raise NoAnswerNow(name)
        try:
            answer = _resolver().resolve(name, kind, lifetime=TIMEOUT, search=False, raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN):
            return []
        except dns.exception.DNSException as fault:
            # A label that is too long or empty names nothing; all else may be better tomorrow.
            if isinstance(fault, (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong)):
                return []
            if isinstance(fault, (dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers)):
                NameServers._silent_until = time.monotonic() + SILENCE
            raise NoAnswerNow(name) from fault
        except (OSError, ValueError, UnicodeError) as fault:
            raise NoAnswerNow(name) from fault
        return list(answer.rrset or [])


@cache
def _resolver() -> dns.resolver.Resolver:
    """Of this machine's configuration, remembering answers for as long as they say."""
    resolver = dns.resolver.Resolver()
    resolver.cache = dns.resolver.LRUCache(2000)
    return resolver
