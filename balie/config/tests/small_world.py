"""The objects that the permission matrix asks for: an open request, a private one, and words that only some may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from balie.channels.models import Arrival, Delivery
from balie.config.tests.cast import Cast
from balie.people.models import ApiToken, Attribute, Person, Proposal, Role
from balie.platform import clock, files
from balie.tickets import deleting, linking
from balie.tickets.models import Attachment, Message, Project, Task, Ticket
from balie.tickets.words import KeptFile, Words
from balie.workspace import drafting

# Each word stands in one place only, so that whoever reads it has read that place.
WORDS_OF_THE_PRIVATE_REQUEST = (
    "Pelikaan", "Quokkatext", "quokkanote", "wolverine.pdf", "Quentina", "axolotl@elsewhere.example", "Ocelotfault",
    "Quokkatask", "Quokkaproject",
)  # fmt: skip
WORDS_OF_THE_NOTE = ("narwhalnote", "narwhal.pdf", "narwhaltask", "narwhalproject")
WORDS_OF_EVAS_DRAFT = ("okapidraft", "okapi.pdf")
WORDS_OF_THE_OPEN_REQUEST = ("Giraffesubject", "giraffetext")
# What a search is for: it stands beside the words, so that the search itself repeats none of them.
SEARCHED = "kerfuffle"

CALLERS = ("anonymous", "external", "inactive", "ada", "cleo", "ben", "dov", "hanna", "eva")
MAY_READ = {
    WORDS_OF_THE_PRIVATE_REQUEST: {"hanna"},
    WORDS_OF_THE_NOTE: {"ben", "eva"},
    WORDS_OF_EVAS_DRAFT: {"eva"},
    WORDS_OF_THE_OPEN_REQUEST: {"ada", "cleo", "ben", "eva"},
}


@dataclass
class World:
    """`open` is Ada's request to IT, which Cleo follows; `secret` that of an external to the private team People."""

    cast: Cast
    people: dict[str, Person | None]
    open: Ticket
    secret: Ticket
    deleted: Ticket
    messages: dict[str, Message]
    attachments: dict[str, Attachment]
    deliveries: dict[str, Delivery]
    arrivals: dict[str, Arrival]
    projects: dict[str, Project] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    role: Role = field(default_factory=lambda: Role.objects.starting(Role.Preset.EXPERT))
    # Of a fact that Ada may edit herself.
    proposal: Proposal = field(default_factory=lambda: _proposed())
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def token_of_hanna(self) -> int:
        return ApiToken.objects.get(person=self.cast.hanna).pk

    def ticket(self, kind: str) -> Ticket:
        return self.secret if kind == "secret" else self.open


def make_world(cast: Cast) -> World:
    stranger = Person.objects.take_in(kind="email", external_id="axolotl@elsewhere.example", name="Quentina")
    gone = Person.objects.create_employee(name="Ivo", email="ivo@balie.example", role=Person.Role.EXPERT)
    Person.objects.filter(pk=gone.pk).update(status=Person.Status.INACTIVE)
    gone.refresh_from_db()
    opened = _asked(cast.it, cast.ada, "Giraffesubject kerfuffle", "giraffetext kerfuffle")
    opened.follow(cast.cleo, by=cast.ben)
    note = opened.note(by=cast.ben, words=_words("narwhalnote kerfuffle", "narwhal.pdf"))
    secret = _asked(cast.people, stranger, "Pelikaan kerfuffle", "Quokkatext kerfuffle")
    secret_note = secret.note(by=cast.hanna, words=_words("quokkanote kerfuffle", "wolverine.pdf"))
    linking.link(opened, secret, by=cast.hanna)
    okapi = drafting.Written(html="<p>okapidraft kerfuffle</p>", files=list(_words("", "okapi.pdf").files))
    drafting.keep(opened, by=cast.eva, kind="reply", written=okapi)
    drafting.keep(secret, by=cast.hanna, kind="note", written=drafting.Written(html="<p>Quokkatext kerfuffle</p>"))
    deleted = _asked(cast.people, stranger, "Pelikaan again", "Quokkatext")
    deleting.delete(deleted, by=cast.hanna)
    for message, original in ((note, b"narwhalnote"), (secret_note, b"quokkanote")):
        _arrived(
            "it",
            "",
            bundle=f"of {message.pk}",
            raw=original,
            state="understood",
            message=message,
            ticket=message.ticket,
        )
    Delivery.objects.filter(ticket=secret).update(state="refused", error="550 axolotl@elsewhere.example Ocelotfault")
    people: dict[str, Person | None] = {
        "anonymous": None, "external": stranger, "inactive": gone,
        **{name: getattr(cast, name) for name in ("ada", "cleo", "ben", "dov", "hanna", "eva")},
    }  # fmt: skip
    return World(
        cast=cast, people=people, open=opened, secret=secret, deleted=deleted,
        messages={"open": note, "secret": secret_note},
        attachments={"open": note.attachments.get(), "secret": secret_note.attachments.get()},
        deliveries={"open": opened.deliveries.earliest("pk"), "secret": secret.deliveries.earliest("pk")},
        arrivals={"open": _arrived("it", "ValueError"), "secret": _arrived("people", "ValueError: Ocelotfault Pelikaan")},
        projects={
            "open": _undertaken("narwhalproject", opened, by=cast.ben),
            "secret": _undertaken("Quokkaproject", secret, by=cast.hanna),
        },
        tasks={
            "open": Task.add(opened, "narwhaltask kerfuffle", by=cast.ben, assignee=cast.ben),
            "secret": Task.add(secret, "Quokkatask kerfuffle", by=cast.hanna, assignee=cast.hanna),
        },
        tokens={name: ApiToken.issue(person=person, name="matrix") for name, person in people.items() if person},
    )  # fmt: skip


def _proposed() -> Proposal:
    ada = Person.objects.get(email="ada@balie.example")
    phone = Attribute.objects.get(key="phone")
    return Proposal.objects.create(person=ada, attribute=phone, value="112", proposed_at=clock.now())


def leaked(body: str, *, to: str) -> list[str]:
    """The words in it that this caller may not read."""
    return [
        word
        for words, readers in MAY_READ.items()
        if to not in readers
        for word in words
        if word.lower() in body.lower()
    ]


def _asked(team: Any, requester: Person, subject: str, text: str) -> Ticket:
    return Ticket.open(team=team, requester=requester, subject=subject, words=_words(text), channel="email")


def _undertaken(name: str, ticket: Ticket, *, by: Person) -> Project:
    project = Project.begin(f"{name} kerfuffle", by=by)
    project.include(ticket, by=by)
    return project


def _words(text: str, *names: str) -> Words:
    kept = [(name, files.keep(name.encode())) for name in names]
    return Words.from_text(
        text,
        files=tuple(
            KeptFile(name=name, media_type="application/pdf", sha256=one.sha256, size=one.size) for name, one in kept
        ),
    )


def _arrived(team: str, error: str, **more: Any) -> Arrival:
    facts = {
        "bundle": team, "raw": b"Pelikaan", "state": "failed", "attempts": 8,
        "sender": "axolotl@elsewhere.example" if team == "people" else "ada@balie.example",
    } | more  # fmt: skip
    address = f"{facts['bundle']}:{team}@desk.localhost"
    return Arrival.objects.create(kind="email", external_id=address, error=error, received_at=clock.now(), **facts)
