"""Ids that only we can make."""

import pytest

from balie.channels.email import message_ids


def test_an_id_says_which_delivery_it_is() -> None:
    written = message_ids.write(42)
    assert written.startswith("d42.")
    assert written.endswith("@desk.localhost")
    assert message_ids.read(written) == 42
    assert message_ids.write(42) == written


def test_an_id_survives_other_cases_brackets_and_another_domain() -> None:
    written = message_ids.write(42)
    assert message_ids.read(f" <{written.upper()}> ") == 42
    assert message_ids.read(written.replace("desk.localhost", "old.example.com")) == 42


@pytest.mark.parametrize(
    "forged", ["", "d42@desk.localhost", "d42.aaaaaaaaaaaaaaaa@desk.localhost", "42", "<>", "d0.x@y"]
)
def test_a_forged_id_says_nothing(forged: str) -> None:
    assert message_ids.read(forged) is None


def test_an_id_of_one_delivery_does_not_sign_another() -> None:
    assert message_ids.read(message_ids.write(42).replace("d42.", "d43.")) is None


def test_a_mail_about_several_requests_names_none_of_them() -> None:
    assert message_ids.read(message_ids.write_of_several(42)) is None
