"""The key is made once; what it seals and signs outlives a change of key."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import isolate_apps

from balie.platform import environment, secrets

OLD, NEW = "o" * 40, "n" * 40


@pytest.fixture
def desk(tmp_path: Path) -> environment.Environment:
    return environment.read({"BALIE_DATA": str(tmp_path / "new" / "desk")})


def test_the_key_is_made_once_and_is_nobody_elses(desk: environment.Environment) -> None:
    key = secrets.secret_key(desk)
    assert len(key) >= 50
    assert secrets.secret_key(desk) == key
    assert (desk.data / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in desk.data.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_agree_on_the_key(desk: environment.Environment) -> None:
    program = (
        "import sys; from balie.platform import environment, secrets\n"
        "sys.stdin.read()\n"
        "print(secrets.secret_key(environment.read({'BALIE_DATA': sys.argv[1]})))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, desk.data], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in running:
        assert process.stdin
        process.stdin.close()
        process.stdin = None
    said = {process.communicate()[0].strip() for process in running}
    assert said == {secrets.secret_key(desk)}


def test_a_given_key_is_used_and_the_kept_one_still_reads(desk: environment.Environment) -> None:
    kept = secrets.secret_key(desk)
    given = replace(desk, secret_key=NEW)
    assert secrets.secret_key(given) == NEW
    assert secrets.older_keys(given) == [kept]
    assert secrets.older_keys(desk) == []


def test_older_keys_stand_below_the_first(desk: environment.Environment) -> None:
    desk.data.mkdir(parents=True)
    (desk.data / "secret.key").write_text(f"{NEW}\n{OLD}\n\n")
    assert secrets.secret_key(desk) == NEW
    assert secrets.older_keys(desk) == [OLD]


def test_a_given_key_makes_no_file(desk: environment.Environment) -> None:
    secrets.secret_key(replace(desk, secret_key=NEW))
    assert not desk.data.exists()


def test_what_an_older_key_sealed_and_signed_is_still_good(settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    sealed, signature = secrets.seal("password"), secrets.sign("reply", "12-7")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert secrets.unseal(sealed) == "password"
    assert secrets.is_signed("reply", "12-7", signature)
    settings.SECRET_KEY_FALLBACKS = []
    assert not secrets.is_signed("reply", "12-7", signature)
    with pytest.raises(secrets.KeyLost):
        secrets.unseal(sealed)


def test_sealing_hides_and_differs_each_time() -> None:
    assert secrets.seal("password") != secrets.seal("password")
    assert "password" not in secrets.seal("password")


def test_a_signature_fits_into_a_mail_address() -> None:
    signature = secrets.sign("reply", "12-7")
    assert len(signature) == 16
    assert signature.isalnum()
    assert signature == signature.lower()
    assert secrets.is_signed("reply", "12-7", signature.upper())


@pytest.mark.parametrize(
    ("purpose", "value", "change"),
    [
        ("reply", "12-8", str),
        ("cursor", "12-7", str),
        ("reply", "12-7", lambda signature: signature[:-1]),
        ("reply", "12-7", lambda signature: signature + "a"),
        ("reply", "12-7", lambda signature: ""),
        ("reply", "12-7", lambda signature: "é" + signature[1:]),
    ],
)
def test_no_other_signature_is_good(purpose: str, value: str, change: Any) -> None:
    assert not secrets.is_signed(purpose, value, change(secrets.sign("reply", "12-7")))


def test_a_short_signature_does_not_pass_for_a_long_one() -> None:
    assert not secrets.is_signed("reply", "1", secrets.sign("reply", "1", bits=40))
    assert secrets.is_signed("reply", "1", secrets.sign("reply", "1", bits=160), bits=160)


def test_a_token_is_stored_as_a_digest_only() -> None:
    token = secrets.new_token()
    assert token != secrets.new_token()
    assert len(token) > 40
    assert len(secrets.digest(token)) == 64
    assert secrets.digest(token) == secrets.digest(token) != secrets.digest(token + "x")


@pytest.mark.django_db(transaction=True)
def test_a_sealed_column_is_plain_to_us_and_sealed_in_the_database() -> None:
    with isolate_apps("balie.platform"):

        class Mailbox(models.Model):
            password = secrets.EncryptedTextField(blank=True, null=True)

            class Meta:
                app_label = "platform"

    with connection.schema_editor() as editor:
        editor.create_model(Mailbox)
    try:
        box = Mailbox.objects.create(password="hunter2")
        empty = Mailbox.objects.bulk_create([Mailbox(password=""), Mailbox(password=None)])
        with connection.cursor() as cursor:
            cursor.execute("SELECT password FROM platform_mailbox ORDER BY id")
            stored = [row[0] for row in cursor.fetchall()]
        assert "hunter2" not in stored[0]
        assert stored[1:] == ["", None]
        assert [row.password for row in Mailbox.objects.order_by("id")] == ["hunter2", "", None]
        Mailbox.objects.filter(pk=box.pk).update(password="hunter3")
        box.refresh_from_db()
        assert box.password == "hunter3"
        box.password = "hunter4"
        Mailbox.objects.bulk_update([box], ["password"])
        assert Mailbox.objects.get(pk=box.pk).password == "hunter4"
        assert Mailbox.objects.filter(password__isnull=True).get() == empty[1]
        with pytest.raises(FieldError):
            Mailbox.objects.filter(password="hunter4")
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Mailbox)
