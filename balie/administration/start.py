"""The first page of the settings: what the reader can change, found by a search field, with its path as people say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from balie.administration.reader import reader_of
from balie.organisation.models import Organisation
from balie.organisation.plan import feature_of
from balie.people.audience import AreaAudience, Audience, for_
from balie.people.models import Person


@dataclass(frozen=True)
class Setting:
    """One page of the settings. Who may open it is what its own view says; `words` are others that people look for it by."""

    area: str | Promise
    name: str | Promise
    route: str
    about: str | Promise = ""
    words: str | Promise = ""

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(str(step) for step in (_("Settings"), self.area, self.name) if step)

    def fits(self, asked: str) -> bool:
        text = " ".join((*self.path, str(self.about), str(self.words))).casefold()
        return all(word in text for word in asked.casefold().split())


_PEOPLE, _CONVERSATIONS = gettext_lazy("People"), gettext_lazy("Conversations")
_INTEGRATIONS, _OPERATION = gettext_lazy("Integrations"), gettext_lazy("Operation")

SETTINGS: Final = (
    Setting("", gettext_lazy("Organisation"), "administration:organisation",
            gettext_lazy("Name, language, time zone and country"), gettext_lazy("company reopening")),
    Setting("", gettext_lazy("Plan"), "administration:plan",
            gettext_lazy("Which modules and features you have"), gettext_lazy("package subscription modules features")),
    Setting(_PEOPLE, gettext_lazy("People"), "administration:people",
            gettext_lazy("Who works here, and who may do what"), gettext_lazy("employees administrators experts rights")),
    Setting(_PEOPLE, gettext_lazy("Employee roles"), "administration:roles",
            gettext_lazy("What people may see and do"), gettext_lazy("access rights expert administrator")),
    Setting(_PEOPLE, gettext_lazy("Employee attributes"), "administration:attributes",
            gettext_lazy("Sections of the profile, and what stands in them"), gettext_lazy("fields sections choices")),
    Setting(_PEOPLE, gettext_lazy("Import people"), "administration:imports",
            gettext_lazy("From CSV or XLSX; nobody is told"), gettext_lazy("upload spreadsheet excel")),
    Setting(_CONVERSATIONS, gettext_lazy("Edit teams"), "administration:teams",
            gettext_lazy("Members, categories, working hours, addresses"), gettext_lazy("hours holidays experts")),
    Setting(_CONVERSATIONS, gettext_lazy("Request statuses"), "administration:statuses",
            gettext_lazy("How requests stand, in your own words"), gettext_lazy("colour group waiting")),
    Setting(_CONVERSATIONS, gettext_lazy("Deleted requests"), "administration:deleted",
            gettext_lazy("Bring back what was deleted"), gettext_lazy("restore bin")),
    Setting(_CONVERSATIONS, gettext_lazy("Open a private team's request"), "administration:disclosure",
            gettext_lazy("With a reason, which the team reads"), gettext_lazy("confidential audit")),
    Setting(_INTEGRATIONS, gettext_lazy("API credentials"), "administration:credentials",
            gettext_lazy("Keys of integrations, and the allowed employee attributes"),
            gettext_lazy("secret token requester tab attributes")),
    Setting(_INTEGRATIONS, gettext_lazy("Mailboxes"), "mailboxes",
            gettext_lazy("Mailboxes whose mail becomes requests"), gettext_lazy("email imap")),
    Setting(_INTEGRATIONS, "Slack", "slack_workspaces",
            gettext_lazy("Asking and answering in Slack"), gettext_lazy("channel bot workspace")),
    Setting(_OPERATION, gettext_lazy("Failed mail"), "administration:troubles",
            gettext_lazy("What could not be understood or delivered"), gettext_lazy("errors retry")),
    Setting(_OPERATION, gettext_lazy("Audit log"), "administration:audit",
            gettext_lazy("Who gave which rights, and used those of others"), gettext_lazy("log history security")),
)  # fmt: skip


@for_(Audience.SETTINGS)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """`?q=` is what the reader looks for."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:80]
    reader = reader_of(request)
    found = [one for one in SETTINGS if is_open_to(reader, one.route) and one.fits(asked)]
    areas: dict[str, list[Setting]] = {}
    for one in found:
        areas.setdefault(str(one.area), []).append(one)
    return render(request, "administration/start.html", {"areas": areas.items(), "q": asked})


def is_open_to(person: Person, route: str) -> bool:
    """Whether the page of this name is for the person, and in the plan: nothing is offered that the gate would refuse."""
    view = resolve(reverse(route)).func
    feature = feature_of(view)
    if feature is not None and not Organisation.current().plan.is_open(feature):
        return False
    # Pages of the library that signs people in are for everybody.
    audience: Audience | AreaAudience = getattr(view, "audience", Audience.PEOPLE)
    return audience.includes(person)
