"""Owns the answer to a question in a sentence: what a version makes of how many cases.

The first part is a predicate and stands whatever the room; the others may be left out, the last
one first.
"""

from collections.abc import Iterable, Iterator, Sequence

from bot.core.conclusion import stands
from bot.core.metric import IMPORT_CASE
from bot.core.report import CellReport, NumericReport, NumericVerdict
from bot.render import heading_words as said
from bot.render import labels, words
from bot.render.broken import is_baseline_missing
from bot.render.escape import Medium
from bot.render.estimate import size
from bot.render.questions import Question
from bot.render.standing import Standing, Tally, standing_of

MOST_VERSIONS = 4
_DOUBTFUL: tuple[NumericVerdict, ...] = ("NON_DETERMINISTIC", "NOT_COMPARABLE")


def sentence(question: Question, medium: Medium, *, is_plural: bool) -> tuple[str, ...]:
    """Say what a question's answer is; `is_plural`: of several versions."""
    tally = question.tally
    news = [*_made(tally, tally.worse, labels.WORST, medium, is_plural=is_plural)]
    news += _results(tally, is_plural=is_plural)
    better = tally.better
    beside = [*_also_made(better)] if news and better else []
    if not news and better:
        news = [*_made(tally, better, labels.BEST, medium, is_plural=is_plural)]
    quiet = [] if news else [_quiet(question, medium, is_plural=is_plural)]
    return (
        said.clauses(news or quiet),
        *_failures(question, medium),
        *beside,
        *(_open(tally) if quiet else ()),
        *_excused(tally),
        *_doubts(tally),
    )


def _made(
    tally: Tally, cells: Sequence[CellReport], extreme: str, medium: Medium, *, is_plural: bool
) -> Iterator[str]:
    """Say what cases became, and the import, which is none."""
    has_versions = len(tally.report.candidates) > 1
    makes = said.verb("make", is_plural=is_plural)
    of_cases = [cell for cell in cells if cell.case != IMPORT_CASE]
    if of_cases:
        total = len(_judged(tally))
        largest = _cell(of_cases[0], medium, has_versions=has_versions)
        named = largest if len(of_cases) == 1 else said.the(extreme, largest)
        yield f"{makes} {said.made(_kinds(of_cases), total)}, {named}"
    if of_import := _of_import(cells, medium, has_versions=has_versions):
        yield f"{makes} {said.import_made(of_import)}"


def _kinds(cells: Iterable[CellReport]) -> list[tuple[str, int]]:
    """Count cases, not cells, by what became of them: running first, then starting, then sizes."""
    kinds: dict[tuple[int, str], set[str]] = {}
    for cell in cells:
        kind = labels.effect(cell.verdict, cell.metric, cell.unit)
        kinds.setdefault(kind, set()).add(cell.case)
    return [(word, len(cases)) for (_, word), cases in sorted(kinds.items())]


def _of_import(
    cells: Iterable[CellReport], medium: Medium, *, has_versions: bool
) -> list[tuple[str, str]]:
    """Give each word about the import with its largest change; `cells` are sorted by size."""
    largest: dict[str, str] = {}
    for cell in cells:
        if cell.case == IMPORT_CASE:
            where = f" in {medium.version(cell.candidate)}" if has_versions else ""
            largest.setdefault(labels.verdict(cell.verdict, cell.unit), f"{size(cell)}{where}")
    return [*largest.items()]


def _also_made(cells: Sequence[CellReport]) -> Iterator[str]:
    of_cases = [cell for cell in cells if cell.case != IMPORT_CASE]
    if of_cases:
        yield said.also_made(_kinds(of_cases))


def _cell(cell: CellReport, medium: Medium, *, has_versions: bool) -> str:
    version = medium.version(cell.candidate) if has_versions else ""
    return words.extreme("", medium.name(cell.case), cell.metric, size(cell), version=version)


def _results(tally: Tally, *, is_plural: bool) -> Iterator[str]:
    if number := _with_results(tally, "WRONG"):
        yield f"{said.verb('make', is_plural=is_plural)} {said.wrong(number)}"
    if number := _with_results(tally, "DRIFTED"):
        yield f"{said.verb('change', is_plural=is_plural)} {said.changed(number)}"


def _with_results(tally: Tally, verdict: NumericVerdict) -> int:
    """Count the cases whose results are of a kind, in one version or in several."""
    numerics = tally.report.numerics
    return len({each.case for each in numerics if each.verdict == verdict and stands(each)})


