"""Owns the plain tables of the page: results, environments, control, counters, machine, rule."""

from collections.abc import Iterable, Iterator

from bot.core.conclusion import is_wrong
from bot.core.metric import METRICS
from bot.core.report import CounterReport, NumericReport, Report
from bot.core.run_facts import EnvironmentReport
from bot.core.units import format_bytes, format_error, format_percent, format_ratio, format_seconds
from bot.render import framework_words, labels, trust_words, words
from bot.render.counted import machine_rows
from bot.render.escape import clean
from bot.render.estimate import bounds, limit, quantity, size, span
from bot.render.frameworks import rows_to_show
from bot.render.web.cells import why
from bot.render.web.view import Align, Grid, Head, Line

_NUMBER: Align = "number"
_CODE: Align = "code"


def grids(report: Report) -> tuple[Grid, ...]:
    """Build the tables behind the verdicts; those without rows are left out."""
    made = (
        results(report),
        frameworks(report),
        counters(report),
        reported(report),
        environments(report),
        control(report),
        machine(report),
        rule(report),
    )
    return tuple(grid for grid in made if grid.lines)


def results(report: Report) -> Grid:
    """List the results of every case in every version, exactly as they were judged."""
    heads = (
        Head(title="Case", align=_CODE),
        Head(title="Version"),
        Head(title="Result"),
        Head(title="Largest difference", align=_NUMBER),
        Head(title="ULPs", align=_NUMBER),
        Head(title=f"{labels.OFF_FLOAT64}, {labels.BEFORE.lower()}", align=_NUMBER),
        Head(title=labels.AFTER.lower(), align=_NUMBER),
        Head(title="Why"),
    )
    lines = tuple(map(_result, report.numerics))
    return Grid(name="results", title=labels.RESULTS_TITLE, heads=heads, lines=lines)


def _result(row: NumericReport) -> Line:
    return Line(
        case=clean(row.case),
        sign=labels.WORSE_ICON if is_wrong(row) else "",
        texts=(
            clean(row.case),
            clean(row.candidate),
            labels.RESULTS[row.verdict],
            _error(row.max_relative_error),
            "" if row.max_ulp is None else f"{row.max_ulp:,}",
            _error(row.baseline_reference_error),
            _error(row.reference_error),
            "; ".join(why(row)),
        ),
    )


def _error(error: float | None) -> str:
    return "" if error is None else format_error(error)


def frameworks(report: Report) -> Grid:
    """List what the same cases take in other frameworks."""
    heads = (
        Head(title="Case", align=_CODE),
        Head(title="Metric"),
        Head(title="Framework"),
        Head(title=clean(report.baseline), align=_NUMBER),
        Head(title="Framework", align=_NUMBER),
        Head(title="Ratio", align=_NUMBER),
        Head(title="95 % interval"),
    )
    lines = tuple(
        Line(
            case=clean(row.case),
            texts=(
                clean(row.case),
                labels.METRICS[row.metric],
                clean(row.reference),
                quantity(row.baseline_value, row.unit),
                quantity(row.reference_value, row.unit),
                framework_words.UNMEASURED if row.ratio is None else format_ratio(row.ratio),
                "" if row.ratio is None else span(row.interval, format_ratio),
            ),
        )
        for row in rows_to_show(report)
    )
    title = framework_words.title(clean(report.baseline))
    return Grid(name="frameworks", title=title, heads=heads, lines=lines)


def counters(report: Report) -> Grid:
    """List every counter, the differing ones marked."""
    differing = sum(each.comparison in {"MORE", "FEWER"} for each in report.counters)
    heads = (
        Head(title="Case", align=_CODE),
        Head(title="Version"),
        Head(title="Counter"),
        Head(title=labels.BEFORE, align=_NUMBER),
        Head(title=labels.AFTER, align=_NUMBER),
        Head(title="Comparison"),
    )
    return Grid(
        name="counters",
        title=words.counters_title(differing, len(report.counters)),
        heads=heads,
        lines=tuple(map(_counter, report.counters)),
        is_folded=True,
    )


def _counter(row: CounterReport) -> Line:
    return Line(
        case=clean(row.case),
        texts=(
            clean(row.case),
            clean(row.candidate),
            labels.COUNTERS[row.counter],
            _whole(row.baseline_value),
            _whole(row.candidate_value),
            labels.COMPARISONS[row.comparison],
        ),
    )


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def reported(report: Report) -> Grid:
    """List what benchmarks say of themselves."""
    heads = (
        Head(title="Case", align=_CODE),
        Head(title="Version"),
        Head(title="Figure"),
        Head(title="Value", align=_NUMBER),
    )
    lines = tuple(
        Line(
            case=clean(row.case),
            texts=(clean(row.case), clean(row.environment), clean(row.name), f"{row.value:.4g}"),
        )
        for row in report.reported
    )
    title = words.reported_title(len(lines))
    return Grid(name="reported", title=title, heads=heads, lines=lines, is_folded=True)


