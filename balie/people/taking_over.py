"""An import of people on its way: uploaded, its columns mapped, read, shown, confirmed, done. Nobody is told of it but its page.

Reading and importing are jobs of the worker. What was confirmed is what is done: the plan is made again inside the import's own
transaction, and where it differs from the one that was shown, nothing is imported and the new one is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, BinaryIO, Final

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from balie.people import headings
from balie.people.importing import (
    CannotRead,
    ChangedMeanwhile,
    ImportPlan,
    Planned,
    Reading,
    TooManyLeave,
    apply,
    columns_of,
    importable_by,
    make_plan,
    one_at_a_time,
)
from balie.people.models import Area, PeopleImport, Person
from balie.people.rights import Rights
from balie.people.tables import Table, read_beginning, read_table
from balie.platform import clock, files
from balie.platform.aside import aside
from balie.platform.characters import clean_name
from balie.platform.live import written
from balie.platform.refusal import Refusal
from balie.platform.sentences import Sentence, for_reader, in_every_language

State = PeopleImport.State

MOST_SAMPLES: Final = 3
# What the page shows of each kind; the counts are whole.
MOST_SHOWN: Final = 200
MOST_FAULTS: Final = 5000
KEPT_FOR: Final = timedelta(days=30)
# A step that says nothing for so long has lost its worker.
SILENT_AFTER: Final = timedelta(minutes=3)
_SAY_EVERY: Final = 0.4  # seconds
_CHANGED_MEANWHILE: Final = _(
    "Somebody changed people meanwhile. Nothing was imported yet: this is what it would do now."
)

# How many are done, of how many.
Say = Callable[[int, int], None]

log = structlog.get_logger(__name__)


class ImportRefused(Refusal):
    """This step cannot be taken now; says why, in the reader's language."""


class NotForYou(ImportRefused):
    sentence = gettext_lazy("Your access rights do not let you import people.")


class NotNow(ImportRefused):
    sentence = gettext_lazy("The import has gone on meanwhile; look at it again.")


class AsksAgain(ImportRefused):
    sentence = gettext_lazy("More people would become inactive than usual. Tick that this is right, and confirm again.")


def upload(file: BinaryIO, name: str, *, by: Person) -> PeopleImport:
    """Keep the file and guess its columns, as they were mapped the last time; raises `CannotRead`."""
    _refuse_unless_allowed(by)
    beginning = read_beginning(file, name, rows=MOST_SAMPLES)
    file.seek(0)
    kept = files.keep(file)
    return PeopleImport.objects.create(
        by=by, file_name=clean_name(name) or "people", sha256=kept.sha256, headings=list(beginning.headings),
        samples=[list(cells) for _number, cells in beginning.rows], columns=_guessed(beginning, by),
    )  # fmt: skip


def _guessed(table: Table, by: Person) -> list[str]:
    attributes = importable_by(by)
    guessed = columns_of(table.headings, attributes=attributes, reading=Reading())
    remembered: dict[str, str] = {}
    earlier = PeopleImport.objects.filter(state=State.DONE).latest_first()[:10]
    for names, columns in reversed([*earlier.values_list("headings", "columns")]):
        remembered.update({headings.plainly(name): column for name, column in zip(names, columns, strict=False)})
    chosen = tuple(
        remembered.get(headings.plainly(name), guess) for name, guess in zip(table.headings, guessed, strict=True)
    )
    return columns_of(table.headings, attributes=attributes, reading=Reading(columns=chosen))


def read_with(
    one: PeopleImport,
    columns: Sequence[str],
    *,
    decimal_mark: str = "",
    is_month_first: bool | None = None,
    with_departures: bool = False,
    by: Person,
) -> None:
    """Have the file read with these columns; the plan is there when the job is done."""  # fmt: skip
    from balie.people.tasks import plan_import

    with _step(one, by, State.MAPPING, State.PLANNED, State.FAILED) as row:
        row.columns, row.decimal_mark, row.is_month_first = list(columns), decimal_mark, is_month_first
        row.with_departures, row.many_may_leave, row.said = with_departures, False, None
        _begin(row, State.PLANNING)
        plan_import.defer(pk=row.pk)


