"""Bringing employees over from a file: first a plan that can be read, then the change, in one transaction. Nobody is told.

People are recognised by any of their addresses. An empty cell changes nothing, so the same file twice changes nothing either.
"""

from balie.people.importing.applying import ChangedMeanwhile, TooManyLeave, apply, is_importing, one_at_a_time
from balie.people.importing.columns import Reading, columns_of, importable_by
from balie.people.importing.plan import ImportPlan, Planned
from balie.people.importing.planning import make_plan
from balie.people.tables import CannotRead, read_table

__all__ = [
    "CannotRead", "ChangedMeanwhile", "ImportPlan", "Planned", "Reading", "TooManyLeave", "apply", "columns_of", "importable_by",
    "is_importing", "make_plan", "one_at_a_time", "read_table",
]  # fmt: skip
