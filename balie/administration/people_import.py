"""Settings > People > Import: a file of employees, its columns, what it would change, and how far the change is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.administration.reader import reader_of
from balie.people import exporting, headings, taking_over
from balie.people.audience import for_area
from balie.people.importing import importable_by
from balie.people.models import Area, Attribute, PeopleImport, Person
from balie.people.rights import Rights
from balie.people.tables import CannotRead
from balie.people.taking_over import ImportRefused
from balie.platform.alphabet import placed

FIELDS: Final = {
    "name": gettext_lazy("Name"), "first_name": gettext_lazy("First name"), "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("Work address"), "other_addresses": gettext_lazy("Other addresses"), "status": gettext_lazy("Status"),
    "language": gettext_lazy("Language"), "time_zone": gettext_lazy("Time zone"), "supervisor": gettext_lazy("Supervisor"),
}  # fmt: skip
_MOST_RECENT: Final = 10
_KINDS: Final = {"csv": (exporting.as_csv, "text/csv; charset=utf-8"), "xlsx": (
    exporting.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)}  # fmt: skip
Options = list[tuple[str, str] | tuple[str, list[tuple[str, str]]]]


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("CSV or XLSX, with the names of the columns in its first row."),
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
    )  # fmt: skip


class ReadingForm(forms.Form):
    """What each column holds, and how its numbers and days are written."""

    decimal_mark = forms.ChoiceField(
        label=gettext_lazy("Numbers are written"), required=False,
        choices=[("", gettext_lazy("As the file shows")), (",", "1.234,56"), (".", "1,234.56")],
    )  # fmt: skip
    order = forms.ChoiceField(
        label=gettext_lazy("Dates are written"), required=False,
        choices=[
            ("", gettext_lazy("As the file shows")), ("day", gettext_lazy("Day first: 23/11/2026")),
            ("month", gettext_lazy("Month first: 11/23/2026")),
        ],
    )  # fmt: skip
    with_departures = forms.BooleanField(
        label=gettext_lazy("Employees who are not in the file have left"), required=False,
        help_text=gettext_lazy("They become inactive. Administrators never do."),
    )  # fmt: skip

    def __init__(self, sent: QueryDict | None = None, *, one: PeopleImport, reader: Person) -> None:
        order = {None: "", True: "month", False: "day"}[one.is_month_first]
        initial = {"decimal_mark": one.decimal_mark, "order": order, "with_departures": one.with_departures}
        super().__init__(sent, initial=initial)
        self._options = options = _options(reader)
        for place, heading in enumerate(one.headings):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or _("Column %(number)s") % {"number": place + 1}, choices=options, required=False,
                initial=one.columns[place] if place < len(one.columns) else "",
            )  # fmt: skip
        self._width = len(one.headings)

    def columns(self) -> list[str]:
        return [self.cleaned_data.get(f"column-{place}", "") for place in range(self._width)]

    def clean(self) -> dict[str, Any]:
        chosen = [column for column in self.columns() if column]
        names = dict(_flat(self._options))
        for column in {one for one in chosen if chosen.count(one) > 1}:
            self.add_error(
                None, _("Two columns hold “%(name)s”. Leave one of them out.") % {"name": names.get(column, column)}
            )
        if "email" not in chosen:
            self.add_error(None, _("Say which column holds the work address."))
        if not {"name", "first_name", "last_name"} & set(chosen):
            self.add_error(None, _("Say which column holds the name."))
        return super().clean() or self.cleaned_data

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[f"column-{place}"] for place in range(self._width)]


@for_area(Area.PEOPLE, edit=True)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """A file to begin with, and the imports there were."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            one = taking_over.upload(file, file.name, by=reader_of(request))
        except CannotRead as reason:
            form.add_error("file", str(reason))
        else:
            return redirect("administration:import", one.pk)
    recent = PeopleImport.objects.seen_by(reader_of(request)).select_related("by").latest_first()[:_MOST_RECENT]
    return render(
        request, "administration/imports.html", {"form": form, "recent": recent}, status=422 if form.errors else 200
    )


@for_area(Area.PEOPLE, edit=True)
@require_safe
def one_import(request: HttpRequest, pk: int) -> HttpResponse:
    """`?columns` goes back to the columns; `?part` is what changes by itself."""
    one = _opened(request, pk)
    return _shown(request, one)


