"""Owns the tables of what is not a time or a size: results that differ, cases that failed."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.core.conclusion import is_wrong
from bot.core.report import FailureReport, NumericReport, NumericVerdict
from bot.core.units import MINUS, format_error
from bot.render import labels, words
from bot.render.escape import MARKDOWN, code, code_in_table, fenced, prose
from bot.render.estimate import LINE_BREAK, afterwards, unbroken, version_in_table
from bot.render.standing import EVERYTHING, Tally
from bot.render.view import Column, Row, Section, table

_ORDER: tuple[NumericVerdict, ...] = ("WRONG", "DRIFTED", "NON_DETERMINISTIC", "NOT_COMPARABLE")
_MOST_CASES = 3
_MOST_ULPS = 1_000_000
_MOST_LOGS = 20
_LONGEST_LINE = 200


def results(tally: Tally) -> Section | None:
    """Show results that are not fine; of the others, only how many there are."""
    report = tally.report
    fine = tally.numerics["IDENTICAL"], tally.numerics["WITHIN_TOLERANCE"]
    line = words.results_line(*fine) if any(fine) else ""
    shown = sorted(
        (numeric for numeric in report.numerics if numeric.verdict in _ORDER),
        key=lambda numeric: _ORDER.index(numeric.verdict),
    )
    if not shown:
        return Section(name="results", title=line, is_folded=True) if line else None
    has_versions = len(report.candidates) > 1
    columns = (
        Column(title=""),
        Column(title="Case"),
        Column(title="Difference", is_number=True),
        Column(title=labels.OFF_FLOAT64, is_number=True),
        Column(title="Why"),
    )
    rows = (_result(numeric, has_versions=has_versions) for numeric in shown)
    return Section(
        name="results", title=labels.RESULTS_TITLE, table=table(columns, rows), text=line
    )


def _result(numeric: NumericReport, *, has_versions: bool) -> Row:
    word = labels.RESULTS[numeric.verdict]
    errors = numeric.baseline_reference_error, numeric.reference_error
    where = f"{LINE_BREAK}in {version_in_table(numeric.candidate)}" if has_versions else ""
    return (
        unbroken(f"{labels.WORSE_ICON} {word}" if is_wrong(numeric) else word),
        f"{code_in_table(numeric.case)}{where}",
        LINE_BREAK.join(filter(None, (_error(numeric.max_relative_error), _ulps(numeric.max_ulp)))),
        "" if errors == (None, None) else unbroken(" → ".join(map(_error_or_unknown, errors))),
        LINE_BREAK.join(filter(None, (prose(numeric.reason), afterwards(numeric)))),
    )


def _ulps(count: int | None) -> str:
    """Write how many; near zero there are more than anybody reads."""
    if count is None:
        return ""
    return unbroken(f"{count:,} ULPs" if count <= _MOST_ULPS else f"over {_MOST_ULPS:,} ULPs")


def _error(error: float | None) -> str:
    """Write an error so that its exponent stays on the line: a minus is no hyphen."""
    return "" if error is None else format_error(error).replace("-", MINUS)


def _error_or_unknown(error: float | None) -> str:
    return _error(error) or "?"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ending:
    """What several cases have in common when they fail alike."""

    environment: str
    kind: str
    reason: str
    last_line: str
    advice: str


def failures(tally: Tally) -> Section | None:
    """Show what could not be measured; cases that failed alike share a row."""
    endings: dict[_Ending, list[str]] = {}
    for failure in (*tally.report.failures, *_unexplained(tally)):
        ending = _Ending(
            environment=failure.environment,
            kind=failure.kind,
            reason=failure.reason,
            last_line=_last_line(failure),
            advice=failure.advice,
        )
        cases = endings.setdefault(ending, [])
        if failure.case not in cases[-_MOST_CASES:]:
            cases.append(failure.case)
    if not endings:
        return None
    columns = (Column(title="Case"), Column(title="Version"), Column(title="Why"))
    rows = (
        (_cases(cases, code_in_table), _version(ending.environment), _why(ending))
        for ending, cases in endings.items()
    )
    return Section(name="failures", title=labels.NOT_MEASURED, table=table(columns, rows))


def _unexplained(tally: Tally) -> tuple[FailureReport, ...]:
    return tuple(
        FailureReport(
            case=cell.case, environment=cell.candidate, kind=cell.verdict, reason=cell.reason
        )
        for cell in tally.unexplained
    )


def _cases(cases: list[str], named: Callable[[str], str]) -> str:
    names = [labels.EVERY_CASE if case == EVERYTHING else named(case) for case in cases]
    if len(names) <= _MOST_CASES:
        return words.listed(names)
    return words.listed([*names[: _MOST_CASES - 1], words.others(len(names) - _MOST_CASES + 1)])


def _version(label: str) -> str:
    return labels.EVERY_VERSION if label == EVERYTHING else version_in_table(label)


def _why(ending: _Ending) -> str:
    if ending.kind == "NOT_MEASURED":
        return prose(ending.reason)
    word = labels.FAILURES.get(ending.kind) or prose(ending.kind)
    advice = [f"→ {prose(ending.advice)}"] if ending.advice else []
    last = [code_in_table(ending.last_line, limit=_LONGEST_LINE)] if ending.last_line else []
    return LINE_BREAK.join((f"{word}: {prose(ending.reason)}", *last, *advice))


def _last_line(failure: FailureReport) -> str:
    """Give the last line of an error that its reason does not have: it says most of all."""
    lines = [line.strip() for line in failure.detail.splitlines() if line.strip()]
    return lines[-1] if lines and lines[-1] not in failure.reason else ""


def logs(tally: Tally) -> Section | None:
    """Fold away the last lines that failing processes wrote; the same lines are shown once."""
    said: dict[tuple[str, str], list[str]] = {}
    for failure in tally.report.failures:
        if failure.detail.strip():
            said.setdefault((failure.environment, failure.detail), []).append(failure.case)
    if not said:
        return None
    blocks = [
        f"{_place(cases, version)}\n\n{fenced(detail)}"
        for (version, detail), cases in list(said.items())[:_MOST_LOGS]
    ]
    if len(said) > _MOST_LOGS:
        blocks.append(words.more(len(said) - _MOST_LOGS, labels.REPORT_FILE, noun="log"))
    title = words.logs_title(_kinds(tally.report.failures))
    return Section(name="logs", title=title, is_folded=True, text="\n\n".join(blocks))


def _kinds(failures: Iterable[FailureReport]) -> list[tuple[str, int]]:
    kinds = Counter(each.kind for each in failures if each.detail.strip())
    return [(labels.FAILURES.get(kind) or prose(kind), n) for kind, n in kinds.most_common()]


def _place(cases: list[str], version: str) -> str:
    names = _cases(cases, code)
    if version == EVERYTHING:
        return f"{names}:"
    return words.place(names, MARKDOWN.version(version))
