"""One measurement: many times of the same thing, told as percentiles."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`size` is how many requests the desk holds; times are in milliseconds."""

    name: str
    size: int
    concurrency: int
    n: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    per_second: float
    also: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls, name: str, *, size: int, concurrency: int, seconds: Sequence[float], elapsed: float, **also: float
    ) -> Measured:
        """From the seconds that each took, and what all of them took together."""
        percentiles = statistics.quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [0.0] * 99
        return cls(
            name=name, size=size, concurrency=concurrency, n=len(seconds), p50_ms=_ms(percentiles[49]),
            p95_ms=_ms(percentiles[94]), p99_ms=_ms(percentiles[98]), per_second=round(len(seconds) / elapsed, 1),
            also=also,
        )  # fmt: skip

    def as_json(self) -> str:
        """One object, as the contract has it."""
        facts = asdict(self)
        del facts["also"]
        return json.dumps({**facts, **self.also})

    def as_line(self) -> str:
        """For people."""
        more = "".join(f"  {name} {value:g}" for name, value in self.also.items())
        return (
            f"{self.name:16} {self.size:>9} requests  {self.concurrency:>3} at once  n {self.n:>6}  "
            f"p50 {self.p50_ms:8.2f}  p95 {self.p95_ms:8.2f}  p99 {self.p99_ms:8.2f} ms  {self.per_second:9.1f}/s{more}"
        )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
