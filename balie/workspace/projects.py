"""Projects: the list of those that the reader sees, and the page of one. What they may not see is not counted either."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform.alphabet import placed
from balie.tickets.models import Inclusion, Project, Ticket
from balie.tickets.models.ticket import TicketQuerySet
from balie.tickets.refusals import Refused
from balie.workspace.places import places_of
from balie.workspace.project_forms import InclusionForm, NewProjectForm, ProjectForm
from balie.workspace.reader import expert_of

MOST_LISTED = 200
A_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many of the requests that the reader works on are resolved."""

    done: int
    number: int

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.number) if self.number else 0


@require_safe
@for_(Audience.EXPERTS)
def projects(request: HttpRequest) -> HttpResponse:
    """`?archived` shows those that were set aside."""
    person, is_archived = expert_of(request), "archived" in request.GET
    seen = Project.objects.seen_by(person).select_related("owner")
    found = list((seen.archived() if is_archived else seen.current()).order_by(placed(), "pk")[: MOST_LISTED + 1])
    listed = found[:MOST_LISTED]
    counted = Inclusion.objects.worked_on_by(person).filter(project__in=listed).progress() if listed else {}
    for project in listed:
        project.progress = _progress(counted, project)  # type: ignore[attr-defined]  # for the template
    context = {
        "projects": listed, "has_more": len(found) > MOST_LISTED, "is_archived": is_archived, "place": "projects",
        "places": places_of(person),
    }  # fmt: skip
    return render(request, "workspace/projects.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def new(request: HttpRequest) -> HttpResponse:
    person = expert_of(request)
    form = NewProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("workspace:project", Project.begin(by=person, **form.cleaned_data).pk)
    context = {"form": form, "place": "projects", "places": places_of(person)}
    return render(request, "workspace/project_new.html", context, status=422 if form.errors else 200)


@require_safe
@for_(Audience.EXPERTS)
def project(request: HttpRequest, project: int) -> HttpResponse:
    """`?after=NUMBER` goes on behind that request; `?part=project` is for live pages."""
    return _shown(request, _seen(request, project))


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def shape(request: HttpRequest, project: int) -> HttpResponse:
    """What it is: name, description, owner, status, due date."""
    found, person = _seen(request, project), expert_of(request)
    if not found.is_shaped_by(person):
        raise Http404
    form = ProjectForm(request.POST or None, instance=copy(found))
    if request.method == "POST" and form.is_valid():
        try:
            found.change(by=person, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return _back(found, person)
    context = {"project": found, "form": form, "place": "projects", "places": places_of(person)}
    return render(request, "workspace/project_form.html", context, status=422 if form.errors else 200)


@require_POST
@for_(Audience.EXPERTS)
def inclusions(request: HttpRequest, project: int) -> HttpResponse:
    """One request more."""
    found, person = _seen(request, project), expert_of(request)
    form = InclusionForm(request.POST, by=person)
    if form.is_valid():
        try:
            found.include(form.cleaned_data["number"], by=person)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("workspace:project", project)
    return _shown(request, found, form=form)


@require_POST
@for_(Audience.EXPERTS)
def inclusion_removal(request: HttpRequest, project: int, number: int) -> HttpResponse:
    found, person = _seen(request, project), expert_of(request)
    ticket = get_object_or_404(Ticket.objects.worked_on_by(person), pk=number)
    return _do(request, found, lambda: found.release(ticket, by=person))


@require_POST
@for_(Audience.EXPERTS)
def archive(request: HttpRequest, project: int) -> HttpResponse:
    found, person = _seen(request, project), expert_of(request)
    return _do(request, found, lambda: found.archive(by=person))


@require_POST
@for_(Audience.EXPERTS)
def unarchive(request: HttpRequest, project: int) -> HttpResponse:
    found, person = _seen(request, project), expert_of(request)
    return _do(request, found, lambda: found.unarchive(by=person))


def _seen(request: HttpRequest, pk: int) -> Project:
    found: Project = get_object_or_404(Project.objects.seen_by(expert_of(request)).select_related("owner"), pk=pk)
    return found


def _do(request: HttpRequest, found: Project, verb: Callable[[], None]) -> HttpResponse:
    try:
        verb()
    except Refused as refused:
        messages.error(request, str(refused))
    return _back(found, expert_of(request))


def _shown(request: HttpRequest, found: Project, *, form: InclusionForm | None = None) -> HttpResponse:
    person = expert_of(request)
    tickets, following = _tickets(found, person, after=request.GET.get("after", ""))
    context: dict[str, Any] = {
        "project": found,
        "tickets": tickets,
        "next": following,
        "progress": _progress(Inclusion.objects.worked_on_by(person).filter(project=found).progress(), found),
        "form": form or InclusionForm(by=person),
        "can_shape": found.is_shaped_by(person),
        "is_part": request.GET.get("part") == "project",
        "place": "projects",
    }
    if context["is_part"]:
        return render(request, "workspace/project_body.html", context)
    context["places"] = places_of(person)
    return render(request, "workspace/project.html", context, status=422 if context["form"].errors else 200)


def _tickets(found: Project, person: Person, *, after: str) -> tuple[list[Ticket], int | None]:
    """A page of the requests that the person works on, newest first; and after which one the next page begins."""
    rows: TicketQuerySet = Ticket.objects.worked_on_by(person).listed().filter(inclusions__project=found)
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    shown = list(rows.select_related("team", "status", "assignee", "requester").order_by("-number")[: A_PAGE + 1])
    return shown[:A_PAGE], shown[A_PAGE - 1].pk if len(shown) > A_PAGE else None


def _progress(counted: dict[int, tuple[int, int]], of: Project) -> Progress:
    done, number = counted.get(of.pk, (0, 0))
    return Progress(done=done, number=number)


def _back(found: Project, person: Person) -> HttpResponse:
    """To its page, or to the list when the person does not see it any more."""
    if Project.objects.seen_by(person).filter(pk=found.pk).exists():
        return redirect("workspace:project", found.pk)
    return redirect("workspace:projects")
