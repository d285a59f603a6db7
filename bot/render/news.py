"""Owns the line that says what is new since the comment before."""

from collections.abc import Sequence

from bot.core.news import Before, Counted, Gone, News, Row
from bot.core.news import news as compared
from bot.core.report import CellReport, FailureReport, NumericReport, Report
from bot.render import labels, news_words, words
from bot.render.confirmed import stands_no_more
from bot.render.escape import MARKDOWN, Medium
from bot.render.estimate import size
from bot.render.standing import EVERYTHING

_MOST_NAMED = 5


def news(report: Report, before: Before | None, medium: Medium = MARKDOWN) -> str:
    """Say which findings are new, gone and as before; nothing of a first comment."""
    match compared(report, before):
        case None:
            return ""
        case Counted(generation=generation, before=then, now=now):
            return news_words.since(generation, news_words.counted(then, now))
        case News(generation=generation) as found:
            said = _compared(found, medium, has_versions=len(report.candidates) > 1)
            return news_words.since(generation, said)


def _compared(found: News, medium: Medium, *, has_versions: bool) -> str:
    new = [_new(row, medium, has_versions=has_versions) for row in found.new]
    gone = [_gone(each, medium, has_versions=has_versions) for each in found.gone]
    lost = [news_words.lost(found.lost)] if found.lost else []
    parts = [
        f"{news_words.NEW}: {_named(new)}" if new else news_words.NOTHING_NEW,
        *([f"{news_words.GONE}: {_named(gone, lost)}"] if gone or lost else []),
        *([news_words.same(found.same)] if found.same else []),
    ]
    return "; ".join(parts)


def _named(names: Sequence[str], besides: Sequence[str] = ()) -> str:
    left_out = len(names) - _MOST_NAMED
    more = [words.others(left_out)] if left_out > 0 else []
    return words.listed([*names[:_MOST_NAMED], *more, *besides])


def _new(row: Row, medium: Medium, *, has_versions: bool) -> str:
    match row:
        case CellReport():
            place = _place(row.case, row.candidate, medium, has_versions=has_versions)
            word = labels.verdict(row.verdict, row.unit)
            change = f"{labels.METRICS[row.metric]} {word} {size(row)}"
            return news_words.finding(*place, change.strip())
        case NumericReport():
            place = _place(row.case, row.candidate, medium, has_versions=has_versions)
            return news_words.finding(*place, f"results {labels.RESULTS[row.verdict]}")
        case FailureReport():
            return news_words.failing(*_failing(row.case, row.environment, medium))


def _gone(gone: Gone, medium: Medium, *, has_versions: bool) -> str:
    row = gone.row
    if row is None:
        return news_words.running(*_failing(gone.case, gone.candidate, medium))
    case, version = _place(gone.case, gone.candidate, medium, has_versions=has_versions)
    if isinstance(row, NumericReport):
        return news_words.not_any_more(case, version, "results", _now(row))
    return news_words.not_any_more(case, version, labels.METRICS[row.metric], _now(row))


def _now(row: CellReport | NumericReport) -> str:
    """Say what a finding is now: gone is not always fine."""
    if word := stands_no_more(row):
        return word
    if isinstance(row, NumericReport):
        return labels.RESULTS[row.verdict]
    return labels.SMALL if row.verdict == "REGRESSION" else labels.verdict(row.verdict, row.unit)


def _place(case: str, version: str, medium: Medium, *, has_versions: bool) -> tuple[str, str]:
    return medium.name(case), medium.version(version) if has_versions else ""


def _failing(case: str, label: str, medium: Medium) -> tuple[str, str]:
    name = labels.EVERY_CASE if case == EVERYTHING else medium.name(case)
    return name, labels.EVERY_VERSION if label == EVERYTHING else medium.version(label)
