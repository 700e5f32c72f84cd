"""One-time links: printed on a terminal, or mailed."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from balie.people.models import Identity, Person, SignInLink
from balie.people.sign_in.mails import mail_sign_in_link
from balie.people.tests.jobs import run_owed_jobs
from balie.platform import clock

pytestmark = pytest.mark.django_db


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def link_in(message: mail.EmailMessage) -> str:
    return path_of(next(line for line in str(message.body).splitlines() if line.startswith("http")))


def is_signed_in(client: Client, person: Person) -> bool:
    return client.session.get("_auth_user_id") == str(person.pk)


def test_a_printed_link_signs_in_when_it_is_opened(client: Client, eva: Person) -> None:
    answer = client.get(path_of(SignInLink.issue(eva, printed=True)))

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client, eva)


def test_a_link_works_once(eva: Person) -> None:
    path = path_of(SignInLink.issue(eva, printed=True))
    Client().get(path)

    late = Client()
    assert late.get(path).status_code == 410
    assert "_auth_user_id" not in late.session


def test_a_mailed_link_survives_a_scanner_and_signs_in_by_its_button(client: Client, ada: Person) -> None:
    path = path_of(SignInLink.issue(ada, printed=False))

    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 405
    assert not is_signed_in(client, ada)
    assert client.post(path).status_code == 302
    assert is_signed_in(client, ada)


def test_a_browser_that_fetches_ahead_does_not_use_a_printed_link_up(client: Client, eva: Person) -> None:
    path = path_of(SignInLink.issue(eva, printed=True))

    assert client.get(path, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 200
    assert not is_signed_in(client, eva)
    assert client.get(path).status_code == 302


@pytest.mark.parametrize(("printed", "lasts"), [(True, timedelta(hours=24)), (False, timedelta(minutes=15))])
def test_a_link_expires(client: Client, ada: Person, printed: bool, lasts: timedelta) -> None:
    path, now = path_of(SignInLink.issue(ada, printed=printed)), clock.now()

    with time_machine.travel(now + lasts - timedelta(seconds=5), tick=False):
        assert SignInLink.good(path.split("/")[-2]) is not None
    with time_machine.travel(now + lasts + timedelta(seconds=5), tick=False):
        assert client.post(path).status_code == 410
    assert not is_signed_in(client, ada)


def test_only_a_digest_of_the_link_is_stored(ada: Person) -> None:
    token = SignInLink.issue(ada, printed=True).split("/")[-2]

    kept = SignInLink.objects.get()
    assert token not in str(vars(kept))


def test_whoever_left_is_refused(client: Client, ada: Person) -> None:
    path = path_of(SignInLink.issue(ada, printed=True))
    Person.objects.filter(pk=ada.pk).update(status=Person.Status.INACTIVE)

    assert client.get(path).status_code == 410
    assert not is_signed_in(client, ada)


def test_an_external_is_refused(client: Client) -> None:
    stranger = Person.objects.take_in(kind=Identity.EMAIL, external_id="guest@elsewhere.example")

    assert client.get(path_of(SignInLink.issue(stranger, printed=True))).status_code == 410
    assert not is_signed_in(client, stranger)


def test_a_session_ends_when_its_person_leaves(client: Client, ada: Person) -> None:
    client.get(path_of(SignInLink.issue(ada, printed=True)))
    assert client.get("/account/").status_code == 200

    Person.objects.filter(pk=ada.pk).update(status=Person.Status.INACTIVE)
    assert client.get("/account/").status_code in (302, 403)


@pytest.mark.parametrize(
    ("wanted", "went"),
    [
        ("/requests/12/", "/requests/12/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_a_link_leads_on_only_within_the_desk(client: Client, ada: Person, wanted: str, went: str) -> None:
    answer = client.get(path_of(SignInLink.issue(ada, printed=True)), {"next": wanted})

    assert answer["Location"] == went


def ask(client: Client, address: str, **more: str) -> HttpResponse:
    answer: HttpResponse = client.post("/sign-in/link/", {"email": address, **more})
    run_owed_jobs()
    return answer


def test_the_answer_is_the_same_for_known_and_unknown_addresses(ada: Person) -> None:
    known, unknown = ask(Client(), ada.email), ask(Client(), "nobody@balie.example")

    assert (known.status_code, known.content, known["Location"]) == (
        unknown.status_code,
        unknown.content,
        unknown["Location"],
    )
    assert [message.to for message in mail.outbox] == [[ada.email]]


def test_a_link_is_mailed_to_any_address_of_the_person_in_their_language(client: Client, ada: Person) -> None:
    Identity.objects.create(person=ada, kind=Identity.EMAIL, external_id="ada@home.example")
    Person.objects.filter(pk=ada.pk).update(language="de")

    ask(client, "Ada@Home.example", next="/my/requests/")

    (message,) = mail.outbox
    assert message.to == ["ada@home.example"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    html = str(message.alternatives[0][0])
    assert '<html lang="de">' in html
    assert "/sign-in/link/" in html
    answer = client.post(link_in(message))
    assert answer["Location"] == "/my/requests/"
    assert is_signed_in(client, ada)


def test_a_mail_never_carries_a_way_out_of_the_desk(client: Client, ada: Person) -> None:
    ask(client, ada.email, next="https://evil.example/")

    assert "evil" not in str(mail.outbox[0].body)


def test_nobody_who_left_is_mailed_a_link(ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(status=Person.Status.INACTIVE)
    mail_sign_in_link(ada.email)

    assert mail.outbox == []


@pytest.mark.parametrize("address", ["ada@balie.example", "nobody@balie.example"])
def test_links_for_one_address_are_limited(ada: Person, address: str) -> None:
    codes = [ask(Client(REMOTE_ADDR=f"192.0.2.{n}"), address).status_code for n in range(4)]

    assert codes == [302, 302, 302, 429]


def test_what_is_not_an_address_is_explained(client: Client) -> None:
    answer = ask(client, "ada")

    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content
