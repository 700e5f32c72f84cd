"""What an expert writes on the page of a request: the form, and what the page knows of their drafts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from balie.channels.web import posting, uploads
from balie.channels.web.writing import LONGEST, WritingForm
from balie.people.models import Person
from balie.platform import clock, text
from balie.tickets.models import Message, Ticket
from balie.tickets.words import KeptFile, Words
from balie.workspace import leaving
from balie.workspace.drafting import Kept, Written, html_of, kept_about
from balie.workspace.models import Draft
from balie.workspace.models.draft import words_of

# Text of the longest length with all its marks; letters are a hundredth of it.
LONGEST_HTML: Final = 4 * LONGEST
MOST_FILES: Final = 50
_TOO_LONG: Final = _("This is too long for one message. Shorten it, or add it as a file.")


class ComposeForm(WritingForm):
    """A reply or a note, and what is to follow. `html` comes from the editor, `text` from a page without it."""

    kind = forms.ChoiceField(
        choices=[(Message.Kind.REPLY.value, _("Reply")), (Message.Kind.NOTE.value, _("Note"))],
        initial=Message.Kind.REPLY.value,
    )
    then = forms.ChoiceField(
        choices=[(name, name) for name in ("stay", "resolve", "next", "draft")], required=False, initial="stay"
    )
    html = forms.CharField(
        required=False, max_length=LONGEST_HTML, strip=False, error_messages={"max_length": _TOO_LONG}
    )
    seen = forms.IntegerField(required=False, min_value=0)
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    page = forms.RegexField(r"^[0-9]{1,10}$", required=False)

    def __init__(self, *args: Any, draft: Draft | None = None, **kwargs: Any) -> None:
        """With a draft, unless something was posted, the form begins where that one was left."""
        self.draft = draft
        if draft is not None:
            kwargs["initial"] = {"kind": draft.kind, "text": draft.text, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["text"].error_messages["max_length"] = _TOO_LONG
        if draft is not None:
            self.named = frozenset(file.sha256 for file in draft.kept_files())
            if not self.is_bound:
                self.kept = draft.kept_files()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if len(self.kept) > MOST_FILES:
            self.add_error("attached", _("At most %(most)s files go with one message.") % {"most": MOST_FILES})
        return cleaned

    @property
    def is_note(self) -> bool:
        return str(self["kind"].value()) == Message.Kind.NOTE.value

    @property
    def is_rich(self) -> bool:
        return "html" in self.data

    @property
    def can_be_kept(self) -> bool:
        """Whether what was written is in order, whatever else is not."""
        return not {"html", "text", "kind", "page", "version"} & self.errors.keys()

    def written(self) -> Written:
        """As it is kept and said. Pictures stand beneath a text whose writer could not see them in it."""
        cleaned = self.cleaned_data
        html = html_of(cleaned.get("html") or "") if self.is_rich else text.html_from_text(cleaned.get("text") or "")
        return Written(
            html=html,
            files=list(self.kept) if self.is_rich else [uploads.as_enclosure(file) for file in self.kept],
            mentions=self.mentioned(),
            version=cleaned.get("version") or 0,
            page=cleaned.get("page") or "",
            once=self.key(),
        )

    def words(self) -> Words:
        written = self.written()
        return words_of(written.html, files=written.files, mentions=written.mentions)

    def mentioned(self) -> list[int]:
        """The people whom the writer chose from the list; whether they may read it is decided where it is said."""
        return _numbers(self.data, "mentioned")

    def known(self) -> list[int]:
        """The replies on their way that the writer was told of."""
        return _numbers(self.data, "known")


@dataclass(frozen=True, kw_only=True)
class News:
    """What others said that the writer may not have seen, and which of their replies are on the way."""

    messages: list[Message]
    leaving: list[Draft]

    def __bool__(self) -> bool:
        return bool(self.messages or self.leaving)


def news_since(ticket: Ticket, *, by: Person, form: ComposeForm, kept: Kept) -> News:
    """Empty when the page said nothing of what it had shown: a program, or a page of before."""
    seen = form.cleaned_data.get("seen")
    if seen is None:
        return News(messages=[], leaving=[])
    others = ticket.messages.exclude(author=by.pk).filter(pk__gt=seen).select_related("author").order_by("-pk")
    known = form.known()
    return News(
        messages=list(others.only("author", "kind", "direction", "created_at")[:3])[::-1],
        leaving=[one for one in kept.leaving if one.person_id != by.pk and one.pk not in known],
    )


def composer_of(
    request: HttpRequest,
    ticket: Ticket,
    *,
    by: Person,
    form: ComposeForm | None = None,
    kept: Kept | None = None,
    news: News | None = None,
) -> dict[str, Any]:
    """What the composer's template needs. Two queries."""
    kept = kept or kept_about(ticket, by=by)
    if form is None:
        kind = request.GET.get("write") or next(iter(kept.drafts), Message.Kind.REPLY.value)
        kind = kind if kind in Message.Kind.values else Message.Kind.REPLY.value
        form = ComposeForm(draft=kept.drafts.get(kind), initial={"kind": kind})
    mine = [one for one in kept.leaving if one.person_id == by.pk]
    return {
        "form": form,
        "held": mine,
        "known": [one.pk for one in kept.leaving if one.person_id != by.pk],
        "news": news,
        "seen": ticket.newest,  # type: ignore[attr-defined]  # see `opened`
        "state": json.dumps(
            {
                kind: _posted_state(request, form, kept.drafts.get(kind))
                if form.is_bound and _kind_of(form) == kind
                else state_of(request, kept.drafts.get(kind))
                for kind in Message.Kind.values
            }
        ),
        "person_id": by.pk,
        "by_email": bool(ticket.requester.mail_address()),
        "from": request.POST.get("from") or request.GET.get("from", ""),
        "reason": leaving.reason(form.draft) if form.draft else "",
        "drafted_at": _at(form.draft) if form.draft else "",
    }


