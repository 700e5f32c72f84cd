"""The pages of one's own account."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from balie.people.models import ApiToken, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada_in(client: Client, ada: Person) -> Client:
    client.force_login(ada)
    return client


def test_language_and_time_zone_apply_at_once(ada_in: Client, ada: Person) -> None:
    answer = ada_in.post("/account/", {"language": "de", "time_zone": "Asia/Tokyo"}, follow=True)

    ada.refresh_from_db()
    assert (ada.language, ada.time_zone) == ("de", "Asia/Tokyo")
    assert answer["Content-Language"] == "de"


def test_the_organisations_language_can_be_chosen_again(ada_in: Client, ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(language="de")
    ada_in.post("/account/", {"language": "", "time_zone": ""})

    ada.refresh_from_db()
    assert ada.language == ""


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../etc/passwd"}])
def test_what_does_not_exist_is_refused(ada_in: Client, ada: Person, wrong: dict[str, str]) -> None:
    assert ada_in.post("/account/", wrong).status_code == 422


def test_nothing_but_reading_can_be_changed_there(ada_in: Client, ada: Person) -> None:
    ada_in.post("/account/", {"language": "de", "role": "administrator", "status": "leave"})

    ada.refresh_from_db()
    assert (ada.role, ada.status) == ("employee", "active")


def test_a_token_is_shown_once_works_and_can_be_revoked(ada_in: Client, ada: Person) -> None:
    page = ada_in.post("/account/tokens/new/", {"name": "Calendar"})
    token = re.search(r'value="(balie_[^"]+)"', page.content.decode())

    assert page.status_code == 201
    assert "no-store" in page["Cache-Control"]
    assert token is not None
    assert ApiToken.holder(token[1]) == ada
    listed = ada_in.get("/account/tokens/").content.decode()
    assert "Calendar" in listed
    assert token[1] not in listed
    ada_in.post(reverse("account_token_revocation", args=[ApiToken.objects.get().pk]))
    assert ApiToken.holder(token[1]) is None
    assert "Calendar" not in ada_in.get("/account/tokens/").content.decode()


def test_a_token_needs_a_name(ada_in: Client) -> None:
    assert ada_in.post("/account/tokens/new/", {"name": " "}).status_code == 422
    assert not ApiToken.objects.exists()


def test_making_a_token_asks_for_the_password_again(ada_in: Client, ada: Person) -> None:
    ada.set_password("correct horse battery")
    ada.save()
    ada_in.force_login(ada)

    assert "/account/confirmation/" in ada_in.post("/account/tokens/new/", {"name": "Calendar"})["Location"]
    assert not ApiToken.objects.exists()


def test_nobody_revokes_somebody_elses_token(ada_in: Client, ben: Person) -> None:
    ApiToken.issue(person=ben, name="Ben's")

    assert ada_in.post(reverse("account_token_revocation", args=[ApiToken.objects.get().pk])).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "account",
        "account_tokens",
        "account_token_new",
        "usersessions_list",
        "account_set_password",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_logout",
    ],
)
def test_every_page_of_the_account_opens_for_its_person_only(ada_in: Client, name: str) -> None:
    assert ada_in.get(reverse(name)).status_code == 200
    answer = Client().get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/") or name == "account_logout"
