"""What an expert writes: drafts that nobody else reads, replies that wait ten seconds, and whom an @ may name."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.platform import clock
from balie.teams.models import Membership
from balie.tickets import merging, refusals
from balie.tickets.models import Attachment, Message, Ticket
from balie.tickets.words import Words
from balie.workspace import leaving
from balie.workspace.models import Draft, Presence

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return Ticket.open(
        team=cast.it, requester=cast.ada, subject="Laptop", words=Words.from_text("It is slow."), channel="email"
    )


@pytest.fixture
def ben(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ben)
    return client


def as_(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def send(client: Client, ticket: Ticket, **fields: object):
    sent = {"kind": "reply", "html": "<p>Which one?</p>", "once": "k1", "then": "stay", **fields}
    return client.post(f"/requests/{ticket.pk}/messages", sent)


def keep(client: Client, ticket: Ticket, html: str, **fields: object) -> dict[str, object]:
    response = client.post(f"/requests/{ticket.pk}/draft", {"kind": "reply", "html": html, "page": "1", **fields})
    assert response.status_code == 200, response.content
    return response.json()


def time_passes() -> None:
    """Until everything that waits is due."""
    Draft.objects.leaving().update(next_attempt_at=clock.now() - timedelta(seconds=1))
    leaving.let_some_leave()


# Held for ten seconds


def test_a_reply_waits_and_then_leaves_as_its_author(ben: Client, cast: Cast, ticket: Ticket) -> None:
    response = send(ben, ticket)
    held = Draft.objects.get()
    assert response.headers["Location"] == f"/requests/{ticket.pk}#leaving-{held.pk}"
    assert held.leaves_at is not None
    assert timedelta(seconds=9) < held.leaves_at - clock.now() <= timedelta(seconds=10)
    assert leaving.let_some_leave() == 0
    assert not ticket.messages.filter(author=cast.ben).exists()
    ticket.refresh_from_db()
    assert ticket.first_response_at is None
    time_passes()
    said = ticket.messages.get(author=cast.ben)
    assert (said.html, said.kind, said.direction) == ("<p>Which one?</p>", "reply", "out")
    ticket.refresh_from_db()
    assert ticket.first_response_at == said.created_at
    assert not Draft.objects.exists()


def test_taken_back_it_is_the_draft_again_without_javascript(ben: Client, ticket: Ticket) -> None:
    send(ben, ticket)
    held = Draft.objects.get()
    page = ben.get(f"/requests/{ticket.pk}").content.decode()
    assert f"/leaving/{held.pk}/return" in page
    response = ben.post(f"/requests/{ticket.pk}/leaving/{held.pk}/return")
    assert response.status_code == 302
    time_passes()
    assert ticket.messages.count() == 1
    assert "\nWhich one?</textarea>" in ben.get(response.headers["Location"]).content.decode()


def test_taken_back_too_late_it_has_left(ben: Client, ticket: Ticket) -> None:
    send(ben, ticket)
    held = Draft.objects.get()
    time_passes()
    assert b"It has left already." in ben.post(f"/requests/{ticket.pk}/leaving/{held.pk}/return", follow=True).content
    assert ticket.messages.count() == 2


def test_taken_back_on_top_of_a_newer_draft_nothing_is_lost(ben: Client, ticket: Ticket) -> None:
    send(ben, ticket)
    held = Draft.objects.get()
    keep(ben, ticket, "<p>And also</p>", once="k2")
    ben.post(f"/requests/{ticket.pk}/leaving/{held.pk}/return")
    assert Draft.objects.get().html == "<p>Which one?</p><p>And also</p>"


def test_nobody_else_can_take_it_back_or_read_it(ben: Client, cast: Cast, ticket: Ticket) -> None:
    send(ben, ticket, html="<p>Secretpangolin</p>")
    held = Draft.objects.get()
    eva = as_(cast.eva)
    assert "Secretpangolin" not in eva.get(f"/requests/{ticket.pk}").content.decode()
    eva.post(f"/requests/{ticket.pk}/leaving/{held.pk}/return")
    held.refresh_from_db()
    assert held.is_leaving
    assert "Ben Jansen" in eva.get(f"/requests/{ticket.pk}/presence").content.decode()
    assert "is sending a reply" in eva.get(f"/requests/{ticket.pk}/presence").content.decode()


def test_the_same_key_sends_once_whenever_it_comes(ben: Client, ticket: Ticket) -> None:
    send(ben, ticket)
    send(ben, ticket)
    assert Draft.objects.count() == 1
    time_passes()
    send(ben, ticket)
    time_passes()
    assert ticket.messages.filter(text="Which one?").count() == 1
    assert not Draft.objects.exists()


def test_a_slow_save_does_not_bring_back_what_was_sent(ben: Client, ticket: Ticket) -> None:
    send(ben, ticket)
    keep(ben, ticket, "<p>Which o</p>", once="k1")
    assert not Draft.objects.being_written().exists()
    time_passes()
    keep(ben, ticket, "<p>Which o</p>", once="k1")
    assert not Draft.objects.exists()


def test_send_and_resolve_does_both_when_it_leaves(ben: Client, ticket: Ticket) -> None:
    send(ben, ticket, then="resolve")
    ticket.refresh_from_db()
    assert ticket.is_open
    time_passes()
    ticket.refresh_from_db()
    assert not ticket.is_open


def test_send_and_next_leads_down_the_list_and_undo_goes_along(ben: Client, cast: Cast, ticket: Ticket) -> None:
    def another(subject: str) -> Ticket:
        words = Words.from_text("Help")
        return Ticket.open(team=cast.it, requester=cast.ada, subject=subject, words=words, channel="web")

    closed, below = another("Closed"), another("Below")
    closed.resolve(by=cast.ben)
    hidden = Ticket.open(
        team=cast.people, requester=cast.ada, subject="Hidden", words=Words.from_text("Soon"), channel="web"
    )
    response = send(ben, ticket, then="next", onward=f"{hidden.pk},{closed.pk},{below.pk}")
    assert response.headers["Location"] == f"/requests/{below.pk}"
    page = ben.get(f"/requests/{below.pk}").content.decode()
    assert f"Your reply to Ada Vermeer (#{ticket.pk}) is on its way." in page
    assert f"/requests/{ticket.pk}/leaving/{Draft.objects.get().pk}/return" in page
    assert send(ben, below, then="next", once="k2", onward="").headers["Location"] == f"/requests/{ticket.pk}"


def test_nothing_below_leads_back_to_the_list(ben: Client, ticket: Ticket) -> None:
    assert send(ben, ticket, then="next", **{"from": "view=mine"}).headers["Location"] == "/requests/?view=mine"


def test_a_row_of_the_list_says_that_its_reader_has_a_draft(ben: Client, cast: Cast, ticket: Ticket) -> None:
    keep(as_(cast.eva), ticket, "<p>Dear</p>")
    assert "has-draft" not in ben.get("/requests/").content.decode()
    keep(ben, ticket, "<p>Dear</p>")
    assert "has-draft" in ben.get("/requests/").content.decode()


def test_a_note_needs_no_hold(ben: Client, ticket: Ticket) -> None:
    keep(ben, ticket, "<p>Cof</p>", kind="note")
    send(ben, ticket, kind="note", html="<p>Coffee</p>")
    assert ticket.messages.filter(kind="note", text="Coffee").exists()
    assert not Draft.objects.exists()


def test_merged_meanwhile_it_stays_the_draft_at_the_other_request(ben: Client, cast: Cast, ticket: Ticket) -> None:
    other = Ticket.open(team=cast.it, requester=cast.ada, subject="PC", words=Words.from_text("Slow"), channel="email")
    send(ben, ticket)
    merging.merge(ticket, into=other, by=cast.ben)
    time_passes()
    draft = Draft.objects.get()
    assert (draft.ticket_id, draft.is_leaving) == (other.pk, False)
    assert "merged into this one" in ben.get(f"/requests/{other.pk}").content.decode()
    assert not Message.objects.filter(text="Which one?").exists()


def test_resolved_by_somebody_else_meanwhile_it_stays_the_draft(ben: Client, cast: Cast, ticket: Ticket) -> None:
    send(ben, ticket)
    ticket.resolve(by=cast.eva)
    time_passes()
    assert not Draft.objects.get().is_leaving
    assert "somebody else resolved" in ben.get(f"/requests/{ticket.pk}").content.decode()


def test_resolved_by_its_author_meanwhile_it_leaves(ben: Client, cast: Cast, ticket: Ticket) -> None:
    send(ben, ticket)
    ticket.resolve(by=cast.ben)
    time_passes()
    assert ticket.messages.filter(text="Which one?").exists()


def test_who_may_not_answer_any_more_has_not_answered(ben: Client, cast: Cast, ticket: Ticket) -> None:
    send(ben, ticket)
    Membership.objects.filter(person=cast.ben).delete()
    time_passes()
    draft = Draft.objects.get()
    assert (draft.is_leaving, draft.error) == (False, "NotYours")
    assert leaving.reason(draft) == refusals.NotYours.sentence


def test_a_fault_puts_it_off_and_in_the_end_it_is_the_draft(
    ben: Client, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(ben, ticket)

    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Ticket, "reply", fail)
    time_passes()
    assert Draft.objects.get().is_leaving
    for _ in range(leaving._MOST_ATTEMPTS):
        time_passes()
    assert Draft.objects.get().error == "CouldNotLeave"


def test_two_workers_say_it_once(transactional_db: None, committed_cast: Cast) -> None:
    cast = committed_cast
    ticket = Ticket.open(team=cast.it, requester=cast.ada, subject="PC", words=Words.from_text("Slow"), channel="web")
    send(as_(cast.ben), ticket)
    draft = Draft.objects.get()
    start = threading.Barrier(2)

    def leave() -> None:
        start.wait()
        leaving.let_leave(draft)
        connection.close()

    workers = [threading.Thread(target=leave) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert ticket.messages.filter(text="Which one?").count() == 1
    assert not Draft.objects.exists()


def test_what_a_dead_worker_leased_is_free_again(ben: Client, ticket: Ticket) -> None:
    send(ben, ticket)
    Draft.objects.update(next_attempt_at=clock.now() - timedelta(seconds=1))
    assert len(Draft.lease(at_most=5, holder=2**30 + 7)) == 1
    assert leaving.let_some_leave() == 0
    assert Draft.free_abandoned() == 1
    assert leaving.let_some_leave() == 1
    assert ticket.messages.filter(text="Which one?").exists()


def test_posting_costs_few_queries(
    ben: Client, ticket: Ticket, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    keep(ben, ticket, "<p>Which one?</p>")
    seen = ticket.messages.latest("pk").pk
    # Two of them begin and end the transaction.
    with django_assert_max_num_queries(15):
        send(ben, ticket, seen=seen)


# Drafts


def test_a_draft_is_there_on_every_page_of_its_writer_and_on_nobody_elses(
    ben: Client, cast: Cast, ticket: Ticket
) -> None:
    kept = keep(ben, ticket, "<p>Dear <b>Ada</b>, tapirword</p><script>x</script>")
    assert kept["version"] == 1
    assert "tapirword" in as_(cast.ben).get(f"/requests/{ticket.pk}").content.decode()
    assert "<script>x" not in Draft.objects.get().html
    for other in (cast.eva, cast.ada, cast.dov):
        client = as_(other)
        for address in (
            f"/requests/{ticket.pk}",
            f"/requests/{ticket.pk}/draft?kind=reply",
            f"/my/requests/{ticket.pk}",
        ):
            assert "tapirword" not in client.get(address).content.decode()


def test_an_emptied_draft_is_gone(ben: Client, ticket: Ticket) -> None:
    keep(ben, ticket, "<p>Dear</p>")
    keep(ben, ticket, "<p></p>", version=1)
    assert not Draft.objects.exists()


def test_two_pages_the_newest_wins_and_nothing_is_lost(ben: Client, ticket: Ticket) -> None:
    keep(ben, ticket, "<p>From the first</p>", page="1")
    answer = keep(ben, ticket, "<p>From the second</p>", page="2", version=0)
    assert Draft.objects.get().html == "<p>From the second</p>"
    assert [other["html"] for other in answer["others"]] == ["<p>From the first</p>"]  # type: ignore[attr-defined]
    ben.post(f"/requests/{ticket.pk}/draft/removal", {"kind": "reply", "others": "1"})
    assert Draft.objects.get().others == {}


def test_what_another_page_held_outlives_sending(ben: Client, ticket: Ticket) -> None:
    keep(ben, ticket, "<p>From the first</p>", page="1")
    keep(ben, ticket, "<p>From the second</p>", page="2")
    send(ben, ticket, html="<p>From the second</p>", page="2", version=2)
    time_passes()
    assert [other["html"] for other in Draft.objects.get().others.values()] == ["<p>From the first</p>"]
    assert ticket.messages.filter(text="From the second").exists()


def test_a_refused_reply_is_kept_as_the_draft(ben: Client, ticket: Ticket) -> None:
    keep(ben, ticket, "<p>Long ago</p>")
    response = send(ben, ticket, html="<p></p>")
    assert response.status_code == 422
    assert "Write something first" in response.content.decode()


def test_the_huge_is_refused_with_a_sentence_and_stays(ben: Client, ticket: Ticket) -> None:
    huge = "word " * 90_000
    response = send(ben, ticket, html=f"<p>{huge}</p>")
    assert response.status_code == 422
    assert "too long for one message" in response.content.decode()
    assert response.content.decode().count("word ") > 80_000
    assert not Draft.objects.leaving().exists()


def test_keeping_a_draft_without_javascript(ben: Client, ticket: Ticket) -> None:
    ben.post(f"/requests/{ticket.pk}/messages", {"kind": "note", "text": "Half a th", "then": "draft", "once": "k"})
    page = ben.get(f"/requests/{ticket.pk}").content.decode()
    assert "\nHalf a th</textarea>" in page
    ben.post(f"/requests/{ticket.pk}/draft/removal", {"kind": "note"})
    assert not Draft.objects.exists()


# Somebody answered while one was writing


def test_an_answer_that_the_writer_has_not_seen_is_shown_before_sending(
    ben: Client, cast: Cast, ticket: Ticket
) -> None:
    seen = ticket.messages.latest("pk").pk
    later = ticket.hear(by=cast.ada, words=Words.from_text("Solved!"), channel="email")
    response = send(ben, ticket, seen=seen)
    content = response.content.decode()
    assert response.status_code == 422
    assert "something happened while you were writing" in content
    assert f'name="seen" value="{later.pk}"' in content
    assert not Draft.objects.leaving().exists()
    assert Draft.objects.get().html == "<p>Which one?</p>"
    assert send(ben, ticket, seen=later.pk).status_code == 302
    assert Draft.objects.leaving().exists()


def test_a_colleagues_reply_on_its_way_is_shown_too(ben: Client, cast: Cast, ticket: Ticket) -> None:
    seen = ticket.messages.latest("pk").pk
    send(as_(cast.eva), ticket)
    response = send(ben, ticket, seen=seen, once="k2")
    assert response.status_code == 422
    held = Draft.objects.leaving().get()
    assert f'name="known" value="{held.pk}"' in response.content.decode()
    assert send(ben, ticket, seen=seen, known=held.pk, once="k2").status_code == 302


# Mentions


def offered(client: Client, ticket: Ticket, q: str, kind: str = "note") -> list[str]:
    answer = client.get(f"/requests/{ticket.pk}/mentions", {"q": q, "kind": kind})
    return [one["name"] for one in json.loads(answer.content)["people"]]


def test_only_those_who_may_read_it_are_offered(ben: Client, cast: Cast, ticket: Ticket) -> None:
    assert offered(ben, ticket, "") == ["Eva Beheer"]
    assert offered(ben, ticket, "beh") == ["Eva Beheer"]
    assert offered(ben, ticket, "dov") == []
    assert offered(ben, ticket, "ada") == []
    assert offered(ben, ticket, "ada", kind="reply") == ["Ada Vermeer"]
    Membership.objects.create(team=cast.it, person=cast.dov)
    assert offered(ben, ticket, "d") == ["Dov Katz"]


def test_in_a_private_team_only_its_members_are_offered(cast: Cast) -> None:
    private = Ticket.open(
        team=cast.people, requester=cast.ada, subject="Leave", words=Words.from_text("Soon"), channel="web"
    )
    Membership.objects.create(team=cast.people, person=cast.ben)
    assert offered(as_(cast.hanna), private, "") == ["Ben Jansen"]
    assert as_(cast.eva).get(f"/requests/{private.pk}/mentions").status_code == 404


def test_a_mention_is_recorded_for_those_who_may_read_it_only(ben: Client, cast: Cast, ticket: Ticket) -> None:
    send(ben, ticket, kind="note", html="<p><bdi>@Eva Beheer</bdi>, @Dov Katz or @Ada Vermeer? me@eva beheer</p>",
         mentioned=[cast.eva.pk, cast.dov.pk])  # fmt: skip
    note = ticket.messages.latest("pk")
    assert list(note.mentions.all()) == [cast.eva]
    assert "<bdi>@Eva Beheer</bdi>" in note.html


def test_of_two_with_one_name_the_chosen_one_is_meant(ben: Client, cast: Cast, ticket: Ticket) -> None:
    cast.dov.name = "Eva Beheer"
    cast.dov.save()
    Membership.objects.create(team=cast.it, person=cast.dov)
    send(ben, ticket, kind="note", html="<p>@Eva Beheer</p>", mentioned=cast.dov.pk)
    assert list(ticket.messages.latest("pk").mentions.all()) == [cast.dov]


# Files


def post_file(client: Client, name: str, content: bytes, **fields: object):
    return client.post("/uploads", {"file": SimpleUploadedFile(name, content), **fields})


def test_a_file_is_posted_by_itself_kept_with_the_draft_and_goes_along(ben: Client, ticket: Ticket) -> None:
    answer = post_file(ben, "plan.txt", b"plan").json()
    assert 'name="kept"' in answer["html"]
    keep(ben, ticket, "<p>See</p>", kept=answer["slip"])
    assert "plan.txt" in ben.get(f"/requests/{ticket.pk}").content.decode()
    send(ben, ticket, kept=answer["slip"])
    time_passes()
    assert Attachment.objects.get(message__ticket=ticket).name == "plan.txt"


def test_a_picture_stands_in_the_text_and_only_there(ben: Client, ticket: Ticket) -> None:
    first = post_file(ben, "a.png", PNG, picture="1").json()
    second = post_file(ben, "b.png", PNG + b"b", picture="1").json()
    shown = ben.get(first["address"])
    assert shown.headers["Content-Type"] == "image/png"
    assert b"".join(shown.streaming_content) == PNG  # type: ignore[attr-defined]
    html = f'<p>Look: <img data-cid="{first["picture"]}" src="/uploads/x"></p>'
    send(ben, ticket, html=html, kept=[first["slip"], second["slip"]])
    time_passes()
    enclosed = Attachment.objects.get(message__ticket=ticket)
    assert (enclosed.name, enclosed.content_id, enclosed.is_inline) == ("a.png", first["picture"], True)
    assert f"/files/{enclosed.pk}/a.png" in ben.get(f"/requests/{ticket.pk}").content.decode()


def test_what_is_no_picture_is_never_shown_as_one(ben: Client) -> None:
    answer = post_file(ben, "a.svg", b"<svg onload=x>", picture="1").json()
    assert answer["picture"] == ""
    assert ben.get(f"/uploads/{answer['slip']}").status_code == 404
    assert ben.get("/uploads/forged").status_code == 404


def test_a_file_that_is_too_large_is_refused_by_name(ben: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balie.channels.web.uploads.LARGEST", 3)
    response = post_file(ben, "big.bin", b"1234")
    assert response.status_code == 413
    assert "big.bin is larger" in response.json()["error"]


# Who is there


def present(client: Client, ticket: Ticket, what: str) -> str:
    return client.post(f"/requests/{ticket.pk}/presence", {"is": what}).content.decode()


def test_who_reads_and_who_writes_is_shown_to_those_who_work_on_it(ben: Client, cast: Cast, ticket: Ticket) -> None:
    eva = as_(cast.eva)
    assert "Ben" not in present(eva, ticket, "reading")
    assert "is reading" in present(ben, ticket, "reading")
    assert "is reading" in present(eva, ticket, "reading")
    present(ben, ticket, "writing")
    assert "is writing" in present(eva, ticket, "reading")
    present(ben, ticket, "gone")
    assert "Ben" not in present(eva, ticket, "reading")
    for outsider in (cast.ada, cast.dov):
        assert as_(outsider).get(f"/requests/{ticket.pk}/presence").status_code in (403, 404)


def test_presence_expires_by_itself(ben: Client, cast: Cast, ticket: Ticket) -> None:
    present(ben, ticket, "writing")
    Presence.objects.update(seen_at=clock.now() - timedelta(minutes=1))
    assert "Ben" not in present(as_(cast.eva), ticket, "reading")
