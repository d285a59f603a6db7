"""Owns the sentences told while a run goes on; its verdicts have the words of the report."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

from bot.core.metric import METRICS
from bot.core.report import CellReport
from bot.core.so_far import CellSoFar, FailureSoFar
from bot.core.time_left import TimeLeft
from bot.core.units import format_duration
from bot.render import cell_lines, labels
from bot.render.escape import clean
from bot.render.words import blocks, count, failure_line

NOTE_LIMIT = 2_000
_MINUTE, _HOUR = 60, 3600


def block(number: int, *, decided: int, cells: int, seconds: float, budget: float) -> str:
    """Say how far measuring is."""
    used = f"{format_duration(seconds)} of {format_duration(budget)} used"
    return f"block {number}: {decided} of {count(cells, 'cell')} decided, {used}"


def time_left(left: TimeLeft) -> str:
    """Say how long it may still take: a guess where there is one, and what the budget leaves."""
    if left.at_most <= 0:
        return "the budget is used up"
    most = f"at most {_rough(left.at_most, math.ceil)}"
    if left.likely is None:
        return f"{most} left (budget)"
    likely = f"about {_rough(left.likely, round)}"
    if left.is_enough:
        return f"{likely} left, {most} (budget)"
    return f"{most} left (budget), to decide all would take {likely}"


def _rough(seconds: float, rounded: Callable[[float], int]) -> str:
    """Write no more digits than a guess has: to 10 seconds, to a minute, to 5 minutes."""
    step = 10 if seconds < _MINUTE else _MINUTE if seconds < _HOUR else 5 * _MINUTE
    return format_duration(step * max(1, rounded(seconds / step)))


def cell(known: CellSoFar) -> str:
    """Name what is known of a cell: its verdict, a suspicion, or that it is open."""
    unit = METRICS[known.key[1]].unit
    if known.verdict is not None:
        return labels.verdict(known.verdict, unit)
    return f"{labels.verdict('REGRESSION', unit)}?" if known.is_near_alarm else labels.OPEN


def shown(known: CellSoFar, report: CellReport) -> str:
    """Name the same where its report is at hand, which knows what takes from its weight."""
    return cell(known) if known.verdict is None else cell_lines.word(report)


def decided(line: str, number: int) -> str:
    """Tell of a decision when it is made."""
    return f"  {line} after {blocks(number)}"


def environment(name: str, state: str, text: str) -> str:
    """Say how far an environment is."""
    mark = ":" if state in labels.FAILURES else ""
    return f"environment {clean(name)}: {state_of(state)}{mark} {clean(text)}".rstrip()


def state_of(state: str) -> str:
    """Name how far an environment is; what cannot be had is named as the report does."""
    return labels.FAILURES.get(state, state)


def unavailable(name: str, reason: str) -> str:
    """Tell of a version that cannot be had."""
    return f"{labels.FAILURES['unavailable']}: {clean(name)}: {clean(reason)}"


def failure(known: FailureSoFar) -> str:
    """Tell of a failure as the report will, and how often it was seen."""
    failed, version = known.failed, known.environment.label
    line = failure_line(failed.kind, clean(known.case), clean(version)) + clean(failed.reason)
    return f"{line} ({known.times} times)" if known.times > 1 else line


def warning(text: str) -> str:
    """Begin a line about what may make the run worth less."""
    return f"warning: {clean(text, limit=NOTE_LIMIT)}"


def note(text: str) -> str:
    """Write one line of what goes on."""
    return clean(text, limit=NOTE_LIMIT)


def troubles(total: int, shown: int) -> str:
    """Announce what went wrong, and count what finds no room."""
    so_far = f"{count(total, 'problem')} so far"
    if shown in {0, total}:
        return f"{so_far}:" if shown else so_far
    return f"{so_far}, the last {shown}:" if shown > 1 else f"{so_far}, the last:"


def rows_left_out(words: Sequence[str]) -> str:
    """Count the rows that find no room, by their words."""
    kinds = ", ".join(f"{number} {word}" for word, number in Counter(words).items())
    return f"and {len(words)} more: {kinds}"
