"""The checklist of a request, and everything that somebody has to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Task, Ticket
from balie.tickets.refusals import Refused
from balie.workspace.panel import panel_of
from balie.workspace.places import places_of
from balie.workspace.reader import expert_of, opened
from balie.workspace.requests import shown
from balie.workspace.task_forms import TaskForm

MOST_SHOWN = 200
# What was done lately can be looked at, and taken back.
_LATELY = timedelta(days=7)


@require_safe
@for_(Audience.EXPERTS)
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader has to do, by when, in all requests that they work on; and what they did lately."""
    return _own(request, is_part=request.GET.get("part") == "tasks")


@require_POST
@for_(Audience.EXPERTS)
def tasks(request: HttpRequest, number: int) -> HttpResponse:
    """One more at the end of the checklist."""
    ticket, person = opened(request, number), expert_of(request)
    form = TaskForm(request.POST, ticket=ticket, by=person, auto_id="new_task_%s")
    if form.is_valid():
        try:
            Task.add(ticket, by=person, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _after(request, ticket, said=_("The task is there."))
    if request.headers.get("HX-Request"):
        context = panel_of(ticket, reader=person, tab="tasks") | {
            "ticket": ticket,
            "task_form": form,
            "parts": ("panel",),
        }
        return render(request, "workspace/parts.html", context, status=422)
    return render(request, "workspace/task.html", _page(ticket, form, person), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def task(request: HttpRequest, number: int, task: int) -> HttpResponse:
    """GET asks what is to change, POST changes it."""
    ticket, person = opened(request, number), expert_of(request)
    found = get_object_or_404(Task.objects.select_related("assignee"), ticket=ticket, pk=task)
    form = TaskForm(request.POST or None, ticket=ticket, by=person, task=found, auto_id=f"task_{task}_%s")
    if request.method == "POST" and form.is_valid():
        try:
            found.change(by=person, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _after(request, ticket, said=_("Saved."))
    template = "workspace/task_form.html" if request.headers.get("HX-Request") else "workspace/task.html"
    return render(request, template, _page(ticket, form, person, task=found), status=422 if form.errors else 200)


@require_POST
@for_(Audience.EXPERTS)
def completion(request: HttpRequest, number: int, task: int) -> HttpResponse:
    """It is done; or not, when that is what `done` says."""
    is_undone = request.POST.get("done") == "no"
    return _do(
        request, number, task, lambda one, by: one.reopen(by=by) if is_undone else one.finish(by=by),
        said=_("It is open again.") if is_undone else _("Done."),
    )  # fmt: skip


@require_POST
@for_(Audience.EXPERTS)
def place(request: HttpRequest, number: int, task: int) -> HttpResponse:
    """To the place that `position` says, the first being 0."""
    wanted = request.POST.get("position", "")
    position = int(wanted) if wanted.isdecimal() and len(wanted) < 4 else 0
    return _do(request, number, task, lambda one, by: one.place(position, by=by), said=_("Moved."))


@require_POST
@for_(Audience.EXPERTS)
def removal(request: HttpRequest, number: int, task: int) -> HttpResponse:
    return _do(request, number, task, lambda one, by: one.remove(by=by), said=_("The task is gone."))


def _own(request: HttpRequest, *, is_part: bool, said: str = "") -> HttpResponse:
    person = expert_of(request)
    tasks = Task.objects.worked_on_by(person).filter(assignee=person).select_related("ticket__team")
    to_do = list(tasks.open().order_by("due_on", "pk")[: MOST_SHOWN + 1])
    done = tasks.done().filter(done_at__gte=clock.now() - _LATELY).order_by("-done_at")[:50]
    context = {
        "groups": _grouped(to_do[:MOST_SHOWN]), "has_more": len(to_do) > MOST_SHOWN, "done": list(done),
        "place": "tasks", "said": said, "is_part": is_part,
    }  # fmt: skip
    if is_part:
        return render(request, "workspace/my_tasks_list.html", context)
    return render(request, "workspace/my_tasks.html", context | {"places": places_of(person)})


def _do(request: HttpRequest, number: int, pk: int, verb: Callable[[Task, Person], None], *, said: str) -> HttpResponse:
    ticket = opened(request, number)
    found = get_object_or_404(Task, ticket=ticket, pk=pk)
    try:
        verb(found, expert_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
        said = ""
    return _after(request, ticket, said=said)


def _after(request: HttpRequest, ticket: Ticket, *, said: str) -> HttpResponse:
    """Back to where it was done: the list of one's own tasks, or the request."""
    if request.POST.get("from") == "mine":
        if request.headers.get("HX-Request"):
            return _own(request, is_part=True, said=said)
        return redirect("workspace:my-tasks")
    if request.headers.get("HX-Request"):
        return shown(request, opened(request, ticket.pk), parts=("panel", "timeline"), said=said)
    return redirect(f"{reverse('workspace:request', args=[ticket.pk])}?tab=tasks#panel")


def _page(ticket: Ticket, form: TaskForm, person: Person, *, task: Task | None = None) -> dict[str, Any]:
    return {"ticket": ticket, "form": form, "task": task, "places": places_of(person)}


def _grouped(found: list[Task]) -> list[tuple[str, list[Task]]]:
    """Under headings that say how soon."""
    today = timezone.localtime(clock.now()).date()
    headings: dict[str, list[Task]] = {}
    for one in found:
        headings.setdefault(_heading(one.due_on, today), []).append(one)
    return list(headings.items())


def _heading(due_on: date | None, today: date) -> str:
    if due_on is None:
        return _("No due date")
    away = (due_on - today).days
    if away < 0:
        return _("Late")
    if away == 0:
        return _("Today")
    return _("This week") if away <= 6 - today.weekday() else _("Later")
