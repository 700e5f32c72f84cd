"""Arrays of PostgreSQL as it reads them: the driver looks at each of a hundred numbers by itself, to learn what they are."""

from __future__ import annotations

from collections.abc import Iterable


def array_of(values: Iterable[int | str]) -> str:
    """For a place that names its type, as `%s::bigint[]`. Of numbers, or of names that are letters and nothing else."""
    return "{" + ",".join(map(str, values)) + "}"
