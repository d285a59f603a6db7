"""Owns what is shown of scripts that `tf_upgrade_v2` rewrote: how much, what it left, the diff."""

from collections.abc import Iterator

from bot.core.report import Report, UpgradeReport
from bot.render import words
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
        return f"tf_upgrade_v2 could not upgrade {script}: {prose(upgrade.reason or '', limit=160)}"
    tool = f"tf_upgrade_v2 of {MARKDOWN.text(upgrade.made_by)}"
    lines = words.count(upgrade.changed_lines, "line")
    if upgrade.is_measured:
        return f"2.x ran {script} as {tool} rewrote it ({lines} changed)"
    return f"{tool} would change {lines} of {script}"


def _body(upgrade: UpgradeReport) -> Iterator[str]:
    if upgrade.diff:
        yield f"{code(upgrade.script)}:\n\n{fenced(_cut(upgrade.diff), info='diff', limit=10**6)}"
    problems = [f"- {prose(problem)}" for problem in upgrade.problems[:_MOST_PROBLEMS]]
    if left := len(upgrade.problems) - len(problems):
        problems.append(f"- {words.others(left)}")
    if problems:
        yield "What the tool could not convert:\n\n" + "\n".join(problems)


def _cut(diff: str) -> str:
    """Keep the first lines: a diff is read from its beginning."""
    if len(diff) <= _LONGEST_DIFF:
        return diff
    kept = diff[:_LONGEST_DIFF].rpartition("\n")[0]
    return f"{kept}\n... more of it in the run folder"