def confirm(one: PeopleImport, *, many_may_leave: bool = False, by: Person) -> None:
    """Have it imported, as it was shown."""
    from balie.people.tasks import carry_out_import

    with _step(one, by, State.PLANNED) as row:
        if row.report.get("is_large_departure") and not many_may_leave:
            raise AsksAgain
        row.many_may_leave, row.said = many_may_leave, None
        _begin(row, State.IMPORTING)
        carry_out_import.defer(pk=row.pk)


def begin_again(one: PeopleImport, *, by: Person) -> None:
    """After its worker was lost: nothing of a step that did not end has been done."""
    from balie.people.tasks import carry_out_import, plan_import

    with _step(one, by, State.PLANNING, State.IMPORTING) as row:
        if not is_silent(row):
            raise NotNow
        state = State(row.state)
        _begin(row, state)
        (plan_import if state == State.PLANNING else carry_out_import).defer(pk=row.pk)


def discard(one: PeopleImport, *, by: Person) -> None:
    with _step(one, by, State.MAPPING, State.PLANNED, State.FAILED) as row:
        row.state, row.report, row.samples, row.finished_at = State.DISCARDED, {}, [], clock.now()


def is_silent(one: PeopleImport) -> bool:
    """Whether a step is under way of which nothing was heard for long."""
    return one.is_under_way and (one.stirred_at is None or clock.now() - one.stirred_at > SILENT_AFTER)


def plan(pk: int) -> None:
    """The job: read the file, and keep what the import would do."""
    _run(pk, State.PLANNING, _plan)


def _plan(one: PeopleImport, say: Say) -> None:
    found = _plan_of(one, say=say)
    one.report, one.fingerprint = report_of(found), found.fingerprint
    one.columns, one.state = list(found.columns), State.PLANNED
    one.save()


def carry_out(pk: int) -> None:
    """The job: make the plan once more, and do it when it is the one that was shown."""
    _run(pk, State.IMPORTING, _carry_out)


def _carry_out(one: PeopleImport, say: Say) -> None:
    with transaction.atomic():
        one_at_a_time()
        found = _plan_of(one)
        if found.fingerprint != one.fingerprint:
            one.report, one.fingerprint, one.state = report_of(found), found.fingerprint, State.PLANNED
            one.said = Sentence(_CHANGED_MEANWHILE).kept()
        else:
            total, done = found.size, 0

            def progress(batch: int) -> None:
                nonlocal done
                done += batch
                say(done, total)

            say(0, total)
            apply(found, by=one.by, many_may_leave=one.many_may_leave, progress=progress)
            one.state, one.finished_at, one.done, one.total = State.DONE, clock.now(), total, total
        # In the same commit: what is done is known to be done.
        one.save()


def forget_old() -> int:
    """Files and reports of imports are not kept longer than they are of use; returns how many were forgotten."""
    return PeopleImport.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]


def report_of(found: ImportPlan) -> dict[str, Any]:
    """The plan as its page shows it, in every language: `report_for_reader` puts it into one."""
    return {
        "additions": len(found.additions), "changes": len(found.changes), "departures": len(found.departures),
        "unchanged": found.unchanged, "faults": len(found.faults), "leaving": found.leaving, "present": found.present,
        "is_large_departure": found.is_large_departure, "ignored": found.ignored_columns,
        "decimal_mark": found.notation.decimal_mark, "is_month_first": found.notation.is_month_first,
        "new": [[one.person.name, one.person.email] for one in found.additions[:MOST_SHOWN]],
        "changed": [[one.person.name, one.person.email, _shown(one, found)] for one in found.changes[:MOST_SHOWN]],
        "departing": [[one.name, one.email] for one in found.departures[:MOST_SHOWN]],
        "wrong": [[fault.row, fault.what.kept()] for fault in found.faults[:MOST_FAULTS]],
    }  # fmt: skip


