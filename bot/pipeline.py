"""Owns the stages of a run: plan -> prepare -> measure -> conclude -> render, each a function."""

import shlex
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import Literal

from bot.core.conclusion import Findings, conclude
from bot.core.config import Config
from bot.core.metric import CASE_METRICS
from bot.core.plan import BrokenWorkload, Case, Environment, Plan, Rule
from bot.core.report import EnvironmentReport, Report, RunFacts
from bot.core.resolution import resolve_environments
from bot.core.schedule import next_block
from bot.core.selection import matches, select
from bot.core.table import Table, is_supported
from bot.engine.arming import Armoury
from bot.engine.block import BlockRunner
from bot.engine.discovery import discover, workload_files
from bot.engine.journal import Journal
from bot.engine.machine import this_machine
from bot.environments.install import prepare
from bot.environments.interpreters import available
from bot.environments.preparation import Prepared, Unavailable
from bot.locations import workloads_root
from bot.progress import Progress
from bot.render.comment import render_comment
from bot.render.summary import render_summary
from bot.results import numeric_reports
from bot.run_folder import RunFolder

StoppedBy = Literal["decided", "budget", "most_blocks", "interrupted", "nothing"]


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What every stage needs from outside: where things are kept, the variables, who to tell."""

    home: Path
    environ: Mapping[str, str]
    progress: Progress


def now() -> str:
    """The time, in UTC, as files keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(kw_only=True, slots=True)
class Measurement:
    """What the measuring stage leaves behind."""

    table: Table
    seconds: float = 0.0
    blocks: int = 0
    resumed: int = 0
    stopped_by: StoppedBy = "decided"


def make_plan(config: Config, house: House, *, base: Path, command: Sequence[str]) -> Plan:
    """Decide what is to be done; everything a person may have mistyped is told here."""
    files = workload_files([workloads_root() / "suite", *(base / path for path in config.paths)])
    cases, broken = discover(files, worker=workloads_root() / "run.py")
    chosen, broken = _choose(config, cases, broken)
    environments = resolve_environments(config, available(house.environ))
    return Plan(
        created=now(),
        command=shlex.join(command),
        seed=SystemRandom().randrange(2**32) if config.seed is None else config.seed,
        environments=environments,
        cases=chosen,
        broken_workloads=broken,
        rule=Rule(
            thresholds=config.threshold,
            alpha=config.alpha,
            cells=_count_cells(chosen, environments),
            most_blocks=config.most_blocks,
            fail_on=config.fail_on,
        ),
        dependencies=config.dependencies,
        device=config.device,
        isolation=config.isolation,
        threads=config.threads,
        knobs=config.knobs,
        budget_seconds=config.budget_seconds,
        timeout_seconds=config.timeout_seconds,
    )


def _choose(
    config: Config, cases: Sequence[Case], broken: Collection[BrokenWorkload]
) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    """Select by name and tag; a file that cannot be read is kept when a pattern names it."""
    kept = tuple(
        each
        for each in broken
        if any(matches(pattern, each.workload, each.workload) for pattern in config.workloads)
    )
    names_broken = {
        pattern
        for pattern in config.workloads
        if any(matches(pattern, each.workload, each.workload) for each in kept)
    }
    patterns = [
        pattern
        for pattern in config.workloads
        if pattern not in names_broken
        or any(matches(pattern, case.name, case.workload) for case in cases)
    ]
    return (select(cases, patterns, config.tags) if patterns else ()), kept


def _count_cells(cases: Sequence[Case], environments: Sequence[Environment]) -> int:
    """Count the cells that share alpha: fixed before anything is measured."""
    candidates = [each for each in environments if each.role == "candidate"]
    supported = sum(is_supported(case, each) for case in cases for each in candidates)
    return supported * len(CASE_METRICS) + len(candidates)


def prepare_environments(plan: Plan, folder: RunFolder, house: House) -> dict[str, Prepared]:
    """Install what can be installed and write down what each environment is made of."""
    house.progress.note(f"installing {len(plan.environments)} environments (minutes when new)")
    preparations = prepare(
        plan.environments,
        home=house.home,
        progress=lambda environment, state, text: house.progress.environment(
            environment.label, state, text
        ),
        environ=house.environ,
    )
    for preparation in preparations:
        folder.write(folder.environment(preparation.environment), describe(preparation))
    return {p.environment.id: p for p in preparations if isinstance(p, Prepared)}


