"""Whom mail may be addressed to."""

import dataclasses

import pytest

from balie.channels.email.recipients import CannotTell, NoSuchRecipient, NotOurs, Recipients
from balie.config.tests.cast import Cast
from balie.teams.models import Team


def test_a_team_that_was_made_a_moment_ago_gets_its_mail(cast: Cast) -> None:
    known = Recipients()
    with pytest.raises(NoSuchRecipient):
        known.find("printers@desk.localhost")
    Team.objects.create(name="Printers", address="printers")
    assert known.find("printers@desk.localhost").canonical == "printers@desk.localhost"


def test_known_addresses_cost_no_query(cast: Cast, django_assert_num_queries: pytest.FixtureRequest) -> None:
    known = Recipients()
    known.find("it@desk.localhost")
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's fixture is a function
        assert known.find_at_once("IT+door@desk.localhost")
        assert known.find_at_once("nobody@desk.localhost") is None
        with pytest.raises(NotOurs):
            known.find_at_once("it@elsewhere.example")


def test_the_postmaster_is_read_by_it_else_by_the_first_team(cast: Cast) -> None:
    assert Recipients().find("Postmaster@desk.localhost").canonical == "it@desk.localhost"
    cast.it.delete()
    assert Recipients().find("abuse@desk.localhost").canonical == "people@desk.localhost"
    Team.objects.all().delete()
    with pytest.raises(CannotTell):
        Recipients().find("postmaster")


def test_a_domain_is_ours_in_either_of_its_spellings(cast: Cast, settings: pytest.FixtureRequest) -> None:
    balie = settings.BALIE  # type: ignore[attr-defined]  # pytest-django's wrapper
    settings.BALIE = dataclasses.replace(balie, mail_domain="bücher.example")  # type: ignore[attr-defined]  # the same
    assert Recipients().find("it@xn--bcher-kva.example").canonical == "it@bücher.example"
    assert Recipients().find("it@BÜCHER.example").canonical == "it@bücher.example"
