"""Owns the sentences readers are told; the words in them are those of `labels`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from bot.core.metric import MetricName
from bot.core.plan import Dependencies
from bot.core.report import (
    CellReport,
    NumericVerdict,
    Verdict,
)
from bot.core.units import format_threshold
from bot.core.verdict import FEWEST_BLOCKS_OF_NOISE
from bot.render import labels
from bot.render.escape import NO_BREAK_SPACE
from bot.render.standing import Standing


def count(number: int, noun: str) -> str:
    """Write a number with its noun: 1 cell, 2 cells."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """Join words as in a sentence: a, b and c."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def subject(
    package: str,
    baseline: str,
    candidates: str,
    *,
    frameworks: Sequence[str] = (),
) -> str:
    """Say what was compared with what; other frameworks only where there is nothing else."""
    if not candidates and frameworks:
        return f"{package} {baseline} beside {listed(frameworks)}".strip()
    moves = f"{baseline} → {candidates}" if candidates else baseline
    return f"{package} {moves}".strip()


def extreme(word: str, case: str, metric: MetricName, ratio: str, *, version: str = "") -> str:
    """Name the cell that changed most."""
    parts = (word, case, labels.METRICS[metric], ratio, version and f"in {version}")
    return " ".join(filter(None, parts))


def duty(
    standing: Standing,
    *,
    has_gaps: bool,
    is_doubtful: bool,
    is_interrupted: bool,
    is_pull_request: bool = False,
) -> str:
    """Say what the reader has to do."""
    duties = labels.DUTIES_OF_PULL_REQUEST if is_pull_request else labels.DUTIES
    parts = [duties[standing]]
    has_alarm = standing in {Standing.ACT, Standing.LOOK}
    if is_doubtful and has_alarm:
        parts.append("The A/A control saw a difference as well, so measure again first.")
    if has_gaps and has_alarm:
        parts.append("Not everything was measured.")
    if is_interrupted:
        parts.append("The run was interrupted: `tfperf resume` continues it.")
    return " ".join(parts)


def changed(cells: Sequence[CellReport]) -> str:
    """Count changes by their words: 3 slower, 1 bigger."""
    return ", ".join(f"{number} {word}" for word, number in _by_word(cells))


def _by_word(cells: Sequence[CellReport]) -> list[tuple[str, int]]:
    """Count verdicts by their words, times before sizes."""
    kinds = Counter(
        (cell.unit != "seconds", labels.verdict(cell.verdict, cell.unit)) for cell in cells
    )
    return [(word, number) for (_, word), number in sorted(kinds.items())]


def counts(total: int, parts: Sequence[str]) -> str:
    """Count all cells."""
    return f"{count(total, 'cell')}: {' · '.join(parts)}" if parts else "No cells."


def counted(number: int, kind: Verdict) -> str:
    """Count cells of a kind, if there are any."""
    return f"{number} {labels.verdict(kind, 'seconds')}" if number else ""


def small(number: int) -> str:
    """Count changes below the threshold, if there are any."""
    return count(number, "small change") if number else ""


def counted_entry(change: str, worse: int, cells: int) -> str:
    """Add to an entry of the matrix how many cells of its pair are worse."""
    share = f"({worse} of {cells})".replace(" ", NO_BREAK_SPACE)
    return f"{change} {share}"


def small_entry(change: str) -> str:
    """Name a change below the threshold in the matrix."""
    return f"{change} (small)"


def blocks(number: int) -> str:
    """Count blocks."""
    return count(number, "block")


def version_as_a_whole(version: str, word: str, ratio: str, cases: int) -> str:
    """Sum up what a version does to all steps."""
    return f"{version} as a whole: {word}, steps {ratio} on average over {count(cases, 'case')}"


def versions_title(kinds: Sequence[tuple[str, int]]) -> str:
    """Sum up what many versions do to all steps."""
    return f"Versions as a whole: {'; '.join(f'{number} {word}' for word, number in kinds)}"


def counters_title(differing: int, total: int) -> str:
    """Sum up the counters."""
    return f"Counters, compared exactly: {differing} of {total} differ"


def reported_title(number: int) -> str:
    """Sum up what benchmarks report of themselves."""
    return f"{count(number, 'figure')} that benchmarks reported of themselves, not judged"


def more_changes(number: int, kinds: str) -> str:
    """Sum up the changes below the largest."""
    return f"{count(number, 'more change')} that {'matters' if number == 1 else 'matter'}: {kinds}"


def since_title(version: str, number: int, total: int) -> str:
    """Sum up since when cells are worse."""
    return f"Since when: {number} of {count(total, 'finding')} begin with {version}"


def small_title(number: int, largest: str) -> str:
    """Sum up the changes below the threshold."""
    return f"{count(number, 'small change')}: real, but below the threshold; {largest}"


def undecided_title(number: int) -> str:
    """Sum up the undecided cells."""
    return f"{count(number, 'cell')} undecided: neither a change nor its absence could be shown"


def unchanged_title(number: int) -> str:
    """Sum up the unchanged cells."""
    return f"{count(number, 'cell')} unchanged: shown to be within the threshold"


def results_line(identical: int, within: int) -> str:
    """Sum up the results that are fine."""
    parts = [f"{count(identical, 'result')} identical bit for bit"] if identical else []
    parts += [f"{count(within, 'result')} within tolerance"] if within else []
    return f"{listed(parts)}."


