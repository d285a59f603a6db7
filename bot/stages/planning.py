"""Owns the first stage: everything a person may have mistyped is told before anything runs."""

import shlex
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom

from bot.core.config import Config
from bot.core.plan import BrokenWorkload, Case, Environment, Plan, Rule
from bot.core.resolution import resolve_environments
from bot.core.selection import matches, select
from bot.core.table import is_supported
from bot.engine.discovery import discover, workload_files
from bot.environments.downloads import fetchable
from bot.environments.interpreters import available
from bot.locations import workloads_root
from bot.stages.house import House


def now() -> str:
    """The time, in UTC, as files keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def make_plan(config: Config, house: House, *, base: Path, command: Sequence[str]) -> Plan:
    """Decide what is to be done; everything a person may have mistyped is told here."""
    files = workload_files([workloads_root() / "suite", *(base / path for path in config.paths)])
    cases, broken = discover(files, worker=workloads_root() / "run.py", environ=house.environ)
    chosen, broken = _choose(config, cases, broken)
    if config.isolate:
        chosen = tuple(case.model_copy(update={"isolate": True}) for case in chosen)
    seed = SystemRandom().randrange(2**32) if config.seed is None else config.seed
    plan = Plan(
        created=now(),
        command=shlex.join([*command, *([] if "--seed" in command else ["--seed", str(seed)])]),
        seed=seed,
        environments=_environments(config, house),
        cases=chosen,
        broken_workloads=broken,
        rule=Rule(
            thresholds=config.threshold,
            alpha=config.alpha,
            most_blocks=config.most_blocks,
            fail_on=config.fail_on,
        ),
        metrics=config.metrics,
        dependencies=config.dependencies,
        device=config.device,
        isolation=config.isolation,
        threads=config.threads,
        knobs=config.knobs,
        budget_seconds=config.budget_seconds,
        timeout_seconds=config.timeout_seconds,
    )
    return plan.model_copy(
        update={"rule": plan.rule.model_copy(update={"cells": _count_cells(plan)})}
    )


def _environments(config: Config, house: House) -> tuple[Environment, ...]:
    """Use the Pythons that are here; count on fetching one only where that leaves a gap."""
    here = available(house.environ).keys()
    environments = resolve_environments(config, here)
    if any(environment.unavailable for environment in environments):
        return resolve_environments(config, here | fetchable(house.environ))
    return environments


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


def _count_cells(plan: Plan) -> int:
    """Count the cells that share alpha: fixed before anything is measured."""
    cells = sum(
        len(plan.metrics_of(case))
        for case in plan.cases
        for candidate in plan.candidates
        if is_supported(case, candidate)
    )
    return max(1, cells + len(plan.candidates) * len(plan.import_metrics))
