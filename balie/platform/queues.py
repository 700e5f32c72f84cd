"""Queues of jobs that a worker runs beside each other."""

from typing import Final

# What may take minutes; everything else goes on meanwhile.
LENGTHY: Final = "lengthy"
