"""What a person wrote, apart from the history and the signature beneath it, in plain text; HTML has `quoting_html`."""

from dataclasses import dataclass

from balie.channels.email.header_block import find_block
from balie.channels.email.phrases import (
    LONGEST_ATTRIBUTION,
    RULE,
    is_attribution,
    is_forward_separator,
    is_from_a_phone,
    is_full_attribution,
    is_separator,
    is_signature_mark,
)

LONGEST_SIGNATURE = 40
MOST_LINES = 20_000


@dataclass(frozen=True)
class Folded:
    """A text in two: what was written, and what is folded away beneath it."""

    written: str
    folded: str = ""


def fold_text(text: str) -> Folded:
    """The text in two. Answers that stand between quoted lines stay, with the lines that they answer; a mail that would
    fold away whole is kept whole."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return Folded(text)
    history = _start_of_history(lines)
    above, rest = lines[:history], lines[history:]
    quoted = _quoted(above)
    away: set[int] = set()
    if any(quoted):
        answers = _answers(above, quoted)
        if not answers:
            away = {number for number, is_quoted in enumerate(quoted) if is_quoted}
    written = [line for number, line in enumerate(above) if number not in away]
    signature = _start_of_signature(written)
    kept = _trimmed(written[:signature])
    if not kept:
        kept, signature = _trimmed(written), len(written)
    if not kept:
        return Folded(text.strip("\n"))
    folded = [written[signature:], [line for number, line in enumerate(above) if number in away], rest]
    return Folded("\n".join(kept), "\n\n".join("\n".join(_trimmed(part)) for part in folded if _trimmed(part)))


def _start_of_history(lines: list[str]) -> int:
    """The first line from which everything is history: a separator, a block of header lines, or "On … wrote:" without
    marks on what follows."""
    for number, line in enumerate(lines):
        if ":" not in line and "-" not in line and "_" not in line and "：" not in line:
            continue
        if line.lstrip().startswith(">"):
            continue
        if is_separator(line) or is_forward_separator(line) or find_block(lines, number):
            return _above_rule(lines, number)
        length = _attribution(lines, number)
        is_alone = length and not _is_marked_below(lines, number + length)
        if is_alone and is_full_attribution(_joined(lines, number, length)):
            return number
    return len(lines)


def _above_rule(lines: list[str], number: int) -> int:
    """Outlook draws a line of underscores above its header lines: it is part of the history."""
    before = number - 1
    while before >= 0 and not lines[before].strip():
        before -= 1
    return before if before >= 0 and RULE.fullmatch(lines[before]) else number


def _attribution(lines: list[str], number: int) -> int:
    """How many lines the attribution that begins here is long; 0 when none does. Programs wrap it to up to four."""
    if not lines[number].strip():
        return 0
    for length in range(1, 5):
        if number + length > len(lines) or not lines[number + length - 1].strip():
            return 0
        if lines[number + length - 1].rstrip().endswith((":", "：")):
            return length if is_attribution(_joined(lines, number, length)) else 0
        if sum(map(len, lines[number : number + length])) > LONGEST_ATTRIBUTION:
            return 0
    return 0


def _joined(lines: list[str], number: int, length: int) -> str:
    return " ".join(line.strip() for line in lines[number : number + length])


def _is_marked_below(lines: list[str], number: int) -> bool:
    below = [line for line in lines[number : number + 6] if line.strip()]
    return bool(below) and below[0].lstrip().startswith(">")


def _quoted(lines: list[str]) -> list[bool]:
    """Which lines are quoted, with the attributions above them and the empty lines within."""
    quoted = [line.lstrip(" ").startswith(">") for line in lines]
    for number, line in enumerate(lines):
        if quoted[number] or not line.strip():
            continue
        length = _attribution(lines, number)
        if length and _is_marked_below(lines, number + length):
            end = number + length
            while end < len(lines) and not lines[end].strip():
                end += 1
            quoted[number:end] = [True] * (end - number)
    return quoted


def _answers(lines: list[str], quoted: list[bool]) -> bool:
    """Whether quoted lines are answered one by one: something stands before or between them and something after."""
    runs: list[str] = []
    for line, is_quoted in zip(lines, quoted, strict=True):
        if not is_quoted and is_signature_mark(line) and any(run == "q" for run in runs):
            break
        kind = "q" if is_quoted else "w"
        if (is_quoted or (line.strip() and not is_from_a_phone(line))) and (not runs or runs[-1] != kind):
            runs.append(kind)
    return "".join(runs) not in ("", "q", "w", "wq", "qw")


def _start_of_signature(lines: list[str]) -> int:
    for number in range(max(0, len(lines) - LONGEST_SIGNATURE), len(lines)):
        if is_signature_mark(lines[number]) and any(line.strip() for line in lines[:number]):
            return number
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    if last > 1 and is_from_a_phone(lines[last - 1]):
        return last - 1
    return len(lines)


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]
