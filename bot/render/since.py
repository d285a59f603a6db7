"""Owns the lines that say since which release a case is slower."""

from bot.core.report import Report
from bot.core.since import Since, onsets
from bot.render import labels, words
from bot.render.escape import code
from bot.render.estimate import version_in_table
from bot.render.view import Section

MOST_LINES = 10
TITLE = "Since when"


def since(report: Report) -> Section | None:
    """Say of each finding of a run over releases where it begins; cases alike share a line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for found in onsets(report):
        lines.setdefault((found.case, _when(found)), []).append(labels.METRICS[found.metric])
    if not lines:
        return None
    said = [
        f"- {code(case)} {words.listed(metrics)}: {when}" for (case, when), metrics in lines.items()
    ]
    if len(said) > MOST_LINES:
        said[MOST_LINES:] = [f"- {words.more(len(said) - MOST_LINES, labels.REPORT_FILE)}"]
    return Section(name="since", title=TITLE, text="\n".join(said))


def _when(found: Since) -> str:
    word = labels.verdict("REGRESSION", found.unit)
    still, slower = version_in_table(found.still), version_in_table(found.slower)
    undecided = [version_in_table(label) for label in (*found.between, *found.open_end)]
    where = words.listed(undecided)
    if found.open_end:
        return f"{word} in {slower}, not in {still}; not known for {where}"
    if undecided:
        return (
            f"{word} since a release after {still}, {slower} at the latest; not known for {where}"
        )
    return f"{word} since {slower}, not yet in {still}"
