"""Owns the lines that say since which release a case is slower."""

from collections import Counter

from bot.core.metric import IMPORT_CASE
from bot.core.report import Report
from bot.core.since import Since, onsets
from bot.render import labels, since_words, words
from bot.render.escape import MARKDOWN, Medium, code_in_tag, is_version
from bot.render.view import Section

MOST_LINES = 30
MOST_VISIBLE = 4
TITLE = "Since when"


def since(report: Report) -> Section | None:
    """Say of each finding of a run over releases where it begins; many are folded."""
    said = [f"- {line}" for line in lines(report, MARKDOWN)]
    if not said:
        return None
    if len(said) > MOST_LINES:
        said[MOST_LINES:] = [f"- {words.more(len(said) - MOST_LINES, labels.REPORT_FILE)}"]
    text = "\n".join(said)
    if len(said) <= MOST_VISIBLE:
        return Section(name="since", title=TITLE, text=text)
    return Section(name="since", title=_title(report), is_folded=True, text=text)


def _title(report: Report) -> str:
    """Say in which releases most findings begin."""
    begins = Counter(found.slower for found in onsets(report))
    (most, number), *_ = begins.most_common(1)
    version = most if is_version(most) else code_in_tag(most)
    return words.since_title(version, number, begins.total())


def lines(report: Report, medium: Medium) -> list[str]:
    """Say where each finding begins, in a line of its own; metrics of a case alike share one."""
    said: dict[tuple[str, str], list[str]] = {}
    for found in onsets(report):
        said.setdefault((found.case, _when(found, medium)), []).append(labels.METRICS[found.metric])
    return [f"{_place(case, metrics, medium)}: {when}" for (case, when), metrics in said.items()]


def _place(case: str, metrics: list[str], medium: Medium) -> str:
    """Name a case with its metrics; those of the import say themselves what they are."""
    names = words.listed(metrics)
    return names if case == IMPORT_CASE else f"{medium.name(case)} {names}"


def _when(found: Since, medium: Medium) -> str:
    word = labels.verdict("REGRESSION", found.unit)
    still, slower = medium.version(found.still), medium.version(found.slower)
    undecided = [medium.version(label) for label in (*found.between, *found.open_end)]
    where = words.listed(undecided)
    if found.open_end:
        return since_words.since_open(word, still, slower, where)
    return since_words.since(word, still, slower, where)
