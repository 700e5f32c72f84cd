"""Signing in by password, and the second factor, through the pages as a browser walks them."""

import base64
import hashlib
import hmac
import re
import time
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django.fixtures import Settings

from balie.people.models import Person, SignInLink
from balie.people.tests.jobs import run_owed_jobs

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
ANOTHER = "staple horse correct"


def code_now(secret: str) -> str:
    """RFC 6238, as an authenticator app computes it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, int(time.time() // 30).to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


@pytest.fixture
def ada_with_password(ada: Person) -> Person:
    ada.set_password(PASSWORD)
    ada.save()
    return ada


def sign_in(
    client: Client, *, email: str = "ada@balie.example", password: str = PASSWORD, then: str = ""
) -> HttpResponse:
    answer: HttpResponse = client.post("/sign-in/", {"login": email, "password": password, "next": then})
    return answer


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def set_up_app(client: Client) -> str:
    """Set an authenticator app up and return its secret."""
    page = client.get("/account/second-factor/app/", follow=True)
    if page.redirect_chain:
        page = client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page.content.decode())
    assert secret is not None
    assert b"<svg" in page.content
    assert b"data:image" not in page.content
    done = client.post("/account/second-factor/app/", {"code": code_now(secret[1])})
    assert done["Location"] == "/account/second-factor/codes/"
    return secret[1]


def test_a_password_signs_in(client: Client, ada_with_password: Person) -> None:
    assert sign_in(client, then="/my/requests/")["Location"] == "/my/requests/"
    assert is_signed_in(client)


def test_the_address_may_be_written_in_capitals(client: Client, ada_with_password: Person) -> None:
    sign_in(client, email="Ada@Balie.Example")

    assert is_signed_in(client)


def test_a_wrong_password_an_unknown_address_and_no_password_yet_are_answered_alike(
    ada_with_password: Person, cleo: Person
) -> None:
    answers = [
        sign_in(Client(), email=address, password=ANOTHER)
        for address in ("ada@balie.example", "nobo@balie.example", "cleo@balie.example")
    ]
    said = {re.sub(r'value="[^"]*"', "", answer.content.decode()) + str(answer.status_code) for answer in answers}

    assert len(said) == 1


def test_the_password_is_hashed_once_whether_or_not_the_address_exists(
    ada_with_password: Person, cleo: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
    ada_with_password.set_password(PASSWORD)
    ada_with_password.save()
    hashed: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: PBKDF2PasswordHasher, password: str, salt: str, iterations: int | None = None) -> str:
        hashed.append(password)
        return encode(self, password, salt, iterations)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    for address in ("ada@balie.example", "nobody@balie.example", "cleo@balie.example"):
        hashed.clear()
        sign_in(Client(), email=address, password=ANOTHER)
        assert len(hashed) == 1, address


def test_whoever_left_cannot_sign_in(client: Client, ada_with_password: Person) -> None:
    Person.objects.filter(pk=ada_with_password.pk).update(status=Person.Status.INACTIVE)

    assert sign_in(client)["Location"] == "/sign-in/inactive/"
    assert not is_signed_in(client)


@pytest.mark.parametrize("address", ["ada@balie.example", "nobody@balie.example"])
def test_guessing_one_address_is_limited_from_wherever_it_comes(ada_with_password: Person, address: str) -> None:
    for n in range(10):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{n}"), email=address, password=ANOTHER)

    client = Client(REMOTE_ADDR="192.0.2.77")
    answer = sign_in(client, email=address)
    assert "Too many" in answer.content.decode()
    assert not is_signed_in(client)


def test_guessing_many_addresses_from_one_place_is_limited(ada_with_password: Person) -> None:
    for n in range(20):
        sign_in(Client(REMOTE_ADDR="192.0.2.1"), email=f"p{n}@balie.example", password=ANOTHER)

    here, elsewhere = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    sign_in(here)
    sign_in(elsewhere)
    assert not is_signed_in(here)
    assert is_signed_in(elsewhere)


def test_nobody_can_sign_up(client: Client, organisation: object) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert client.get("/sign-in/signup/").status_code == 404


def test_a_second_factor_is_asked_after_the_password(client: Client, ada_with_password: Person) -> None:
    sign_in(client)
    secret = set_up_app(client)
    again = Client()

    assert sign_in(again, then="/my/requests/")["Location"] == "/sign-in/second-factor/"
    assert not is_signed_in(again)
    assert again.get("/sign-in/second-factor/").status_code == 200
    again.post("/sign-in/second-factor/", {"code": "000000"})
    assert not is_signed_in(again)
    # The code that set the app up is used up, and the codes beside it count as well.
    codes = Authenticator.objects.get(user=ada_with_password, type="recovery_codes").wrap().get_unused_codes()
    answer = again.post("/sign-in/second-factor/", {"code": codes[0]})
    assert answer["Location"] == "/my/requests/"
    assert is_signed_in(again)
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_a_code_of_the_app_signs_in_once(client: Client, ada_with_password: Person) -> None:
    sign_in(client)
    secret = set_up_app(client)
    cache.clear()
    first, second = Client(), Client()
    for one in (first, second):
        sign_in(one)
        one.post("/sign-in/second-factor/", {"code": code_now(secret)})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_a_one_time_link_does_not_go_round_the_second_factor(client: Client, ada_with_password: Person) -> None:
    sign_in(client)
    set_up_app(client)
    fresh = Client()

    answer = fresh.get(urlsplit(SignInLink.issue(ada_with_password, printed=True)).path)
    assert answer["Location"] == "/sign-in/second-factor/"
    assert not is_signed_in(fresh)


def test_stopping_the_second_factor_asks_who_it_is(client: Client, ada_with_password: Person) -> None:
    sign_in(client)
    set_up_app(client)
    fresh = Client()
    fresh.get(urlsplit(SignInLink.issue(ada_with_password, printed=True)).path)
    codes = Authenticator.objects.get(user=ada_with_password, type="recovery_codes").wrap().get_unused_codes()
    fresh.post("/sign-in/second-factor/", {"code": codes[0]})

    assert "/account/confirmation/" in fresh.get("/account/second-factor/app/removal/")["Location"]
    client.post("/account/second-factor/app/removal/")
    assert not Authenticator.objects.filter(user=ada_with_password).exists()


def test_changing_the_password_ends_all_other_sessions(client: Client, ada_with_password: Person) -> None:
    other = Client()
    sign_in(other)
    sign_in(client)

    form = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    assert client.post("/account/password/", form).status_code == 302
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_sessions_are_listed_and_ended(client: Client, ada_with_password: Person) -> None:
    other = Client(headers={"User-Agent": "Lynx/2.9"})
    sign_in(other)
    sign_in(client)

    page = client.get("/account/sessions/").content.decode()
    assert "Lynx/2.9" in page
    ending = re.search(r'"(/account/sessions/\d+/end/)"', page)
    assert ending is not None
    client.post(ending[1])
    assert other.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_all_other_sessions_are_ended_at_once(client: Client, ada_with_password: Person) -> None:
    others = [Client(), Client()]
    for one in [*others, client]:
        sign_in(one)

    client.post("/account/sessions/")
    assert Session.objects.count() == 1
    assert client.get("/account/").status_code == 200


def test_somebody_elses_session_cannot_be_ended(client: Client, ada_with_password: Person, ben: Person) -> None:
    sign_in(client)
    bens = Client()
    bens.get(urlsplit(SignInLink.issue(ben, printed=True)).path)
    number = UserSession.objects.get(user=ada_with_password).pk
    assert bens.post(f"/account/sessions/{number}/end/").status_code == 404
    assert client.get("/account/").status_code == 200


def reset(address: str) -> HttpResponse:
    answer: HttpResponse = Client().post("/sign-in/password/", {"email": address})
    run_owed_jobs()
    return answer


def test_a_password_is_reset_by_mail_and_its_answer_tells_nothing(ada_with_password: Person) -> None:
    Person.objects.filter(pk=ada_with_password.pk).update(language="nl")
    known, unknown = reset("ada@balie.example"), reset("nobody@balie.example")

    assert (known.status_code, known["Location"], known.content) == (
        unknown.status_code,
        unknown["Location"],
        unknown.content,
    )
    (message,) = mail.outbox
    assert '<html lang="nl">' in str(message.alternatives[0][0])
    client = Client()
    url = next(line for line in str(message.body).splitlines() if line.startswith("http"))
    page = client.get(urlsplit(url).path, follow=True)
    path = page.redirect_chain[-1][0]
    assert b"password1" in page.content
    answer = client.post(path, {"password1": ANOTHER, "password2": ANOTHER})
    assert answer["Location"] == "/sign-in/password/changed/"
    assert not is_signed_in(client)
    assert sign_in(client, password=ANOTHER).status_code == 302
    assert is_signed_in(client)
    assert b"does not work any more" in Client().get(urlsplit(url).path).content
