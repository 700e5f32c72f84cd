"""What search finds, for whom, and what it never shows."""

from __future__ import annotations

import pytest

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.tickets import deleting, merging, moving, searching
from balie.tickets.models import Ticket
from balie.tickets.searching import Scope
from balie.tickets.words import KeptFile, Words


def ask(cast: Cast, subject: str, text: str, **facts: object) -> Ticket:
    known = {"team": cast.it, "requester": cast.ada, "channel": "web", **facts}
    files = known.pop("files", ())
    return Ticket.open(subject=subject, words=Words.from_text(text, files=files), **known)


def found(typed: str, person: Person, **facts: object) -> list[int]:
    return searching.find(typed, person=person, **facts).numbers


def test_words_of_subject_and_message_are_found_together(cast: Cast) -> None:
    ticket = ask(cast, "Printer on the third floor", "It shows a paper jam since this morning.")
    ask(cast, "Printer on the second floor", "It works, thank you.")
    assert found("printer jam", cast.ben) == [ticket.pk]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("The printers are broken and we have no paper for them", "printer"),
        ("Wir haben neue Häuser und die Rechnungen sind bitte zu bezahlen", "haus rechnung"),
        ("Ik heb een vraag over de facturen van het magazijn", "factuur"),
        ("Nous avons reçu les factures pour le café de Genève", "geneve cafe facture"),
        ("No puedo abrir las facturas que me han enviado por correo", "factura"),
        ("Non riesco ad aprire le fatture che mi sono arrivate", "fattura"),
        ("Straße ist gesperrt", "strasse"),
    ],
)
def test_a_word_is_found_in_another_form_and_without_its_accents(cast: Cast, text: str, typed: str) -> None:
    ticket = ask(cast, "Question", text)
    assert found(typed, cast.ben) == [ticket.pk]


def test_the_beginning_of_the_last_word_is_enough(cast: Cast) -> None:
    ticket = ask(cast, "Xylophone", "The xylophone is stuck")
    assert found("xylo", cast.ben) == [ticket.pk]
    assert found("xylo stuck", cast.ben) == []


def test_phrases_exclusions_and_or(cast: Cast) -> None:
    one = ask(cast, "One", "annual leave request for August")
    two = ask(cast, "Two", "leave the annual report with me")
    three = ask(cast, "Three", "sickness certificate")
    assert found('"annual leave"', cast.ben) == [one.pk]
    assert set(found("annual leave", cast.ben)) == {one.pk, two.pk}
    assert found("annual -august", cast.ben) == [two.pk]
    assert set(found("august OR sickness", cast.ben)) == {one.pk, three.pk}


def test_an_exclusion_looks_at_the_whole_request(cast: Cast) -> None:
    ticket = ask(cast, "Laptop", "screen is dark")
    ticket.reply(by=cast.ben, words=Words.from_text("Try the charger"))
    assert found("laptop -charger", cast.ben) == []


def test_people_are_found_by_name_though_it_is_written_wrong(cast: Cast) -> None:
    ticket = ask(cast, "Badge", "I lost it")
    for typed in ("vermeer", "Vermer", "Vemreer", "ada", "requester:vermeer", "badge vermeet"):
        assert found(typed, cast.ben) == [ticket.pk], typed
    assert found("meijer", cast.ben) == []
    ticket.follow(cast.cleo, by=cast.ben)
    assert found("meijer", cast.ben) == [ticket.pk]
    ticket.unfollow(cast.cleo, by=cast.ben)
    assert found("meijer", cast.ben) == []


def test_numbers_and_file_names(cast: Cast) -> None:
    file = KeptFile(name="Überstunden_2026.pdf", media_type="application/pdf", sha256="0" * 64, size=3)
    ticket = ask(cast, "Hours", "See the file", files=(file,))
    assert found(str(ticket.pk), cast.ben)[0] == ticket.pk
    assert found(f"#{ticket.pk}", cast.ben) == [ticket.pk]
    assert found("uberstunden", cast.ben) == [ticket.pk]
    assert found("has:file", cast.ben) == [ticket.pk]
    assert found("-has:file", cast.ben) == []


