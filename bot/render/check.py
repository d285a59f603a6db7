"""Owns the text of the check on a commit: a title, a page, and remarks in the code."""

from bot.core.check import Annotation, CheckText, alarms, conclusion, place_of
from bot.core.metric import IMPORT_CASE
from bot.core.report import CellReport, NumericReport, Report
from bot.errors import TfperfError
from bot.render.comment import render_comment
from bot.render.escape import TERMINAL
from bot.render.estimate import size
from bot.render.headline import heading
from bot.render.standing import Tally

TITLE_LIMIT = 250
"""GitHub takes 255 characters."""
MESSAGE_LIMIT = 2_000


def render_check(report: Report) -> CheckText:
    """Write the check of a report that is published."""
    page = render_comment(report).partition("\n")[2]  # without the marker: this is no comment
    return CheckText(
        conclusion=conclusion(report),
        title=_cut(heading(Tally(report), TERMINAL), TITLE_LIMIT),
        summary=page,
        annotations=tuple(_annotations(report)),
    )


def render_failed_check(error: TfperfError) -> CheckText:
    """Write the check of a run whose report could not be had, or not be read: it accuses nobody."""
    lines = [f"- {name}: {TERMINAL.text(text)}" for name, text in _parts(error)]
    return CheckText(
        conclusion="neutral",
        title=_cut(TERMINAL.text(error.what), TITLE_LIMIT),
        summary="\n".join(["No verdict was published.", "", "```text", *lines, "```"]),
    )


def _parts(error: TfperfError) -> list[tuple[str, str]]:
    parts = [
        ("what", error.what),
        ("where", error.where),
        ("likely cause", error.cause),
        ("next", error.next_step),
    ]
    return [(name, " ".join(text.split()).replace("`", "'")) for name, text in parts if text]


def _annotations(report: Report) -> list[Annotation]:
    cells: dict[tuple[str, str, str], CellReport | NumericReport] = {
        (cell.case, cell.candidate, cell.metric): cell for cell in report.cells
    }
    cells |= {(each.case, each.candidate, "results"): each for each in report.numerics}
    return [_annotation(report, alarm, cells[alarm]) for alarm in alarms(report)]


def _annotation(
    report: Report, alarm: tuple[str, str, str], found: CellReport | NumericReport
) -> Annotation:
    case, candidate, metric = alarm
    place = place_of(report, case)
    name = "import" if case == IMPORT_CASE else TERMINAL.name(case)
    what = f"{metric} {size(found)}" if isinstance(found, CellReport) else "wrong results"
    against = TERMINAL.version(found.against or report.baseline)
    return Annotation(
        path=place.path,
        line=place.line,
        title=_cut(f"{name}: {what} in {TERMINAL.version(candidate)}", TITLE_LIMIT),
        message=_cut(f"compared with {against}: {TERMINAL.text(found.reason)}", MESSAGE_LIMIT),
    )


def _cut(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