def environments(report: Report) -> Grid:
    """Compare what was installed, line by line; what differs between columns is marked."""
    seen = [each for each in report.environments if each.role != "control"]
    names = sorted({name for each in seen for name in each.packages})
    lines = [
        _facts("Python", [each.python for each in seen]),
        _facts(labels.BUILT_FROM, [each.git_version for each in seen]),
        _facts(labels.COMPILER, [each.compiler for each in seen]),
        _facts("lock (SHA-256)", [(each.lock_digest or "")[:12] for each in seen]),
        _facts(labels.INSTALLED_SIZE, [_size(each.installed_bytes) for each in seen]),
        _facts(labels.OWN_KNOBS, [_knobs(each) for each in seen]),
        *(_facts(name, [each.packages.get(name) for each in seen]) for name in names),
    ]
    told = tuple(line for line in lines if any(line.texts[1:]))
    differing = sum(bool(line.sign) for line in told)
    return Grid(
        name="environments",
        title=words.environment_lines_title(differing, len(told)),
        heads=(Head(title="", align=_CODE), *(Head(title=clean(each.label)) for each in seen)),
        lines=told,
    )


def _facts(name: str, values: Iterable[str | None]) -> Line:
    texts = [clean(value or "") for value in values]
    differs = len(set(texts)) > 1
    return Line(texts=(clean(name), *texts), sign=labels.DIFFERS if differs else "")


def _size(number: int | None) -> str:
    return "" if number is None else format_bytes(number)


def _knobs(environment: EnvironmentReport) -> str:
    return ", ".join(f"{name}={value}" for name, value in environment.knobs.items())


def control(report: Report) -> Grid:
    """List what the tool saw between two installs of the baseline."""
    heads = (
        Head(title="Case", align=_CODE),
        Head(title="Metric"),
        Head(title="Difference", align=_NUMBER),
        Head(title="95 % interval"),
        Head(title="Blocks", align=_NUMBER),
        Head(title=""),
    )
    cells = sorted(report.control.cells, key=lambda cell: not cell.flagged)
    lines = tuple(
        Line(
            case=clean(cell.case),
            sign=labels.FLAGGED if cell.flagged else "",
            texts=(
                clean(cell.case),
                labels.METRICS[cell.metric],
                _difference(cell.ratio) or size(cell),
                bounds(cell),
                str(cell.blocks),
                labels.FLAGGED if cell.flagged else "",
            ),
        )
        for cell in cells
    )
    return Grid(
        name="control",
        title=trust_words.control_title(report.control.flagged, len(lines)),
        heads=heads,
        lines=lines,
        is_folded=not report.control.flagged,
    )


def _difference(ratio: float | None) -> str:
    return "" if ratio is None else format_percent(ratio - 1)


def machine(report: Report) -> Grid:
    """Say what the machine is, what it did meanwhile, and where the time went."""
    its, run = report.machine, report.run
    facts = (
        ("processor", f"{its.cpu}, {words.count(its.cores, 'core')}"),
        ("system", its.system),
        ("run", f"{run.id}, {run.started}"),
        (labels.TOOL, report.tool_version),
        ("time", trust_words.time_used(run.seconds, run.budget_seconds, run.stopped_by)),
        *((row[0], row[1]) for row in machine_rows(report)),
    )
    return Grid(
        name="machine",
        title=trust_words.machine_title(clean(report.noise.disturbance or "")),
        heads=(Head(title=""), Head(title="")),
        lines=tuple(Line(texts=(clean(name), clean(value))) for name, value in facts),
    )


def rule(report: Report) -> Grid:
    """Tell the rule with all its figures."""
    applied = report.rule
    how = words.rule(
        alpha=applied.alpha,
        cells=applied.cells,
        most_blocks=applied.most_blocks,
        fail_on=words.listed([clean(each) for each in applied.fail_on]),
    )
    return Grid(
        name="rule",
        title=words.rule_title(applied.alpha, applied.cells),
        heads=(
            Head(title="Metric"),
            Head(title="Meaning"),
            Head(title=labels.MATTERS_FROM, align=_NUMBER),
            Head(title=labels.AT_LEAST_BY, align=_NUMBER),
        ),
        lines=tuple(_metrics(report)),
        text=f"{labels.OWN_THRESHOLDS} {how}",
        is_folded=True,
    )


def _metrics(report: Report) -> Iterator[Line]:
    chosen = report.rule.thresholds or {"step": report.rule.threshold}
    for name, metric in METRICS.items():
        if name in chosen:
            write = format_seconds if metric.unit == "seconds" else format_bytes
            least = write(metric.least_change) if metric.least_change else ""
            its = limit(chosen[name], metric.unit)
            yield Line(texts=(labels.METRICS[name], metric.meaning, its, least))
