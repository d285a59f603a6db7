"""Owns what is shown of scripts that `tf_upgrade_v2` rewrote: how much, what it left, the diff."""

from collections.abc import Iterator

from bot.core.report import Report, UpgradeReport
from bot.render import upgrade_words, words
from bot.render.escape import MARKDOWN, code, fenced, prose
from bot.render.view import Section

_MOST_SHOWN = 5
_MOST_PROBLEMS = 5
_LONGEST_DIFF = 8_000


def upgrades(report: Report) -> Section | None:
    """Fold away the diffs; a tool that failed is told in the title's place."""
    if not report.upgrades:
        return None
    shown = report.upgrades[:_MOST_SHOWN]
    title = "; ".join(_title(upgrade) for upgrade in shown)
    if left := len(report.upgrades) - len(shown):
        title += f"; {words.others(left)}"
    text = "\n\n".join(part for upgrade in shown for part in _body(upgrade))
    return Section(name="upgrades", title=title, is_folded=True, text=text)


def _title(upgrade: UpgradeReport) -> str:
    script = prose(upgrade.script, limit=60)
    if upgrade.reason is not None or upgrade.made_by is None:
        return upgrade_words.failed(script, prose(upgrade.reason or "", limit=160))
    say = upgrade_words.rewrote if upgrade.is_measured else upgrade_words.would_change
    lines = words.count(upgrade.changed_lines, "line")
    return say(script, MARKDOWN.text(upgrade.made_by), lines)


def _body(upgrade: UpgradeReport) -> Iterator[str]:
    if upgrade.diff:
        yield f"{code(upgrade.script)}:\n\n{fenced(_cut(upgrade.diff), info='diff', limit=10**6)}"
    problems = [f"- {prose(problem)}" for problem in upgrade.problems[:_MOST_PROBLEMS]]
    if left := len(upgrade.problems) - len(problems):
        problems.append(f"- {words.others(left)}")
    if problems:
        yield "\n".join((upgrade_words.NOT_CONVERTED, "", *problems))


def _cut(diff: str) -> str:
    """Keep the first lines: a diff is read from its beginning."""
    if len(diff) <= _LONGEST_DIFF:
        return diff
    kept = diff[:_LONGEST_DIFF].rpartition("\n")[0]
    return f"{kept}\n{upgrade_words.CUT}"
