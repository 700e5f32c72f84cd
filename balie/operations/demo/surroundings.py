"""What the demo's experts have made around their requests: a project's description, and views that they keep."""

from __future__ import annotations

from datetime import datetime

from balie.operations.demo import week
from balie.operations.demo.company import Cast
from balie.tickets.models import Project
from balie.workspace.filters import Due, Filters, Order
from balie.workspace.models import SavedView

_PROJECTS = (
    (
        "New colleagues in December", "fatima", 5, Project.State.ACTIVE,
        "Everybody who begins on the first finds a desk, a laptop and their accounts.",
    ),
    (
        "Customer care moves to the third floor", "dov", 7, Project.State.ACTIVE,
        "Fourteen desks in one morning, and the telephones work at nine.",
    ),
)  # fmt: skip


def arrange(cast: Cast, *, now: datetime) -> None:
    """Let it stand as somebody who works there has left it."""
    for name, owner, days, state, description in _PROJECTS:
        Project.objects.filter(name=name).update(
            owner=cast.people[owner], due_on=week.weekday(now, days), state=state, description=description
        )
    it, hardware = cast.teams["it"], cast.categories["it", "Hardware"]
    due = Filters(due=Due.WEEK.value)
    laptops = Filters(team=it.pk, category=hardware.pk)
    columns = SavedView.Column
    SavedView.objects.bulk_create(
        [
            SavedView(
                owner=cast.people["ben"], name="Due this week", filters=due.written(), order=Order.DUE.value,
                columns=[columns.STATUS.value, columns.TEAM.value, columns.ASSIGNEE.value, columns.DUE.value],
            ),
            SavedView(
                owner=cast.people["ben"], name="Laptops and screens", filters=laptops.written(), about_team=it,
                shared_with=SavedView.Sharing.TEAM, team=it,
                columns=[columns.STATUS.value, columns.ASSIGNEE.value, columns.AGE.value],
            ),
        ]
    )  # fmt: skip
