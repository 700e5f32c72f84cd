"""Reads what the people of the demo company have asked: `written/threads-*.txt`, one file a language.

A thread begins with `# team / category / subject {name}`, and goes on with acts, one a line, each with its words beneath:

    @ ada 95m ago by mail, high, due 0, cc cleo       asks, so long ago; due that many working days from today
    @ ben 10m replies                                 ten working minutes after the act before
    + screen.png                                      a file that comes with those words

`+` and `@` begin a line only there. The verbs are those of `conversations.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from balie.operations.demo import week
from balie.operations.demo.company import WRITTEN

_HEAD: Final = re.compile(r"# (?P<team>[\w-]+) / (?P<category>[^/]+) / (?P<subject>.+?)(?: \{(?P<name>[\w-]+)\})?")
_OPENING: Final = re.compile(r"@ (?P<who>\w+) (?P<ago>\d+[mhd]) ago by (?P<channel>mail|web)(?P<more>.*)")
_ACT: Final = re.compile(r"@ (?P<who>\w+) (?P<after>\d+[mhd]) (?P<verb>\w+) ?(?P<rest>.*)")


class NotUnderstood(ValueError):
    """A line that says nothing which the reader knows."""


@dataclass
class Act:
    """What somebody did, `at` so many working minutes before now."""

    who: str
    at: int
    verb: str
    rest: str
    lines: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


@dataclass
class Thread:
    """One request and all that was done about it; the first act is the asking."""

    team: str
    category: str
    subject: str
    name: str
    acts: list[Act] = field(default_factory=list)


def read_all() -> list[Thread]:
    """Every thread of every language."""
    return [thread for path in sorted(WRITTEN.glob("threads-*.txt")) for thread in read(path.read_text())]


def read(text: str) -> Iterator[Thread]:
    """The threads of one file; raises `NotUnderstood`."""
    thread: Thread | None = None
    for line in text.splitlines():
        if head := _HEAD.fullmatch(line):
            if thread is not None:
                yield thread
            thread = Thread(head["team"], head["category"], head["subject"], head["name"] or "")
        elif thread is not None:
            _take(line, thread)
    if thread is not None:
        yield thread


def _take(line: str, thread: Thread) -> None:
    if line.startswith("@ "):
        thread.acts.append(_act(line, thread))
    elif not thread.acts:
        if line:
            raise NotUnderstood(line)
    elif line.startswith("+ "):
        thread.acts[-1].files.append(line[2:])
    else:
        thread.acts[-1].lines.append(line)


def _act(line: str, thread: Thread) -> Act:
    if not thread.acts and (opening := _OPENING.fullmatch(line)):
        return Act(opening["who"], week.minutes(opening["ago"]), opening["channel"], opening["more"])
    if thread.acts and (act := _ACT.fullmatch(line)):
        return Act(act["who"], max(thread.acts[-1].at - week.minutes(act["after"]), 0), act["verb"], act["rest"])
    raise NotUnderstood(line)
