"""Owns the matrix of the suite: every case under many releases, each once, without measuring.

    python -m tests.suite_matrix [--home .tfperf] [-w GLOB] [--paths FOLDER] [--notes] RELEASE...

Says of every (case, release): ran, or unsupported with the reason, or how it failed.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

from bot.core.config import load
from bot.core.outcome import Failed, Imported, Measured, Outcome, Ran, Skipped
from bot.core.plan import Environment, Plan
from bot.core.record import CaseBlock, ImportBlock
from bot.core.schedule import Block, Task
from bot.core.table import is_supported
from bot.engine.arming import Armoury
from bot.engine.block import BlockRunner
from bot.environments.install import prepare
from bot.environments.preparation import Prepared
from bot.locations import workloads_root
from bot.progress import progress_for
from bot.run_folder import RunFolder
from bot.stages.house import House
from bot.stages.planning import make_plan

NEVER = "failed"
AT_ONCE = 2
"""Releases at work side by side: as many as the smallest machine has cores."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What became of one case under one release."""

    case: str
    release: str
    word: str
    reason: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


def matrix(
    releases: Sequence[str],
    *,
    home: Path,
    workloads: Sequence[str] = ("*",),
    paths: Sequence[str] = (),
    timeout: str = "2m",
) -> Iterator[Entry]:
    """Run every case once under every release; the cases of a release share one import."""
    overrides = {
        "baseline": releases[0],
        "versions": list(releases),
        "workloads": list(workloads),
        "paths": list(paths),
        "timeout": timeout,
    }
    config = load(None, source="tfperf.yml", environ={}, overrides=overrides)
    with progress_for(sys.stderr) as progress:
        house = House(home=home, environ=os.environ, progress=progress)
        plan = make_plan(config, house, base=Path.cwd(), command=["suite"])
        # The same install serves the release as baseline and as candidate.
        arms = [plan.baseline, *plan.candidates[1:]]
        prepared = {
            each.environment.id: each
            for each in prepare(
                arms,
                home=home,
                environ=os.environ,
                progress=lambda environment, state, text: progress.environment(
                    environment.label, state, text
                ),
            )
            if isinstance(each, Prepared)
        }
    with TemporaryDirectory(prefix="tfperf-suite-") as folder:
        for broken in plan.broken_workloads:
            yield Entry(case=broken.workload, release="*", word=NEVER, reason=broken.reason)
        first, *others = arms

        def entries(arm: Environment) -> list[Entry]:
            return [*_one_release(plan, arm, prepared, RunFolder(Path(folder)))]

        yield from entries(first)  # it makes what the others read
        with ThreadPoolExecutor(AT_ONCE) as pool:  # nothing is timed here
            for found in pool.map(entries, others):
                yield from found


def _one_release(
    plan: Plan, arm: Environment, prepared: Mapping[str, Prepared], folder: RunFolder
) -> Iterator[Entry]:
    if arm.id not in prepared:
        yield Entry(case="*", release=arm.release, word=NEVER, reason="not installed")
        return
    supported = [case for case in plan.cases if is_supported(case, arm)]
    for case in plan.cases:
        if case not in supported:
            reason = f"needs {case.since}"
            yield Entry(case=case.name, release=arm.release, word="unsupported", reason=reason)
    runner = BlockRunner(
        armoury=Armoury(
            plan=plan,
            pythons={name: each.python for name, each in prepared.items()},
            worker=workloads_root() / "run.py",
            folder=folder.path,
            environ=os.environ,
        ),
        random=Random(0),
        import_width=1,
        outputs_paths=folder.outputs_paths,
        artifact_path=folder.artifact,
        is_time_up=lambda: False,
    )
    tasks = tuple(
        Task(case=case, arms=(arm,), is_timed=False, is_counted=True) for case in supported
    )
    try:
        yield from _entries(runner, Block(number=0, arms=(arm,), tasks=tasks), arm)
    finally:
        runner.stop()  # the workers for a next block, too


def _entries(runner: BlockRunner, block: Block, arm: Environment) -> Iterator[Entry]:
    for record in runner.run(block):
        if isinstance(record, ImportBlock):
            ending: Outcome | Imported = record.outcomes[arm.id]
            if isinstance(ending, Failed):
                yield Entry(case="*", release=arm.release, word=NEVER, reason=ending.reason)
                return
        elif isinstance(record, CaseBlock):
            yield _entry(record, arm)


def _entry(record: CaseBlock, arm: Environment) -> Entry:
    entry = Entry(
        case=record.case,
        release=arm.release,
        word=NEVER,
        reason="nothing came of it",
        seconds=record.seconds,
    )
    match record.outcomes.get(arm.id):
        case Measured(notes=notes):
            return replace(entry, word="ran", reason="", notes=notes)
        case Ran():
            return replace(entry, word="ran", reason="")
        case Skipped(reason=reason):
            return replace(entry, word="unsupported", reason=reason)
        case Failed(reason=reason, detail=detail):
            return replace(entry, reason=f"{reason}\n{detail}")
        case None:
            return entry


def table(entries: Sequence[Entry], releases: Sequence[str]) -> str:
    """Draw cases by releases: `ok` with seconds, `-` for unsupported, `FAILED`."""
    found = {(each.case, each.release): each for each in entries}
    cases = list(dict.fromkeys(each.case for each in entries))
    width = max(map(len, cases), default=1)
    lines = [" ".join([" " * width, *(f"{release:>8}" for release in releases)])]
    for case in cases:
        cells = (_cell(found.get((case, release))) for release in releases)
        lines.append(" ".join([f"{case:<{width}}", *(f"{cell:>8}" for cell in cells)]))
    return "\n".join(lines)


def _cell(entry: Entry | None) -> str:
    if entry is None:
        return "?"
    if entry.word == "ran":
        return f"{entry.seconds:.1f}s"
    return "-" if entry.word == "unsupported" else "FAILED"


@click.command()
@click.argument("releases", nargs=-1, required=True)
@click.option("--home", type=click.Path(path_type=Path), default=Path(".tfperf"))
@click.option("-w", "--workloads", multiple=True, default=("*",))
@click.option("--paths", multiple=True)
@click.option("--notes", is_flag=True, help="Print what workloads warn of, too.")
def main(
    releases: tuple[str, ...],
    home: Path,
    workloads: tuple[str, ...],
    paths: tuple[str, ...],
    notes: bool,
) -> None:
    """Run the suite's cases once under every release and print the table."""
    entries = []
    for entry in matrix(releases, home=home.resolve(), workloads=workloads, paths=paths):
        entries.append(entry)
        click.echo(f"{entry.release:>8} {entry.case}: {entry.word} {entry.seconds:.1f} s")
        if entry.reason:
            click.echo("    " + entry.reason.replace("\n", "\n    "))
        if notes and entry.notes:
            click.echo("    note: " + "; ".join(entry.notes))
    full = list(dict.fromkeys(entry.release for entry in entries if entry.release != "*"))
    click.echo(table(entries, full))
    raise SystemExit(any(entry.word == NEVER for entry in entries))


if __name__ == "__main__":
    main()