def report_for_reader(one: PeopleImport) -> dict[str, Any]:
    """The report in the language of whoever reads, who need not be the one who brought the file."""
    report = dict(one.report)
    if report:
        report["wrong"] = [(row, str(Sentence.of(kept))) for row, kept in report["wrong"]]
        report["changed"] = [
            (name, address, [tuple(map(for_reader, line)) for line in lines])
            for name, address, lines in report["changed"]
        ]
    return report


def _shown(planned: Planned, plan: ImportPlan) -> list[list[str | dict[str, str]]]:
    def part(line: int, place: int) -> str | dict[str, str]:
        return in_every_language(lambda: planned.changes(plan.known)[line][place])

    return [[part(line, place) for place in range(3)] for line in range(len(planned.history))]


def _plan_of(one: PeopleImport, *, say: Say | None = None) -> ImportPlan:
    with files.open_kept(one.sha256) as file:
        table = read_table(file, one.file_name)
    reading = Reading(columns=tuple(one.columns), decimal_mark=one.decimal_mark, is_month_first=one.is_month_first)
    return make_plan(table, with_departures=one.with_departures, reading=reading, progress=say, by=one.by)


@contextmanager
def _step(one: PeopleImport, by: Person, *states: State) -> Iterator[PeopleImport]:
    """The row, locked; saved at the end. Raises `NotNow` when it is in none of these states."""
    _refuse_unless_allowed(by)
    with transaction.atomic():
        row = PeopleImport.objects.select_for_update().get(pk=one.pk)
        if row.state not in states:
            raise NotNow
        yield row
        row.save()
    one.refresh_from_db()


def _begin(row: PeopleImport, state: State) -> None:
    row.state, row.done, row.total, row.stirred_at = state, 0, 0, clock.now()


def _refuse_unless_allowed(by: Person) -> None:
    if not Rights.of(by).may_open(Area.PEOPLE, edit=True):
        raise NotForYou


def _run(pk: int, state: State, step: Callable[[PeopleImport, Say], None]) -> None:
    """A step; however it ends, its page is told. Taken already: nothing happens."""
    one = PeopleImport.objects.select_related("by").filter(pk=pk, state=state).first()
    if one is None or one.by is None:
        return
    with aside() as second:
        try:
            _refuse_unless_allowed(one.by)
            step(one, _teller(one, second))
        except CannotRead as reason:
            _fail(one, reason.sentence)
        except NotForYou:
            _fail(one, Sentence(_("Whoever brought this file may not import people any more. Nothing was imported.")))
        except (ChangedMeanwhile, TooManyLeave):
            _fail(one, Sentence(_("Somebody changed people meanwhile. Nothing was imported; read the file again.")))
        except Exception as fault:
            log.exception("import of people broken", fault=type(fault).__name__)
            _fail(one, Sentence(_("Something went wrong here. Nothing was imported; try again.")))
        _notify(connection, one)


def _fail(one: PeopleImport, said: Sentence) -> None:
    one.state, one.said = State.FAILED, said.kept()
    one.save(update_fields=["state", "said"])


def _teller(one: PeopleImport, second: Any) -> Say:
    """Writes how far it is outside the import's transaction, not more often than a page can show it."""
    last = 0.0

    def say(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < _SAY_EVERY:
            return
        last = time.monotonic()
        with second.cursor() as cursor:
            cursor.execute(
                "UPDATE people_peopleimport SET done = %s, total = %s, stirred_at = now() WHERE id = %s",
                [done, total, one.pk],
            )
        _notify(second, one)

    return say


def _notify(on: Any, one: PeopleImport) -> None:
    with on.cursor() as cursor:
        cursor.execute("SELECT pg_notify('balie_live', %s)", [written(f"person:{one.by_id}", **{"import": one.pk})])
