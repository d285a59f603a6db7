"""Owns the text of the check on a commit: a title, a page, and remarks in the code."""

from dataclasses import replace

from bot.core.appearance import PLAIN, Appearance
from bot.core.check import Annotation, CheckText, alarms, conclusion, place_of
from bot.core.metric import IMPORT_CASE
from bot.core.news import Before
from bot.core.report import CellReport, NumericReport, Report
from bot.core.review import CONFIG
from bot.errors import TfperfError
from bot.render import check_words, labels
from bot.render.comment import render_comment
from bot.render.escape import NO_BREAK_SPACE, TERMINAL
from bot.render.estimate import bounds, quantity, size
from bot.render.headline import heading
from bot.render.standing import Tally

TITLE_LIMIT = 250
"""GitHub takes 255 characters."""
MESSAGE_LIMIT = 2_000


def render_check(
    report: Report,
    *,
    origin: str = "",
    before: Before | None = None,
    appearance: Appearance = PLAIN,
    config: str = CONFIG,
) -> CheckText:
    """Write the check of a report that is published.

    `origin` is the note that comes first, `before` what stood in the comment of the run before,
    `appearance` what the repository chose; `config` is what an alarm of unknown place points at.
    """
    page = render_comment(report, origin=origin, before=before, appearance=appearance)
    page = page.partition("\n")[2]  # without the marker: this is no comment
    return CheckText(
        conclusion=conclusion(report),
        title=_cut(heading(Tally(report), TERMINAL, limit=TITLE_LIMIT), TITLE_LIMIT),
        summary=page,
        annotations=tuple(_annotations(report, config)),
    )


def without_verdict(check: CheckText, why: str) -> CheckText:
    """Take the verdict off a check, and leave the page to read; `why` is a sentence."""
    summary = f"{why}.\n\n{check.summary}"
    return replace(check, conclusion="neutral", title=why, summary=summary, annotations=())


def render_failed_check(error: TfperfError) -> CheckText:
    """Write the check of a run whose report could not be had, or not be read: it accuses nobody."""
    lines = [f"- {name}: {TERMINAL.text(text)}" for name, text in _parts(error)]
    return CheckText(
        conclusion="neutral",
        title=_cut(TERMINAL.text(error.what), TITLE_LIMIT),
        summary="\n".join([check_words.NO_VERDICT, "", "```text", *lines, "```"]),
    )


def without_comment(check: CheckText, error: TfperfError) -> CheckText:
    """Say on the check itself why the comment is missing; its remarks are there already."""
    page = render_failed_check(error).summary.partition("\n")[2]
    summary = f"{check_words.NO_COMMENT}\n{page}\n\n{check.summary}"
    return replace(check, summary=summary, annotations=())


def _parts(error: TfperfError) -> list[tuple[str, str]]:
    parts = [
        ("what", error.what),
        ("where", error.where),
        ("likely cause", error.cause),
        ("next", error.next_step),
    ]
    return [(name, " ".join(text.split()).replace("`", "'")) for name, text in parts if text]


def _annotations(report: Report, config: str) -> list[Annotation]:
    cells: dict[tuple[str, str, str], CellReport | NumericReport] = {
        (cell.case, cell.candidate, cell.metric): cell for cell in report.cells
    }
    cells |= {(each.case, each.candidate, "results"): each for each in report.numerics}
    return [_annotation(report, config, alarm, cells[alarm]) for alarm in alarms(report)]


def _annotation(
    report: Report, config: str, alarm: tuple[str, str, str], found: CellReport | NumericReport
) -> Annotation:
    case, candidate, _ = alarm
    place = place_of(report, case, config=config)
    name = "import" if case == IMPORT_CASE else TERMINAL.name(case)
    what, details = check_words.WRONG, check_words.ARE_WRONG
    if isinstance(found, CellReport):
        what, details = f"{labels.METRICS[found.metric]} {size(found)}", _change(found)
    against = TERMINAL.version(found.against or report.baseline)
    message = check_words.compared(details, against, TERMINAL.text(found.reason))
    return Annotation(
        path=place.path,
        line=place.line,
        title=_plain(f"{name}: {what} in {TERMINAL.version(candidate)}", TITLE_LIMIT),
        message=_plain(message, MESSAGE_LIMIT),
    )


def _change(cell: CellReport) -> str:
    """Write values, change and interval, as far as there are any: step 3.41 ms → 4.2 ms, ..."""
    values = [quantity(each, cell.unit) for each in (cell.baseline_value, cell.candidate_value)]
    shown = f" {' → '.join(values)}," if all(values) else ""
    return f"{labels.METRICS[cell.metric]}{shown} {size(cell)} ({bounds(cell)})"


def _plain(text: str, limit: int) -> str:
    return _cut(text.replace(NO_BREAK_SPACE, " "), limit)


def _cut(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
