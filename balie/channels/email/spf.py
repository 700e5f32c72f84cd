"""Whether a domain allows this machine to send for it (SPF, RFC 7208)."""

import ipaddress
import re

from balie.channels.email.dns import Resolver

MOST_LOOKUPS = 10  # RFC 7208, 4.6.4

_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<name>all|include|a|mx|ip4|ip6|exists|ptr)(?::(?P<value>[^/]+(?:/[\d/]+)?|[^/]*))?(?P<mask>/[\d/]+)?"
)
_MACRO = re.compile(r"%\{([slodivh])([0-9]*)(r?)[.\-+,/_=]*\}|%%|%_|%-", re.IGNORECASE)


class _Wrong(Exception):
    """The record cannot be followed (permerror)."""


class _Check:
    def __init__(self, *, ip: str, sender: str, helo: str, resolver: Resolver) -> None:
        self.ip = ipaddress.ip_address(ip)
        self.sender, self.helo, self.resolver = sender, helo, resolver
        self.lookups = 0

    def result(self, domain: str) -> str:
        record = self._record(domain)
        if record is None:
            return "none"
        redirect = ""
        for term in record.split()[1:]:
            if term.lower().startswith("redirect="):
                redirect = self._expanded(term.partition("=")[2], domain)
            elif "=" in term.partition(":")[0]:
                continue
            elif found := _TERM.fullmatch(term.lower()):
                if self._matches(found, domain):
                    return _RESULTS[found["sign"] or "+"]
            else:
                raise _Wrong(term)
        if redirect:
            self._count()
            followed = self.result(redirect)
            if followed == "none":
                raise _Wrong(redirect)
            return followed
        return "neutral"

    def _record(self, domain: str) -> str | None:
        found = [text for text in self.resolver.fetch_texts(domain) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]
        if len(found) > 1:
            raise _Wrong(domain)
        return found[0] if found else None

    def _matches(self, term: re.Match[str], domain: str) -> bool:
        name, value = term["name"], term["value"] or ""
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            return self._is_in(value + (term["mask"] or ""))
        self._count()
        named, _, value_mask = value.partition("/")
        target = self._expanded(named, domain) or domain
        mask = (term["mask"] or "/" + value_mask).strip("/")
        if name == "include":
            result = self.result(target)
            if result == "none":
                raise _Wrong(target)
            return result == "pass"
        if name == "exists":
            return bool(self.resolver.fetch_addresses(target))
        if name == "mx":
            hosts = self.resolver.fetch_exchangers(target)
            return any(self._is_at(host, mask) for host in hosts[:10])
        # "ptr" is not to be used (5.5): no mail of ours depends on it.
        return name == "a" and self._is_at(target, mask)

    def _is_at(self, host: str, mask: str) -> bool:
        four, _, six = mask.partition("//")
        bits = (four or "32") if self.ip.version == 4 else (six or "128")
        return any(
            self._is_in(f"{address}/{bits}")
            for address in self.resolver.fetch_addresses(host)
            if (":" in address) == (self.ip.version == 6)
        )

    def _is_in(self, network: str) -> bool:
        try:
            return self.ip in ipaddress.ip_network(network, strict=False)
        except ValueError as fault:
            raise _Wrong(network) from fault

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise _Wrong("too many lookups")

    def _expanded(self, text: str, domain: str) -> str:
        if "%" not in text:
            return text
        local_part, _, sender_domain = self.sender.rpartition("@")
        reverse = self.ip.reverse_pointer.rsplit(".", 2)[0]
        dotted = ".".join(reversed(reverse.split(".")))
        values = {
            "s": self.sender, "l": local_part, "o": sender_domain, "d": domain, "i": dotted, "h": self.helo,
            "v": "in-addr" if self.ip.version == 4 else "ip6",
        }  # fmt: skip

        def value(macro: re.Match[str]) -> str:
            if macro[1] is None:
                return {"%%": "%", "%_": " "}.get(macro[0], "%20")
            parts = values[macro[1].lower()].split(".")
            parts = parts[::-1] if macro[3] else parts
            return ".".join(parts[-int(macro[2]) :] if macro[2] and int(macro[2]) else parts)

        return _MACRO.sub(value, text)


def check(*, ip: str, envelope_from: str, helo: str, resolver: Resolver) -> str:
    """RFC 7208's word for it: pass, fail, softfail, neutral, none or permerror; raises `dns.NoAnswerNow`."""
    sender = envelope_from or f"postmaster@{helo}"
    try:
        return _Check(ip=ip, sender=sender, helo=helo, resolver=resolver).result(sender.rpartition("@")[2].lower())
    except (_Wrong, ValueError):
        return "permerror"