def state_of(request: HttpRequest, draft: Draft | None) -> dict[str, Any]:
    """What a page needs to show a draft in its editor."""
    if draft is None:
        return {
            "html": "",
            "pictures": {},
            "files": "",
            "mentions": [],
            "version": 0,
            "others": [],
            "reason": "",
            "at": "",
        }
    return {
        **_shown(request, draft.html, draft.kept_files()),
        "mentions": draft.mentions,
        "version": draft.version,
        "others": [
            {**_shown(request, other["html"], [KeptFile(**file) for file in other["files"]]), "page": page}
            for page, other in draft.others.items()
        ],
        "reason": str(leaving.reason(draft)),
        "at": _at(draft),
    }


def _posted_state(request: HttpRequest, form: ComposeForm, draft: Draft | None) -> dict[str, Any]:
    said = form.data.get("html", "") if form.is_rich else text.html_from_text(form.data.get("text", ""))
    return {
        **_shown(request, html_of(said), form.kept),
        "mentions": form.mentioned(),
        "version": draft.version if draft else 0,
        "others": [],
        "reason": "",
        "at": "",
    }


def _shown(request: HttpRequest, html: str, kept: Iterable[KeptFile]) -> dict[str, Any]:
    slips = [(uploads.ticket_for(file), file) for file in kept]
    return {
        "html": html,
        "pictures": {file.content_id: posting.address_of(slip) for slip, file in slips if file.content_id},
        "files": "".join(
            render_to_string("components/kept_file.html", {"slip": slip, "file": file}, request) for slip, file in slips
        ),
    }


def _at(draft: Draft) -> str:
    local = localtime(draft.written_at)
    is_today = local.date() == localtime(clock.now()).date()
    return date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")


def _kind_of(form: ComposeForm) -> str:
    return str(form["kind"].value())


def _numbers(posted: Any, name: str) -> list[int]:
    given = posted.getlist(name) if hasattr(posted, "getlist") else []
    return sorted({int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19})[:200]
