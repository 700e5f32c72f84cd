"""Signed addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balie.channels.email import reply_address, return_address
from balie.channels.email.reply_address import ReplyAddress


@given(
    team=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,39}", fullmatch=True),
    ticket=st.integers(1, 10**12),
    person=st.integers(1, 10**12),
)
def test_what_is_written_is_read_in_any_case_and_fits_a_local_part(team: str, ticket: int, person: int) -> None:
    written = reply_address.write(team_address=team, ticket=ticket, person=person)
    assert len(written) <= 64
    assert written == written.lower()
    found = reply_address.read(written.upper())
    assert found is not None
    assert (found.ticket, found.person) == (ticket, person)
    assert team.startswith(found.team_address)


def test_no_other_request_and_no_other_person_can_be_put_in() -> None:
    written = ReplyAddress(team_address="it", ticket=12, person=7).local_part
    assert reply_address.read(written)
    for forged in (
        written.replace("r12-", "r13-"),
        written.replace("-7-", "-8-"),
        written.replace("12-7", "1-27"),
        written.replace("+r12", "+r012"),
        written[:-1],
        written + "a",
        written.rpartition("-")[0] + "-" + "a" * 16,
        "it",
        "",
    ):
        assert reply_address.read(forged) is None, forged


def test_a_renamed_team_keeps_its_reply_addresses() -> None:
    written = ReplyAddress(team_address="it", ticket=12, person=7).local_part
    assert reply_address.read(written.replace("it+", "helpdesk+")) == ReplyAddress(
        team_address="helpdesk", ticket=12, person=7
    )


def test_a_signature_is_good_for_its_purpose_only() -> None:
    reply = ReplyAddress(team_address="it", ticket=12, person=7)
    assert return_address.read(reply.local_part) is None
    signature = reply.local_part.rpartition("-")[2]
    assert return_address.read(f"bounce+12-{signature}") is None
    bounce = return_address.write(delivery=12)
    assert return_address.read(bounce.upper()) == return_address.ReturnAddress(delivery=12)
    assert return_address.read(bounce.replace("+12-", "+13-")) is None


def test_another_installation_reads_nothing(settings: pytest.FixtureRequest) -> None:
    written = reply_address.write(team_address="it", ticket=12, person=7)
    settings.SECRET_KEY = "another" * 10  # type: ignore[attr-defined]  # pytest-django's wrapper
    assert reply_address.read(written) is None
