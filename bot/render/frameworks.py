"""Owns the table of other frameworks: a column for each, beside the baseline, without a verdict."""

from collections.abc import Iterator, Sequence

from bot.core.framework_rows import ReferenceReport, ReferenceResult
from bot.core.metric import IMPORT_CASE
from bot.core.report import Report
from bot.core.units import format_error, format_ratio
from bot.render import framework_words, labels, words
from bot.render.escape import MARKDOWN, Medium, code_in_table, code_in_tag, is_version
from bot.render.estimate import LINE_BREAK, place, quantity, span, unbroken, version_in_table
from bot.render.view import Column, Row, Section, Table

MOST_COLUMNS = 6


def other_frameworks(report: Report) -> Section | None:
    """Show what the same cases take in other frameworks, marked as what they are."""
    names = frameworks(report)
    if not names:
        return None
    left_out = len(names) - MOST_COLUMNS
    notes = [words.versions_left_out(left_out)] if left_out > 0 else []
    baseline = report.baseline
    return Section(
        name="frameworks",
        title=framework_words.title(baseline if is_version(baseline) else code_in_tag(baseline)),
        is_folded=bool(report.candidates),
        table=_table(report, names[:MOST_COLUMNS]),
        text=". ".join([framework_words.TEXT, coverage(report, MARKDOWN), *notes]) + ".",
    )


def frameworks(report: Report) -> list[str]:
    """Return the labels of the other frameworks, in the order asked for."""
    return list(dict.fromkeys(row.reference for row in report.references))


def coverage(report: Report, medium: Medium) -> str:
    """Say how many cases each framework has: most are written for TensorFlow only."""
    cases = {}
    for name in frameworks(report):
        own = {row.case for row in report.references if row.reference == name} - {IMPORT_CASE}
        cases[medium.version(name)] = len(own)
    return framework_words.coverage(cases, len(report.cases))


def rows_to_show(report: Report) -> list[ReferenceReport]:
    """Leave out what nobody could measure, but of no case everything; the import comes last."""
    measured = {(row.case, row.metric) for row in report.references if row.ratio is not None}
    cases = {case for case, _ in measured}
    first = {row.case: row.metric for row in reversed(report.references)}
    kept = [
        row
        for row in report.references
        if (row.case, row.metric) in measured
        or (row.case not in cases and row.metric == first[row.case])
    ]
    return sorted(kept, key=lambda row: row.case == IMPORT_CASE)


def _table(report: Report, names: Sequence[str]) -> Table:
    columns = (
        Column(title="Case"),
        Column(title=version_in_table(report.baseline), is_number=True),
        *(
            Column(title=framework_words.column(version_in_table(name)), is_number=True)
            for name in names
        ),
    )
    rows: list[Row] = []
    by_place: dict[tuple[str, str], dict[str, ReferenceReport]] = {}
    for row in rows_to_show(report):
        by_place.setdefault((row.case, row.metric), {})[row.reference] = row
    cases = dict.fromkeys(case for case, _ in by_place)
    for case in cases:
        rows += [_figures(found, names) for (its, _), found in by_place.items() if its == case]
        rows += _results(report, case, names)
    return Table(columns=columns, rows=tuple(rows))


def _figures(found: dict[str, ReferenceReport], names: Sequence[str]) -> Row:
    one = next(iter(found.values()))
    before = next((row.baseline_value for row in found.values() if row.ratio is not None), None)
    return (
        place(one.case, one.metric),
        quantity(before, one.unit),
        *(_entry(found.get(name)) for name in names),
    )


def _entry(row: ReferenceReport | None) -> str:
    if row is None:
        return ""
    if row.ratio is None:
        return framework_words.UNMEASURED
    ratio, interval = format_ratio(row.ratio), span(row.interval, format_ratio)
    return LINE_BREAK.join((quantity(row.reference_value, row.unit), ratio, interval))


def _results(report: Report, case: str, names: Sequence[str]) -> Iterator[Row]:
    found = {each.reference: each for each in report.reference_results if each.case == case}
    if not found:
        return
    errors = [each.baseline_truth_error for each in found.values()]
    truth = next((error for error in errors if error is not None), None)
    yield (
        f"{code_in_table(case)}{LINE_BREAK}{framework_words.RESULTS}",
        "" if truth is None else _off_truth(truth),
        *(_result(found[name]) if name in found else "" for name in names),
    )


def _result(result: ReferenceResult) -> str:
    parts = [labels.LIKENESS[result.word]]
    if result.word in {"WITHIN_TOLERANCE", "DIFFERENT"} and result.max_relative_error is not None:
        parts.append(framework_words.off_baseline(format_error(result.max_relative_error)))
    if result.truth_error is not None:
        parts.append(_off_truth(result.truth_error))
    return LINE_BREAK.join(map(unbroken, parts))


def _off_truth(error: float) -> str:
    return unbroken(framework_words.off_truth(format_error(error)))
