"""Whether a mail comes from the domain that its From names: by what a trusted server found, else by DKIM, SPF and DMARC."""

import importlib.resources
from collections.abc import Collection
from email.message import Message
from functools import cache

import dkim
from authheaders.dmarc_lookup import DMARCException, answer_to_dict
from authres import AuthenticationResultsHeader, AuthResError
from publicsuffix2 import PublicSuffixList

from balie.channels.email import dns, spf
from balie.channels.email.addressed import header_of
from balie.channels.email.addresses import domain_of, speakers
from balie.channels.email.headers import raw_fields
from balie.channels.said import Verdict

MOST_SIGNATURES = 5


def judge(
    raw: bytes,
    *,
    client_ip: str,
    helo: str,
    envelope_from: str,
    trusted_servers: Collection[str],
    resolver: dns.Resolver | None = None,
) -> Verdict:
    """PASS when the domain of From vouches for the mail, FAIL when it has said that such mail is not its own, else NONE.

    A From that names several addresses fails (RFC 7489, 6.6.1: no person writes so, and readers see only the first). One
    without an address, or whose domain cannot be written in ASCII letters as sent, proves nothing. Fetches from the name
    servers, unless a trusted server has already judged.
    """
    header = header_of(raw)
    from_fields = raw_fields(header, "from")
    named = speakers(from_fields)
    if len(from_fields) > 1 or len(named) > 1:
        return Verdict.FAIL
    domain = domain_of(named[0].address) if named else ""
    if not domain or not domain.isascii() or "." not in domain:
        return Verdict.NONE
    if _claims_another(named[0].name, domain):
        return Verdict.NONE
    trusted = {server.strip().lower() for server in trusted_servers}
    judged = _by_trusted(header, domain, trusted) if trusted else None
    if judged is not None:
        return judged
    resolver = resolver or dns.NameServers()
    try:
        return _by_domain(raw, domain, client_ip=client_ip, helo=helo, envelope_from=envelope_from, resolver=resolver)
    except dns.NoAnswerNow:
        return Verdict.NONE


def _claims_another(name: str, domain: str) -> bool:
    """ "ada@balie.example" <mallory@evil.example>: mail programs show the first, and the proof is of the second."""
    return any(domain_of(word.strip("<>()[]'\"").lower()) not in ("", domain) for word in name.split() if "@" in word)


def _by_trusted(header: Message, domain: str, trusted: set[str]) -> Verdict | None:
    """By the topmost Authentication-Results, when it is of a server that we trust; any further one may be forged."""
    for value in raw_fields(header, "authentication-results")[:1]:
        unfolded = " ".join(value.split())
        if unfolded.partition(";")[0].split(" ")[0].strip().lower() not in trusted:
            return None
        try:
            results = AuthenticationResultsHeader.parse(f"Authentication-Results: {unfolded}").results
        except (AuthResError, ValueError, AttributeError, IndexError, TypeError):
            return Verdict.NONE
        return _of_results([_Result.of(result) for result in results], domain)
    return None


class _Result:
    """One method's result: what it found, and of which domain."""

    def __init__(self, method: str, found: str, domain: str) -> None:
        self.method, self.found, self.domain = method, found, domain

    @classmethod
    def of(cls, result: object) -> "_Result":
        method = str(getattr(result, "method", "")).lower()
        wanted = {"dmarc": ("from",), "dkim": ("d", "i"), "spf": ("mailfrom", "helo")}.get(method, ())
        of_property = {p.name.lower(): str(p.value or "") for p in getattr(result, "properties", [])}
        named = next((of_property[name] for name in wanted if of_property.get(name)), "")
        return cls(method, str(getattr(result, "result", "")).lower(), domain_of(named.strip('<>"')) or named.lower())


def _of_results(results: list[_Result], domain: str) -> Verdict:
    for result in results:
        if result.method == "dmarc" and result.domain in (domain, ""):
            if result.found == "pass":
                return Verdict.PASS
            if result.found == "fail":
                return Verdict.FAIL
    for result in results:
        if result.method in ("dkim", "spf") and result.found == "pass" and _is_aligned(result.domain, domain):
            return Verdict.PASS
    return Verdict.NONE


def _by_domain(
    raw: bytes, domain: str, *, client_ip: str, helo: str, envelope_from: str, resolver: dns.Resolver
) -> Verdict:
    policy = _policy(domain, resolver)
    if any(_is_aligned(signer, domain, strictly=policy.get("adkim") == "s") for signer in _signers(raw, resolver)):
        return Verdict.PASS
    allowed = "none"
    sent_for = domain_of(envelope_from) or helo.lower()
    is_aligned = _is_aligned(sent_for, domain, strictly=policy.get("aspf") == "s")
    if client_ip and is_aligned:
        allowed = spf.check(ip=client_ip, envelope_from=envelope_from, helo=helo, resolver=resolver)
    if allowed == "pass":
        return Verdict.PASS
    # A domain that publishes a policy signs what it sends; one that only lists its machines has said no when it says so.
    return Verdict.FAIL if policy.get("p") or allowed == "fail" else Verdict.NONE


def _policy(domain: str, resolver: dns.Resolver) -> dict[str, str]:
    """The DMARC record of the domain, else of its organisation (RFC 7489, 6.6.3); empty when there is none."""
    for name in dict.fromkeys((domain, _organisation(domain))):
        records = [text for text in resolver.fetch_texts(f"_dmarc.{name}") if text.startswith("v=DMARC1")]
        if len(records) == 1:
            try:
                return dict(answer_to_dict(records[0]))
            except DMARCException:
                return {}
        if records:
            return {}
    return {}


def _signers(raw: bytes, resolver: dns.Resolver) -> list[str]:
    """The domains whose signatures hold. One that covers only a beginning of the body (l=) lets anyone add to it."""

    def fetch_key(name: bytes, timeout: float = dns.TIMEOUT) -> bytes | None:
        texts = resolver.fetch_texts(name.decode("ascii", "replace").rstrip("."))
        return texts[0].encode("utf-8", "replace") if texts else None

    signed = raw if raw.count(b"\r\n") else raw.replace(b"\n", b"\r\n")
    count = min(len(raw_fields(header_of(raw), "dkim-signature")), MOST_SIGNATURES)
    domains = []
    for number in range(count):
        signature = dkim.DKIM(signed)
        try:
            is_good = signature.verify(idx=number, dnsfunc=fetch_key)
        except dns.NoAnswerNow:
            raise
        except Exception:  # the library raises many things at hostile signatures: none of them is a proof
            is_good = False
        fields = signature.signature_fields
        if is_good and b"l" not in fields and b"from" in fields.get(b"h", b"").lower():
            domains.append(fields.get(b"d", b"").decode("ascii", "replace").lower())
    return domains


def _is_aligned(domain: str, with_domain: str, *, strictly: bool = False) -> bool:
    if not domain or strictly:
        return bool(domain) and domain == with_domain
    return domain == with_domain or _organisation(domain) == _organisation(with_domain)


@cache
def _suffixes() -> PublicSuffixList:
    # authheaders reads its list anew for every question, which takes a quarter of a second.
    with importlib.resources.files("authheaders").joinpath("public_suffix_list.txt").open(encoding="utf-8") as listed:
        return PublicSuffixList(listed)


def _organisation(domain: str) -> str:
    """The domain that an organisation registers (Public Suffix List). Under a top level that the list does not know, two
    labels: the library answers with the top level itself, as if all under it were one organisation."""
    known = str(_suffixes().get_public_suffix(domain) or "")
    return known if "." in known else ".".join(domain.split(".")[-2:])
