"""Pages as a person reads them: nothing of another language is left on them, except what somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils.timezone import localdate
from pytest_django import Settings

from balie.config.tests.cast import Cast
from balie.config.tests.catalogues import entries
from balie.people.models import Person
from balie.platform import clock
from balie.tickets import linking
from balie.tickets.models import Ticket
from balie.tickets.words import Words

pytestmark = pytest.mark.django_db

_READ_ALOUD = {"alt", "title", "placeholder", "aria-label", "label", "data-lost", "data-ended"}
# What holds for two holds for all: which texts a page has does not depend on the language.
_LANGUAGES = ("nl", "de")
_PASSWORD = "a long password of hers"
# What the cast wrote, and the product's name.
_NAMES = {"Balie", "IT", "People", "Facilities", "Hardware", "zzzz", "xxxx", "Django"}
_BEFORE_SIGN_IN = ("/sign-in/", "/sign-in/link/", "/sign-in/password/", "/nowhere")
_OF_EVERYBODY = (
    "/my/requests/", "/my/requests/?kind=resolved", "/my/requests/new", "/my/requests/OWN", "/account/", "/account/tokens/",
    "/account/tokens/new/", "/account/password/", "/account/sessions/", "/account/confirmation/", "/account/second-factor/",
    "/account/second-factor/app/", "/account/second-factor/passkeys/", "/account/second-factor/passkeys/new/", "/nowhere",
)  # fmt: skip
_OF_EXPERTS = (
    "/requests/", "/requests/?view=followed", "/requests/NUMBER", "/requests/NUMBER/assignee", "/requests/NUMBER/team",
    "/requests/NUMBER/due-date", "/requests/NUMBER/snooze", "/requests/NUMBER/followers", "/requests/NUMBER/merge",
    "/requests/NUMBER/deletion",
)  # fmt: skip
_OF_ADMINISTRATORS = (
    "/settings/", "/settings/teams/", "/settings/people/", "/settings/organisation/", "/settings/troubles/",
    "/settings/deleted/", "/settings/disclosure/", "/settings/integrations/email/", "/requests/999/disclosure",
    "/settings/plan/", "/settings/plan/conversations/removal", "/settings/integrations/credentials/",
    "/settings/integrations/credentials/new", "/settings/statuses/", "/settings/statuses/new",
    "/settings/people/attributes/", "/settings/people/attributes/new", "/settings/people/import/", "/settings/people/roles/",
    "/settings/people/roles/new", "/settings/audit/", "/people/",
)  # fmt: skip
_OF_A_TEAM = tuple(
    f"/settings/teams/TEAM/{part}".rstrip("/")
    for part in (
        "",
        "members",
        "categories",
        "hours",
        "sla",
        "sla/new",
        "new-requests",
        "channels",
        "attributes",
        "archive",
    )
)


class _Reader(HTMLParser):
    """Collects what is read: texts, and what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self._is_skipped = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A list of time zones or languages is the same everywhere.
        self._is_skipped = tag in ("script", "style", "option") or ("aria-hidden", "true") in attrs
        self.texts |= {value for name, value in attrs if name in _READ_ALOUD and value}

    def handle_endtag(self, tag: str) -> None:
        self._is_skipped = False

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not self._is_skipped and re.search(r"[^\W\d_]{2}", text):
            self.texts.add(text)


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """One that much has happened to."""
    words = Words.from_text("xxxx")
    ticket = Ticket.open(
        team=cast.it, requester=cast.cleo, subject="zzzz", words=words, channel="email", category=cast.hardware
    )
    other = Ticket.open(team=cast.it, requester=cast.cleo, subject="zzzz", words=words, channel="web")
    ticket.reply(by=cast.ben, words=words)
    ticket.note(by=cast.ben, words=words)
    for person in (cast.ben, None, cast.ben):
        ticket.assign(person, by=cast.ben)
    ticket.prioritise(4, by=cast.ben)
    ticket.categorise(None, by=cast.ben)
    ticket.expect_by(localdate() + timedelta(days=3), by=cast.ben)
    ticket.rename("zzzz", by=cast.ben)
    ticket.follow(cast.eva, by=cast.ben)
    ticket.snooze(clock.now() + timedelta(days=2), by=cast.ben)
    linking.link(ticket, other, by=None)
    return ticket


@pytest.fixture
def administrator(cast: Cast, settings: Settings) -> Person:
    """Eva, with a password, since some pages ask for it once more."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cast.eva.set_password(_PASSWORD)
    cast.eva.save()
    return cast.eva


@pytest.mark.parametrize(
    "addresses", [_OF_EVERYBODY, _OF_EXPERTS, _OF_ADMINISTRATORS, _OF_A_TEAM], ids=["all", "expert", "admin", "team"]
)
def test_no_english_is_left_on_a_page(administrator: Person, ticket: Ticket, addresses: tuple[str, ...]) -> None:
    own = Ticket.open(
        team=ticket.team, requester=administrator, subject="zzzz", words=Words.from_text("xxxx"), channel="web"
    )
    numbers = {"OWN": own.pk, "NUMBER": ticket.pk, "TEAM": ticket.team_id}
    filled = [re.sub("OWN|NUMBER|TEAM", lambda meant: str(numbers[meant[0]]), address) for address in addresses]
    assert _left(administrator, filled, wrote=set(Person.objects.values_list("name", flat=True))) == []


def test_no_english_is_left_before_signing_in(cast: Cast) -> None:
    assert _left(None, _BEFORE_SIGN_IN, wrote=set()) == []


def _left(person: Person | None, addresses: Sequence[str], *, wrote: set[str]) -> list[tuple[str, str, str]]:
    """What is read on these pages in English too, though no catalogue says that it is the same."""
    english = _read(person, addresses, language="en")
    left = []
    for language in _LANGUAGES:
        alike = {one.source for one in entries(language) if one.source.lower() in map(str.lower, one.translations)}
        known = [re.sub(r"%\(\w+\)s", "", one).strip().lower() for one in alike | wrote | _NAMES]
        known.sort(key=len, reverse=True)
        for address, texts in _read(person, addresses, language=language).items():
            left += [(language, address, text) for text in sorted(texts & english[address]) if _says_more(text, known)]
    return left


def _read(person: Person | None, addresses: Sequence[str], *, language: str) -> dict[str, set[str]]:
    client = Client(headers={"accept-language": language})
    if person is not None:
        Person.objects.filter(pk=person.pk).update(language=language)
        client.force_login(person)
        client.post("/account/confirmation/", {"password": _PASSWORD})
    found = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == (404 if address == "/nowhere" else 200), address
        reader = _Reader()
        reader.feed(answer.content.decode())
        found[address] = reader.texts
    return found


def _says_more(text: str, known: Sequence[str]) -> bool:
    text = re.sub(r"\S+@\S+|europe/\w+", "", text.lower())
    for one in known:
        text = text.replace(one, "")
    return re.search(r"[^\W\d_]{2}", text) is not None
