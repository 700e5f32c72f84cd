"""Reads the catalogues, and finds what the source says to people, without gettext's own programs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

BALIE = Path(__file__).parents[2]
LOCALE = BALIE / "locale"
LANGUAGES = ("de", "nl", "fr", "es", "it")
# Each with the place of the text among its arguments; `_` is what modules call the first ones.
_MARKERS = {
    "_": 0, "gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "ngettext": 0, "ngettext_lazy": 0,
    "pgettext": 1, "pgettext_lazy": 1, "npgettext": 1, "npgettext_lazy": 1,
}  # fmt: skip

_CALL = re.compile(r"""\b_?n?p?gettext\((?:[^()'"]|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")*\)""")


@dataclass
class Entry:
    """One text and what it is in one language; a plural has two of each."""

    context: str | None = None
    source: str = ""
    plural: str = ""
    flags: set[str] = field(default_factory=set)
    translations: list[str] = field(default_factory=list)


def entries(language: str) -> list[Entry]:
    """All of a catalogue but its header."""
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    read = [_entry(block) for block in text.split("\n\n")]
    return [entry for entry in read if entry.source]


def _entry(block: str) -> Entry:
    fields: dict[str, str] = {}
    entry, name = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#,"):
            entry.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif match := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
            name = match[1]
            fields[name] = str(ast.literal_eval(match[2]))
        elif line.startswith('"'):
            fields[name] += str(ast.literal_eval(line))
    entry.context, entry.source = fields.get("msgctxt"), fields.get("msgid", "")
    entry.plural = fields.get("msgid_plural", "")
    entry.translations = [text for name, text in sorted(fields.items()) if name.startswith("msgstr")]
    return entry


def templates() -> Iterator[Path]:
    """Every template of ours."""
    return (path for path in BALIE.rglob("templates/**/*") if path.suffix in (".html", ".txt"))


def said() -> Iterator[tuple[str, str]]:
    """Every marked text of the source, with the file that says it."""
    for path in BALIE.rglob("*.py"):
        if "tests" not in path.parts:
            yield from ((text, str(path.relative_to(BALIE))) for text in _marked(path.read_text(encoding="utf-8")))
    for path in templates():
        for call in _CALL.findall(templatize(path.read_text(encoding="utf-8"))):
            yield from ((text, str(path.relative_to(BALIE))) for text in _marked(call))


def _marked(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.strip())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in _MARKERS:
            continue
        place = _MARKERS[node.func.id]
        if (
            len(node.args) > place
            and isinstance(told := node.args[place], ast.Constant)
            and isinstance(told.value, str)
        ):
            yield told.value