@for_area(Area.PEOPLE, edit=True)
@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    one = _opened(request, pk)
    form = ReadingForm(request.POST, one=one, reader=reader_of(request))
    if not form.is_valid():
        return _shown(request, one, form=form)
    given = form.cleaned_data
    order = {"day": False, "month": True}.get(given["order"])
    try:
        taking_over.read_with(
            one, form.columns(), decimal_mark=given["decimal_mark"], is_month_first=order,
            with_departures=given["with_departures"], by=reader_of(request),
        )  # fmt: skip
    except ImportRefused as refused:
        messages.error(request, str(refused))
    return redirect("administration:import", pk)


@for_area(Area.PEOPLE, edit=True)
@require_POST
def confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    one = _opened(request, pk)
    try:
        taking_over.confirm(one, many_may_leave="many_may_leave" in request.POST, by=reader_of(request))
    except taking_over.AsksAgain as refused:
        return _shown(request, one, refused=str(refused))
    except ImportRefused as refused:
        messages.error(request, str(refused))
    return redirect("administration:import", pk)


@for_area(Area.PEOPLE, edit=True)
@require_POST
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a step again whose worker was lost."""
    one = _opened(request, pk)
    try:
        taking_over.begin_again(one, by=reader_of(request))
    except ImportRefused as refused:
        messages.error(request, str(refused))
    return redirect("administration:import", pk)


@for_area(Area.PEOPLE, edit=True)
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    one = _opened(request, pk)
    try:
        taking_over.discard(one, by=reader_of(request))
    except ImportRefused as refused:
        messages.error(request, str(refused))
        return redirect("administration:import", pk)
    messages.success(request, _("The import is discarded. Nothing was changed."))
    return redirect("administration:imports")


@for_area(Area.PEOPLE, edit=True)
@require_safe
def faults(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows with a fault, for whoever mends the file."""
    one = _opened(request, pk)
    lines = [
        [_("Row"), _("Fault")],
        *([str(row), what] for row, what in taking_over.report_for_reader(one).get("wrong", [])),
    ]
    return _download(exporting.as_csv(lines), "text/csv; charset=utf-8", "faults.csv")


@for_area(Area.PEOPLE)
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Everybody and everything that the reader may see."""
    write, media_type = _KINDS[kind]
    reader = reader_of(request)
    attributes = Attribute.objects.in_use().prefetch_related("choices")
    people = Rights.of(reader).people().order_by(placed(), "pk")
    return _download(write(exporting.lines(people, attributes=attributes, reader=reader)), media_type, f"people.{kind}")


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def _shown(
    request: HttpRequest, one: PeopleImport, *, form: ReadingForm | None = None, refused: str = ""
) -> HttpResponse:
    state = PeopleImport.State
    maps = form is not None or one.state == state.MAPPING or (
        "columns" in request.GET and one.state in (state.PLANNED, state.FAILED)
    )  # fmt: skip
    context: dict[str, Any] = {
        "one": one, "report": taking_over.report_for_reader(one), "is_silent": taking_over.is_silent(one), "refused": refused,
        "most_shown": taking_over.MOST_SHOWN, "maps": maps,
    }  # fmt: skip
    if maps:
        form = form or ReadingForm(one=one, reader=reader_of(request))
        samples = [
            [cells[place] for cells in one.samples if place < len(cells) and cells[place]]
            for place in range(len(one.headings))
        ]
        context |= {"form": form, "rows": zip(form.rows, samples, strict=True)}
    template = "administration/import_state.html" if "part" in request.GET else "administration/import.html"
    return render(request, template, context, status=422 if refused or (form and form.errors) else 200)


def _opened(request: HttpRequest, pk: int) -> PeopleImport:
    return get_object_or_404(PeopleImport.objects.seen_by(reader_of(request)).select_related("by"), pk=pk)


def _options(reader: Person) -> Options:
    by_section: dict[str, list[tuple[str, str]]] = {}
    for attribute in importable_by(reader):
        if attribute.key not in headings.PERSON_FIELDS:
            by_section.setdefault(str(attribute.section), []).append((attribute.key, str(attribute)))
    fields = [(key, str(label)) for key, label in FIELDS.items()]
    return [("", _("Leave out")), (_("Person"), fields), *by_section.items()]


def _flat(options: Options) -> Iterable[tuple[str, str]]:
    for value, label in options:
        if isinstance(label, str):
            yield value, label
        else:
            yield from label
