"""Owns what stands behind the verdicts: environments, A/A control, rule, command."""

from collections.abc import Callable, Iterable, Sequence

from bot.core.metric import METRICS
from bot.core.report import ControlCell, Report
from bot.core.run_facts import EnvironmentReport, RuleReport
from bot.core.units import format_bytes, format_seconds
from bot.render import labels, trust_words, words
from bot.render.escape import code, code_in_table, code_in_tag, fenced, is_version, prose
from bot.render.estimate import (
    LINE_BREAK,
    change,
    drawn,
    limit,
    place,
    shared_axis,
    unbroken,
    version_in_table,
)
from bot.render.view import Column, Row, Section, table

_MOST_COLUMNS = 8
_MOST_KNOBS = 20
_MOST_COMMAND = 4_000


def environment(report: Report) -> Section | None:
    """Show what else is different between the columns: Python, packages, build."""
    told = {"baseline", "candidate"}  # every package of another framework differs
    seen = [env for env in report.environments if env.role in told and env.packages]
    if len(seen) < 2:  # noqa: PLR2004 (nothing to compare with)
        return None
    compared = {env.package for env in seen}
    names = sorted({name for env in seen for name in env.packages} - compared)
    differing = [name for name in names if len({env.packages.get(name) for env in seen}) > 1]
    title = words.environment_title(_pythons(seen), len(differing))
    rows = [
        _facts("Python", [env.python for env in seen]),
        _facts(labels.BUILT_FROM, [env.git_version for env in seen]),
        _facts(labels.COMPILER, [env.compiler for env in seen]),
        _sizes(labels.INSTALLED_SIZE, [env.installed_bytes for env in seen]),
        *(_facts(code_in_table(name), [e.packages.get(name) for e in seen]) for name in differing),
    ]
    kept = [row for row in rows if len(set(row[1:])) > 1]
    if any(env.knobs for env in seen):
        kept.insert(0, ("knobs", *(_own_knobs(env) for env in seen)))
    left_out = len(seen) - _MOST_COLUMNS
    columns = [Column(title=""), *(Column(title=version_in_table(env.label)) for env in seen)]
    body = table(columns[: _MOST_COLUMNS + 1], (row[: _MOST_COLUMNS + 1] for row in kept))
    return Section(
        name="environment",
        title=title,
        is_folded=True,
        table=body if kept else None,
        text=words.versions_left_out(left_out) if left_out > 0 else "",
    )


def _facts(name: str, values: Iterable[str | None]) -> Row:
    return (name, *(labels.ABSENT if v is None else version_in_table(v) for v in values))


def _sizes(name: str, sizes: Iterable[int | None]) -> Row:
    return (name, *("" if size is None else unbroken(format_bytes(size)) for size in sizes))


def _own_knobs(seen: EnvironmentReport) -> str:
    return LINE_BREAK.join(_shown_knobs(seen.knobs, code_in_table)) or labels.ABSENT


def _pythons(seen: Sequence[EnvironmentReport]) -> str:
    versions = list(dict.fromkeys(env.python for env in seen))
    return words.pythons([v if is_version(v) else code_in_tag(v) for v in versions[:4]])


def control(report: Report) -> Section | None:
    """List what the tool saw between two installs of the baseline."""
    cells = report.control.cells
    if not cells:
        return None
    axis = shared_axis(cells)
    columns = (
        Column(title=""),
        Column(title="Case"),
        Column(title="Difference", is_number=True),
        Column(title=labels.INTERVAL),
        Column(title="Blocks", is_number=True),
    )
    flagged_first = sorted(cells, key=lambda cell: not cell.flagged)
    rows = ((*_control(cell), drawn(axis, cell), str(cell.blocks)) for cell in flagged_first)
    title = trust_words.control_title(report.control.flagged, len(cells))
    is_folded = report.control.flagged == 0
    return Section(name="control", title=title, is_folded=is_folded, table=table(columns, rows))


def _control(cell: ControlCell) -> Row:
    mark = labels.FLAGGED if cell.flagged else ""
    return (mark, place(cell.case, cell.metric), change(cell))


def rule(report: Report) -> Section:
    """Tell the rule with all its figures, so that disputes are about the rule."""
    applied = report.rule
    how = words.rule(
        alpha=applied.alpha,
        cells=applied.cells,
        most_blocks=applied.most_blocks,
        fail_on=words.listed([code(item) for item in applied.fail_on[:_MOST_KNOBS]]),
    )
    settings = words.settings(
        dependencies=applied.dependencies,
        device=applied.device,
        threads=applied.threads,
        knobs=_knobs(report),
    )
    columns = (
        Column(title="Metric"),
        Column(title="Meaning"),
        Column(title=labels.MATTERS_FROM, is_number=True),
        Column(title=labels.AT_LEAST_BY, is_number=True),
    )
    return Section(
        name="rule",
        title=_rule_in_short(applied),
        is_folded=True,
        table=table(columns, _metrics(report)),
        text=f"{labels.OWN_THRESHOLDS} {how}\n\n{settings}",
    )


def _rule_in_short(applied: RuleReport) -> str:
    step = applied.thresholds.get("step")
    return words.rule_in_short(
        alpha=applied.alpha,
        cells=applied.cells,
        step="" if step is None else limit(step),
        fail_on=[code_in_tag(item) for item in applied.fail_on[:_MOST_KNOBS]],
    )


def _metrics(report: Report) -> Iterable[Row]:
    chosen = report.rule.thresholds or {"step": report.rule.threshold}
    for name, metric in METRICS.items():
        if name not in chosen:
            continue
        write = format_seconds if metric.unit == "seconds" else format_bytes
        yield (
            labels.METRICS[name],
            metric.meaning,
            limit(chosen[name], metric.unit),
            unbroken(write(metric.least_change)) if metric.least_change else "",
        )


def _knobs(report: Report) -> str:
    own = any(env.knobs for env in report.environments)
    return words.knobs(_shown_knobs(report.rule.knobs, code), have_some_their_own=own)


def _shown_knobs(knobs: dict[str, str], write: Callable[[str], str]) -> list[str]:
    shown = [write(f"{name}={value}") for name, value in knobs.items()][:_MOST_KNOBS]
    left_out = len(knobs) - len(shown)
    return [*shown, *([words.others(left_out)] if left_out else [])]


def command(report: Report) -> Section:
    """Give the command that does it again."""
    run = report.run
    line = run.command if len(run.command) <= _MOST_COMMAND else labels.COMMAND_TOO_LONG
    origin = words.origin(
        tool=code(report.tool_version),
        run=code(run.id),
        system=prose(report.machine.system),
        resumed=run.resumed,
    )
    title = words.command_title(run.seed, prose(run.started, limit=40))
    body = f"{fenced(line, info='sh', limit=_MOST_COMMAND)}\n\n{origin}"
    return Section(name="command", title=title, is_folded=True, text=body)
