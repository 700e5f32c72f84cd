"""Addresses of teams: one each, changeable, and the old ones still lead there."""

from __future__ import annotations

import pytest

from balie.channels.email.recipients import NoSuchRecipient, Recipients, TeamClosed
from balie.config.tests.cast import Cast
from balie.teams import refusals, shaping
from balie.teams.mail_addresses import mail_addresses
from balie.teams.models import Team, TeamAddress
from balie.teams.shaping import Outline


def renamed(cast: Cast, address: str) -> None:
    shaping.reshape(cast.it, Outline(name="IT", kind=Team.Kind.IT, address=address), by=cast.ben)


def found(address: str) -> str:
    return Recipients().find(f"{address}@desk.localhost").canonical.partition("@")[0]


def test_a_former_address_still_arrives_and_is_nobody_elses(cast: Cast) -> None:
    renamed(cast, "it-desk")
    renamed(cast, "help")
    assert [found(one) for one in ("it", "IT+printer", "it-desk", "help")] == ["help"] * 4
    assert Team.objects.at("It-Desk") == cast.it
    with pytest.raises(refusals.AddressTaken):
        shaping.found(Outline(name="X", kind=Team.Kind.OTHER, address="it"), by=cast.dov)
    assert shaping.found(Outline(name="IT", kind=Team.Kind.IT), by=cast.dov).address == "it-2"
    with pytest.raises(refusals.AddressTaken):
        shaping.reshape(cast.facilities, Outline(name="F", kind=Team.Kind.OTHER, address="it-desk"), by=cast.dov)
    # Back to one that it had: the other becomes the former one.
    renamed(cast, "it")
    assert set(cast.it.former_addresses.values_list("local_part", flat=True)) == {"help", "it-desk"}
    assert found("help") == "it"


def test_an_address_that_is_given_up_is_free(cast: Cast) -> None:
    renamed(cast, "help")
    shaping.give_up_address(TeamAddress.objects.get(local_part="it"), by=cast.ben)
    with pytest.raises(NoSuchRecipient):
        found("it")
    assert shaping.found(Outline(name="IT", kind=Team.Kind.IT), by=cast.dov).address == "it"


def test_an_archived_teams_mail_comes_back_or_goes_to_its_successor(cast: Cast) -> None:
    renamed(cast, "help")
    shaping.archive(cast.it, by=cast.ben)
    for address in ("help", "it"):
        with pytest.raises(TeamClosed):
            found(address)
    assert Team.objects.at("help") is None
    shaping.unarchive(cast.it, by=cast.ben)
    shaping.archive(cast.it, by=cast.ben, successor=cast.facilities)
    assert [found(one) for one in ("help", "it")] == ["facilities"] * 2
    third = shaping.found(Outline(name="Third", kind=Team.Kind.OTHER), by=cast.dov)
    shaping.archive(cast.facilities, by=cast.dov, successor=third)
    assert found("it") == "third"
    assert Team.objects.at("it") == third
    with pytest.raises(refusals.SuccessorArchived):
        shaping.archive(third, by=cast.dov, successor=cast.it)


def test_a_private_teams_mail_goes_to_no_team_that_is_not(cast: Cast) -> None:
    with pytest.raises(refusals.SuccessorNotPrivate):
        shaping.archive(cast.people, by=cast.hanna, successor=cast.it)


def test_all_addresses_cost_two_questions(cast: Cast, django_assert_num_queries: object) -> None:
    renamed(cast, "help")
    with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django's
        known = mail_addresses()
    assert known.readers["it"] == ("help", "it")


def test_two_who_change_a_team_at_once_do_not_undo_each_other(cast: Cast) -> None:
    seen = cast.it.version
    shaping.reshape(cast.it, Outline(name="One", kind=Team.Kind.IT), by=cast.ben, seen=seen)
    with pytest.raises(refusals.ChangedMeanwhile):
        shaping.reshape(cast.it, Outline(name="Two", kind=Team.Kind.IT), by=cast.eva, seen=seen)
    assert Team.objects.get(pk=cast.it.pk).name == "One"


def test_a_new_team_begins_with_the_categories_of_its_type_in_the_organisations_language(cast: Cast) -> None:
    type(cast.organisation).objects.update(language="nl")
    team = shaping.found(Outline(name="Recht", kind=Team.Kind.LEGAL), by=cast.ben)
    first = team.categories.first()
    assert first is not None
    assert (first.name, first.names["en"], first.names["de"]) == ("Contracten", "Contracts", "Verträge")
    assert team.categories.count() == 5
    assert not shaping.found(Outline(name="Ours", kind=Team.Kind.OTHER), by=cast.ben).categories.exists()


def test_a_team_sees_fewer_attributes_never_more(cast: Cast) -> None:
    from balie.people.models import Attribute

    allowed = list(Attribute.objects.shown_to_experts())
    assert len(allowed) > 1
    assert cast.it.attributes_shown() is None
    shaping.narrow_attributes(cast.it, allowed[:1], by=cast.ben)
    assert cast.it.attributes_shown() == {allowed[0].pk}
    shaping.narrow_attributes(cast.it, allowed, by=cast.ben)
    assert cast.it.attributes_shown() is None
    hidden = Attribute.objects.exclude(pk__in=[one.pk for one in allowed])[:1]
    with pytest.raises(refusals.AttributeNotAllowed):
        shaping.narrow_attributes(cast.it, hidden, by=cast.ben)
    with pytest.raises(refusals.NotYourTeam):
        shaping.narrow_attributes(cast.it, allowed[:1], by=cast.dov)


def test_the_lead_is_a_member_and_leaves_with_their_membership(cast: Cast) -> None:
    with pytest.raises(refusals.LeadNotAMember):
        shaping.reshape(cast.it, Outline(name="IT", kind=Team.Kind.IT, lead=cast.dov), by=cast.ben)
    shaping.reshape(cast.it, Outline(name="IT", kind=Team.Kind.IT, lead=cast.ben), by=cast.ben)
    assert cast.it.lead == cast.ben
    shaping.let_go(cast.ben, team=cast.it, by=cast.eva)
    assert Team.objects.get(pk=cast.it.pk).lead is None
