"""Who can probably help: by the asker's own words, and by what several people asked before; and by when they usually answer."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest
from django.test import Client
from django.utils import timezone, translation

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.teams import working_hours
from balie.teams.models import Category, Team
from balie.teams.vocabulary import is_like
from balie.teams.working_hours import Hours
from balie.tickets import expecting, learning, places, promises
from balie.tickets.models import Ticket, UsualWord
from balie.tickets.offering import offers
from balie.tickets.words import Words

_numbers = count()


@pytest.fixture
def company(cast: Cast) -> Cast:
    for team, names in (
        (cast.it, ("Software", "Access")),
        (cast.people, ("Leave", "Contract")),
        (cast.facilities, ("Parking",)),
    ):
        for name in names:
            Category.objects.create(team=team, name=name)
    return cast


def offered(text: str, language: str = "en") -> list[str]:
    return [offer.place.name for offer in offers(text, places=places.each(places.choices()), language=language)]


def ask_of_several(team: Team, category: Category | None, subject: str, *, people: int) -> None:
    for _ in range(people):
        person = Person.objects.create_employee(name="N", email=f"n{next(_numbers)}@balie.example", language="en")
        Ticket.open(
            team=team,
            requester=person,
            subject=subject,
            words=Words.from_text(subject),
            channel="web",
            category=category,
        )


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("Ik ga in maart met ouderschapsverlof. Wat moet ik regelen?", "nl", "Leave"),
        ("Mein Laptop startet nicht mehr", "de", "Hardware"),
        ("¿Puedo aparcar mi coche?", "es", "Parking"),
        ("J'ai oublié mon mot de passe, impossible de me connecter au compte", "fr", "Access"),
        ("My vacations next summer", "en", "Leave"),
    ],
)
def test_words_of_the_same_matter_lead_there_in_every_language(
    company: Cast, text: str, language: str, first: str
) -> None:
    assert offered(text, language)[0] == first


def test_nothing_is_offered_for_words_that_say_nothing_and_never_more_than_three(company: Cast) -> None:
    assert offered("Hello, can you please help me with it? Thank you so much") == []
    assert len(offered("laptop software access leave contract parking")) == 3


def test_what_several_people_asked_before_leads_to_where_they_asked(company: Cast) -> None:
    assert offered("The flurbinator is stuck") == []
    ask_of_several(company.it, company.hardware, "Flurbinator broken", people=learning.FEWEST_PEOPLE)
    learning.learn()
    assert offered("The flurbinators are stuck") == ["Hardware"]


def test_what_one_person_asked_or_a_private_team_was_asked_teaches_nothing(company: Cast) -> None:
    for _ in range(10):
        Ticket.open(
            team=company.it, requester=company.ada, subject="Quokka", words=Words.from_text("Quokka"), channel="web",
            category=company.hardware,
        )  # fmt: skip
    ask_of_several(company.people, Category.objects.get(name="Leave"), "Pelikaan", people=10)
    learning.learn()
    assert not UsualWord.objects.filter(word__in=("quokka", "pelikaan", "pelika")).exists()
    assert not UsualWord.objects.filter(team=company.people).exists()
    assert offered("quokka") == offered("pelikaan") == []


def test_small_words_of_another_language_teach_nothing(company: Cast) -> None:
    ask_of_several(company.it, company.hardware, "Flurbinator und nicht aber sowieso", people=5)
    learning.learn()
    assert set(UsualWord.objects.values_list("word", flat=True)) == {"flurbin", "sowieso"}
    assert offered("und nicht aber") == []


def test_internal_teams_are_never_offered(company: Cast) -> None:
    ask_of_several(company.facilities, None, "Parking the flurbinator", people=5)
    learning.learn()
    Team.objects.filter(pk=company.facilities.pk).update(is_visible=False)
    assert offered("Parking the flurbinator in the garage") == []


def test_a_category_is_found_by_its_own_words_and_called_as_its_reader_does(company: Cast) -> None:
    leave = Category.objects.get(name="Leave")
    leave.names, leave.words = {"nl": "Verlof"}, "flurb"
    leave.save()
    with translation.override("nl"):
        assert offered("flurb", "nl") == ["Verlof"]


@pytest.mark.parametrize(
    ("said", "term", "alike"),
    [
        ("laptops", "laptop", True), ("ouderschapsverlof", "verlof", True), ("declaratie", "declaraties", True),
        ("car", "card", False), ("it", "italy", False), ("form", "performance", False), ("rechnungen", "rechnung", True),
    ],
)  # fmt: skip
def test_words_are_alike_but_for_their_endings(said: str, term: str, alike: bool) -> None:
    assert is_like(said, term) == alike


def test_offers_come_by_post_and_keep_what_was_chosen(client: Client, company: Cast) -> None:
    company.ada.language = "en"
    company.ada.save()
    client.force_login(company.ada)
    leave = Category.objects.get(name="Leave")
    chosen = f"{company.people.pk}.{leave.pk}"
    page = client.post("/my/requests/new/likely", {"text": "My laptop is slow", "place": chosen}).content.decode()
    assert page.index("Leave") < page.index("Hardware")
    assert f'value="{chosen}" checked' in page
    assert "you wrote “laptop”" in page
    without_a_choice = client.post("/my/requests/new", {"text": "My laptop is slow"})
    assert without_a_choice.status_code == 422
    assert "None of these" in without_a_choice.content.decode()


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


WEEK = tuple((day, time(9), time(17)) for day in range(5))


def test_the_promise_is_what_four_in_five_took_in_working_hours(company: Cast) -> None:
    working_hours.set_hours(company.it, Hours(spans=WEEK, time_zone="UTC"), by=company.ben)
    hours = working_hours.working_time(company.it)
    monday = at("2026-11-23T09:00")
    answered = [(monday, monday + timedelta(hours=took)) for took in (1, 1, 1, 1, 2, 2, 2, 3, 7, 8)]
    with clock.pretending(at("2026-11-24T16:00")):
        assert expecting.usual_of(answered, hours) == timedelta(hours=3)
        assert expecting.usual_of(answered[:9], hours) is None
        # Whoever still waits longer than that counts: 16 hours until now.
        assert expecting.usual_of([*answered, *[(monday, None)] * 5], hours) == timedelta(hours=15)


def test_a_promise_is_said_in_the_readers_time_and_hours_where_there_is_none(company: Cast) -> None:
    working_hours.set_hours(company.it, Hours(spans=WEEK, time_zone="UTC"), by=company.ben)
    company.it.refresh_from_db()
    with clock.pretending(at("2026-11-20T16:40")), translation.override("en-gb"), timezone.override("Europe/Amsterdam"):
        assert promises.in_words(expecting.expected([company.it])[company.it.pk]) in (
            "Mon–Fri 09:00–17:00",
            "Mon–Fri 9 a.m.–5 p.m.",
        )
        company.it.usual_answer = timedelta(hours=1)
        words = promises.in_words(expecting.expected([company.it])[company.it.pk])
    # 20 minutes are left on Friday; the other 40 end at 9:40 on Monday, half past at the next half hour, an hour ahead there.
    assert words in ("usually answered by Monday 11:00", "usually answered by Monday 11 a.m.")


def test_usual_answers_are_learned_from_requests(company: Cast) -> None:
    with clock.pretending(clock.now() - timedelta(days=2)):
        ask_of_several(company.it, None, "Anything", people=10)
    with clock.pretending(clock.now() - timedelta(days=1)):
        for ticket in Ticket.objects.all():
            ticket.reply(by=company.ben, words=Words.from_text("Here"))
    expecting.learn_usual_answers()
    company.it.refresh_from_db()
    assert company.it.usual_answer is not None
    assert abs(company.it.usual_answer - timedelta(days=1)) < timedelta(minutes=5)
    company.facilities.refresh_from_db()
    assert company.facilities.usual_answer is None