def _quiet(question: Question, medium: Medium, *, is_plural: bool) -> str:
    """Say what nothing means here: shown, not shown, or not even looked at."""
    tally = question.tally
    grew = _counters_that_fail(tally)
    match standing_of(tally):
        case Standing.ACT | Standing.LOOK if not tally.has_gaps and not grew:
            return f"{'are' if is_plural else 'is'} {said.CONTRADICTION}"
        case _ if tally.is_look:
            return said.ONLY_FIGURES
        case _ if not tally.compared:
            return said.nothing_compared(_missing(question, medium))
        case _ if tally.is_mute:
            return said.nothing_decided(len(_judged(tally)))
        case _:
            return f"{said.verb('change', is_plural=is_plural)} {_nothing(question)}"


def _nothing(question: Question) -> str:
    """Say where nothing changed; versions of which nothing could be measured are told apart."""
    tally, missing = question.tally, question.broken.columns
    cells = tuple(cell for cell in tally.report.cells if cell.candidate not in missing)
    every, undecided = _judged(tally), _cases(filter(tally.is_open, cells))
    if every and every == undecided:
        return said.nothing_changed_in_cells(tally.decided, len(cells))
    return said.nothing_changed(
        len(every) - len(undecided),
        len(every),
        has_cells=bool(cells),
        does_count=bool(tally.excused),
    )


def _missing(question: Question, medium: Medium) -> str:
    """Name what is to blame when nothing at all could be compared."""
    report = question.tally.report
    if is_baseline_missing(report):
        return medium.version(report.baseline)
    columns = question.broken.columns
    if columns and len(columns) == len(report.candidates):
        return words.listed([medium.version(each) for each in columns[:MOST_VERSIONS]])
    return ""


def _failures(question: Question, medium: Medium) -> Iterator[str]:
    tally, failing = question.tally, question.broken
    is_told = not tally.compared and len(failing.columns) == len(tally.report.candidates)
    if failing.columns and not is_told:
        names = [medium.version(label) for label in failing.columns]
        yield said.versions_missing(names, most=MOST_VERSIONS)
    if failing.cases:
        yield said.no_more(len(failing.cases))
    if failing.others:
        yield said.unmeasurable(len(failing.others))
    if missed := _cases(tally.unexplained) - failing.cases - failing.others:
        yield said.unmeasured(len(missed))


def _open(tally: Tally) -> Iterator[str]:
    """Count what a sentence about nothing does not cover, and how far counters grew."""
    if grew := _counters_that_fail(tally):
        yield said.counters_grew(grew)
    if tally.is_mute or not tally.undecided:
        return
    cases = len(_cases(tally.undecided))
    is_import_open = any(cell.case == IMPORT_CASE for cell in tally.undecided)
    yield said.undecided(cases, is_import_open=is_import_open)


def _excused(tally: Tally) -> Iterator[str]:
    """Count what does not count, so that a green heading hides none."""
    rows: tuple[CellReport | NumericReport, ...] = (*tally.report.cells, *tally.report.numerics)
    if number := sum(row.acknowledged is not None for row in rows):
        yield said.acknowledged(number)
    if number := sum(_is_refuted(row) for row in rows):
        yield said.refuted(number)


def _is_refuted(row: CellReport | NumericReport) -> bool:
    is_finding = row.verdict == "WRONG" or (row.verdict == "REGRESSION" and row.matters)
    return is_finding and row.acknowledged is None and not stands(row)


def _doubts(tally: Tally) -> Iterator[str]:
    for verdict in _DOUBTFUL:
        if number := tally.standing_results[verdict]:
            yield said.results(number, labels.RESULTS[verdict])


def _counters_that_fail(tally: Tally) -> int:
    report = tally.report
    fails = "counter" in report.rule.fail_on
    return sum(each.comparison == "MORE" for each in report.counters) if fails else 0


def _judged(tally: Tally) -> set[str]:
    """Give the cases that were to be judged: not those that are rightly not measured."""
    cells = tally.report.cells
    return _cases(c for c in cells if c.verdict != "NOT_MEASURED" or tally.is_open(c))


def _cases(cells: Iterable[CellReport]) -> set[str]:
    return {cell.case for cell in cells} - {IMPORT_CASE}