def test_filters_in_six_languages(cast: Cast) -> None:
    ticket = ask(cast, "Screen", "flickers", category=cast.hardware)
    ticket.assign(cast.ben, by=cast.ben)
    ticket.prioritise(Ticket.Priority.URGENT, by=cast.ben)
    ask(cast, "Screen", "is blue")
    both = "screen"
    assert len(found(both, cast.ben)) == 2
    for filters in (
        "team:it assignee:me", "behandelaar:mij", "zugewiesen:ich status:offen", "assigné:moi", "assignee:jansen",
        "priority:urgent",
        "category:hardware", "kategorie:hard", "after:2000-01-01 assignee:me",
        "-is:unassigned", "-before:2000 assignee:me",
    ):  # fmt: skip
        assert found(f"{both} {filters}", cast.ben) == [ticket.pk], filters
        assert found(filters, cast.ben) == [ticket.pk], filters
    assert found("screen before:2000-01-01", cast.ben) == []
    assert found("screen status:resolved", cast.ben) == []


def test_what_is_not_understood_is_said(cast: Cast) -> None:
    ask(cast, "Screen", "flickers")
    for typed in (
        "colour:blue",
        "team:moon",
        "status:odd",
        "assignee:zzzzzz",
        "before:tomorrowish",
        "is:purple",
        "priority:very",
    ):
        assert searching.find(f"screen {typed}", person=cast.ben).problems, typed
    assert not searching.find("Re: http://balie.example 12:30", person=cast.ben).problems


def test_nobody_finds_what_they_may_not_see(cast: Cast) -> None:
    ticket = ask(cast, "Giraffe", "giraffes eat leaves")
    ticket.note(by=cast.ben, words=Words.from_text("narwhal"))
    secret = ask(cast, "Pelican", "pelicans fish", team=cast.people, requester=cast.cleo)
    for person in (cast.dov, cast.hanna):
        for scope in Scope:
            assert found("giraffe", person, scope=scope) == []
    for person in (cast.ben, cast.dov, cast.eva, cast.ada):
        for scope in Scope:
            for typed in (
                "pelican",
                f"#{secret.pk}",
                "team:people",
                "requester:cleo",
                "-giraffe",
                "is:open -team:it in:all",
                "in:bin",
            ):
                assert secret.pk not in found(typed, person, scope=scope), (person, typed)
    assert found("narwhal", cast.ben) == [ticket.pk]
    assert found("narwhal", cast.ada, scope=Scope.ALL) == []
    assert found("giraffe has:note", cast.ada, scope=Scope.ALL) == [ticket.pk]
    assert found("giraffe -narwhal", cast.ada, scope=Scope.ALL) == [ticket.pk]
    assert found("giraffe", cast.ada, scope=Scope.ALL) == [ticket.pk]
    assert found("pelican", cast.cleo, scope=Scope.MINE) == [secret.pk]


def test_an_expert_reads_no_notes_on_their_own_request(cast: Cast) -> None:
    own = ask(cast, "Salary of Ben", "raise", requester=cast.ben)
    own.note(by=cast.eva, words=Words.from_text("narwhal"))
    for scope in Scope:
        assert found("narwhal", cast.ben, scope=scope) == []
    assert found("raise", cast.ben) == []
    assert found("raise in:mine", cast.ben) == [own.pk]
    assert found("raise -narwhal in:all", cast.ben) == [own.pk]


def test_a_request_that_moves_is_found_by_its_new_team_alone(cast: Cast) -> None:
    ticket = ask(cast, "Giraffe", "giraffes")
    moving.move(ticket, to=cast.facilities, by=cast.ben)
    assert found("giraffe", cast.ben) == []
    assert found("giraffe", cast.dov) == [ticket.pk]


def test_merged_renamed_and_deleted_requests(cast: Cast) -> None:
    one, two = ask(cast, "Giraffe", "neck"), ask(cast, "Elephant", "trunk")
    merging.merge(two, into=one, by=cast.ben)
    assert found("trunk", cast.ben) == [one.pk]
    assert found("elephant", cast.ben) == [one.pk]
    assert found(f"#{two.pk}", cast.ben) == [one.pk]
    merging.unmerge(Ticket.objects.get(pk=two.pk), by=cast.ben)
    assert found("trunk elephant", cast.ben) == [two.pk]
    one.rename("Okapi", by=cast.ben)
    assert found("giraffe", cast.ben) == []
    assert found("okapi neck", cast.ben) == [one.pk]
    deleting.delete(one, by=cast.ben)
    assert found("okapi", cast.ben) == []
    assert found("okapi in:bin", cast.ben) == [one.pk]
    assert found("okapi in:bin", cast.dov) == []
    assert found("okapi in:bin", cast.ada) == []