def describe(preparation: Prepared | Unavailable) -> EnvironmentReport:
    """Write down what an environment is made of, or why it is not there."""
    environment = preparation.environment
    unavailable = None
    if isinstance(preparation, Unavailable):
        unavailable = "; ".join(filter(None, (preparation.reason, preparation.remedy)))
    return EnvironmentReport(
        label=environment.label,
        role=environment.role,
        package=environment.package,
        release=environment.release,
        python=environment.python,
        packages=preparation.packages if isinstance(preparation, Prepared) else {},
        unavailable=unavailable,
    )


def measure(
    plan: Plan, prepared: Mapping[str, Prepared], folder: RunFolder, house: House
) -> Measurement:
    """Measure block after block until every cell is decided or the budget is used up."""
    unavailable = {
        environment.id: folder.read_environment(environment).unavailable or "not installed"
        for environment in plan.environments
        if environment.id not in prepared
    }
    result = Measurement(table=Table(plan, unavailable=unavailable))
    with Journal(folder.samples) as journal:
        for record in journal.records():
            result.table.add(record)
            result.blocks = result.resumed = record.block + 1
            result.seconds += record.seconds
        clock = Stopwatch(already=result.seconds)
        runner = _runner(plan, prepared, folder, house, clock)
        try:
            _measure_blocks(result, runner, journal, house.progress, clock)
        except KeyboardInterrupt:
            result.stopped_by = "interrupted"
        result.seconds = clock.seconds
    return result


@dataclass(kw_only=True)
class Stopwatch:
    """Seconds spent measuring, in this process and in those before it."""

    already: float
    _began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """All of them."""
        return self.already + time.monotonic() - self._began


def _runner(
    plan: Plan,
    prepared: Mapping[str, Prepared],
    folder: RunFolder,
    house: House,
    clock: Stopwatch,
) -> BlockRunner:
    armoury = Armoury(
        plan=plan,
        pythons={name: each.python for name, each in prepared.items()},
        worker=workloads_root() / "run.py",
        folder=folder.path,
        environ=house.environ,
    )
    return BlockRunner(
        armoury=armoury,
        random=Random(plan.seed),
        import_width=this_machine().cores,
        outputs_path=folder.missing_outputs,
        is_time_up=lambda: clock.seconds > plan.budget_seconds,
    )


def _measure_blocks(
    result: Measurement,
    runner: BlockRunner,
    journal: Journal,
    progress: Progress,
    clock: Stopwatch,
) -> None:
    plan, table = result.table.plan, result.table
    while True:
        random = Random(f"{plan.seed} {result.blocks}")  # the same after a resume
        block = next_block(table, result.blocks, random)
        if block is None:
            result.stopped_by = _why_there_is_no_block(result)
            return
        if clock.seconds > plan.budget_seconds:
            result.stopped_by = "budget"
            return
        runner.random = random
        for record in runner.run(block):
            journal.append(record)
            table.add(record)
            progress.measuring(plan, table, block=block.number, seconds=clock.seconds)
        result.blocks += 1


def _why_there_is_no_block(result: Measurement) -> StoppedBy:
    if result.blocks == 0:
        return "nothing"
    is_open = any(cell.decision is None for cell in result.table.candidate_cells.values())
    return "most_blocks" if is_open else "decided"


def report(measurement: Measurement, folder: RunFolder) -> Report:
    """Decide, and write what was decided in every form."""
    table = measurement.table
    plan = table.plan
    environments = tuple(
        folder.read_environment(environment).model_copy(
            update=dict(table.frameworks.get(environment.id, {}))
        )
        for environment in plan.environments
    )
    findings = Findings(
        numerics=tuple(numeric_reports(plan, folder)),
        environments=environments,
        machine=this_machine(),
        run=RunFacts(
            id=folder.path.name,
            started=plan.created,
            seconds=measurement.seconds,
            budget_seconds=plan.budget_seconds,
            blocks=measurement.blocks,
            command=plan.command,
            seed=plan.seed,
            resumed=measurement.resumed,
            stopped_by=measurement.stopped_by,
        ),
    )
    concluded = conclude(table, findings)
    folder.write(folder.report, concluded)
    render(concluded, folder)
    return concluded


def render(concluded: Report, folder: RunFolder) -> None:
    """Write the renderings of a report."""
    folder.write(folder.comment, render_comment(concluded))
    folder.write(folder.summary, render_summary(concluded))