def logs_title(kinds: Sequence[tuple[str, int]]) -> str:
    """Announce what failing processes said, and how they failed."""
    how = listed([f"{number} {kind}" for kind, number in kinds])
    return f"Logs of {count(sum(number for _, number in kinds), 'failure')}: {how}"


def place(case: str, version: str) -> str:
    """Say where something failed."""
    return f"{case} on {version}:"


def result_line(kind: NumericVerdict, case: str, version: str) -> str:
    """Begin a line about a result."""
    return f"result {labels.RESULTS[kind]}: {case} in {version}: "


def failure_line(kind: str, case: str, version: str) -> str:
    """Begin a line about a failure."""
    return f"{labels.FAILURES.get(kind, kind)}: {case} in {version}: "


def cells_left_out(kinds: Iterable[tuple[str, int]]) -> str:
    """Count cells that a long table does not list, by their words."""
    parts = list(kinds)
    total = sum(number for _, number in parts)
    return f"{count(total, 'cell')} not listed: {listed([f'{n} {word}' for word, n in parts])}"


def note(text: str) -> str:
    """Begin a line about the run itself."""
    return f"note: {text}"


def others(number: int) -> str:
    """Count what a list leaves out."""
    return f"{number} more"


def environment_title(pythons: str, packages: int) -> str:
    """Sum up what else is different between the columns."""
    besides = f"{count(packages, 'other package')} differ{'s' if packages == 1 else ''}"
    return f"Environments: {pythons}, {besides}"


def environment_lines_title(differing: int, lines: int) -> str:
    """Sum up all that is known of the environments."""
    return f"Environments: {differing} of {count(lines, 'line')} differ"


def pythons(versions: Sequence[str]) -> str:
    """Say which Pythons ran."""
    if len(versions) == 1:
        return f"Python {versions[0]} in all"
    return f"Python {listed(versions)}"


def versions_left_out(number: int) -> str:
    """Say that a table has fewer columns than the run had versions."""
    return f"{count(number, 'more version')} not shown: see {labels.REPORT_FILE}"


def rule_title(alpha: float, cells: int) -> str:
    """Sum up the rule."""
    return (
        f"Rule: at most {format_threshold(alpha)} chance of any false alarm in all"
        f" {count(cells, 'cell')}"
    )


def rule_in_short(*, alpha: float, cells: int, step: str, fail_on: Sequence[str]) -> str:
    """Say the whole rule in a sentence; `step` is the threshold of a step."""
    fails = f"the run fails on {listed(fail_on)}" if fail_on else "the run fails on nothing"
    matters = f" and reaches its threshold (a step: {step})" if step else ""
    return (
        f"Rule: a change counts when it is beyond chance (at most {format_threshold(alpha)} for any"
        f" false alarm in all {count(cells, 'cell')}){matters}; {fails}"
    )


def rule(*, alpha: float, cells: int, most_blocks: int, fail_on: str) -> str:
    """Tell how verdicts were reached."""
    return (
        "Versions take turns in fresh processes (a block). After every block a sequential test"
        " looks at each cell: a cell is slower, bigger, faster or smaller when the chance of any"
        f" false alarm among all {count(cells, 'cell')} is at most {format_threshold(alpha)}; it"
        " is unchanged when a change as large as its threshold is ruled out; it is undecided when"
        f" {count(most_blocks, 'block')} or the time budget show neither, or when"
        f" {FEWEST_BLOCKS_OF_NOISE} blocks show that the rest could hardly do. Undecided steps,"
        " peak memory and imports get their blocks"
        f" before other metrics. The run fails on {fail_on or 'nothing'}."
    )


def settings(
    *, dependencies: Dependencies, device: str, threads: int | Literal["all"], knobs: str
) -> str:
    """Tell under which settings all columns ran."""
    use = "all threads" if threads == "all" else count(threads, "thread")
    return (
        f"Settings: {labels.DEPENDENCIES[dependencies]}; on the {device.upper()}; {use}; {knobs}."
    )


def knobs(settings: Sequence[str], *, have_some_their_own: bool) -> str:
    """Tell which environment variables were set."""
    if have_some_their_own:
        own = "those of single versions"
        return f"with {listed(settings)} and {own}" if settings else f"no knobs but {own}"
    return f"with {listed(settings)}" if settings else "no knobs"


def files(report: str, page: str | None) -> list[str]:
    """Say where all of it can be read; a run before there were pages has none."""
    return [f"report: {report}", *([f"page: {page}"] if page else [])]


def command_title(seed: int, started: str) -> str:
    """Announce how to do it again."""
    return f"Run again: seed {seed}, started {started}"


def origin(*, tool: str, run: str, system: str, resumed: int) -> str:
    """Say what made the report."""
    again = f", resumed after {count(resumed, 'block')}" if resumed else ""
    return f"tf-perf-bot {tool}, run {run}{again}, {system}."


def more(number: int, where: str, *, noun: str = "row") -> str:
    """Say how many rows were left out and where they are."""
    return f"and {count(number, f'more {noun}')}: see {where}"


def more_notes(number: int) -> str:
    """Say how many notes were left out and where they are."""
    return more(number, labels.REPORT_FILE, noun="note")


def shortened(where: str) -> str:
    """Say that the page is not everything."""
    return f"Shortened to fit; every row is in {where} and in {labels.PAGE}."
