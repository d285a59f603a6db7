"""Owns the first stage: everything a person may have mistyped is told before anything runs."""

import os
import shlex
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom

from bot.core import gpu
from bot.core.config import Config
from bot.core.plan import BrokenWorkload, Case, Device, Environment, Plan, Rule
from bot.core.selection import matches, select, usual
from bot.core.systems import isolation, must_be_served
from bot.core.table import is_supported
from bot.engine.device import gpus_of
from bot.engine.discovery import discover, workload_files
from bot.locations import workloads_root
from bot.stages.appearing import appearance_of
from bot.stages.asking import environments
from bot.stages.axes import axes
from bot.stages.house import House
from bot.stages.subjects import Brought


def now() -> str:
    """The time, in UTC, as files keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def make_plan(config: Config, house: House, *, base: Path, command: Sequence[str]) -> Plan:
    """Decide what is to be done; everything a person may have mistyped is told here."""
    must_be_served(sys.platform)
    appearance = appearance_of(config, base)
    cases, broken = _discovered(config, house, base)
    chosen, broken = _choose(config, cases, broken)
    for each in broken:  # now, not when the time is spent
        house.progress.warn(f"the workload {each.workload} cannot be read: {each.reason}")
    if config.isolate:
        chosen = tuple(case.model_copy(update={"isolate": True}) for case in chosen)
    found = axes(config, house, base=base, workloads=_files_of(chosen))
    brought = Brought(axes=found, house=house)
    config = found.config
    asked = environments(config, house, base=base, pythons=found.pythons, bring=brought.sides)
    hidden = brought.shadowed(chosen)
    chosen = tuple(case for case in chosen if case.workload not in {h.workload for h in hidden})
    seed = SystemRandom().randrange(2**32) if config.seed is None else config.seed
    plan = Plan(
        created=now(),
        command=shlex.join([*command, *([] if "--seed" in command else ["--seed", str(seed)])]),
        seed=seed,
        environments=on_card(brought.fitted(asked), config.device, house),
        cases=chosen,
        broken_workloads=(*broken, *hidden),
        rule=Rule(
            thresholds=config.threshold,
            alpha=config.alpha,
            most_blocks=config.most_blocks,
            fail_on=config.fail_on,
            confirm=config.confirm,
        ),
        metrics=config.metrics,
        dependencies=config.dependencies,
        device=config.device,
        isolation=isolation(config.isolation, device=config.device, system=sys.platform),
        threads=config.threads,
        knobs=config.knobs,
        budget_seconds=config.budget_seconds,
        timeout_seconds=config.timeout_seconds,
        commit=found.commit,
        acknowledged=config.acknowledged,
        appearance=appearance,
        found=(*found.found, *brought.notes),
    )
    return plan.model_copy(
        update={"rule": plan.rule.model_copy(update={"cells": _count_cells(plan)})}
    )


def _files_of(cases: Collection[Case]) -> frozenset[Path]:
    """List the files that say what is measured: workloads, and the scripts that they name."""
    scripts = (Path(case.script.path) for case in cases if case.script is not None)
    return frozenset((*(Path(case.file) for case in cases), *scripts))


def on_card(
    environments: tuple[Environment, ...], device: Device, house: House
) -> tuple[Environment, ...]:
    """Say which releases can run on the graphics card here, and mark those that cannot."""
    if device == "cpu":
        return environments
    with gpus_of(device) as gpus:
        card = next(iter(gpus.cards()), None) if gpus else None
        if card is not None:
            house.progress.note(gpu.line(card))
        elif gpus is not None:
            house.progress.warn(f"no graphics card could be asked: {gpus.trouble}")
    return gpu.marked(environments, card)


def _discovered(
    config: Config, house: House, base: Path
) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    """Find the workloads that can be chosen from; fewer where nobody chooses."""
    suite = workloads_root() / "suite"
    files = workload_files([suite, *(base / path for path in config.paths)])
    cases, broken = discover(files, worker=workloads_root() / "run.py", environ=house.environ)
    if config.workloads or config.tags:
        return cases, broken
    own = {os.fspath(file) for file in files if suite not in file.parents}
    return usual(cases, own), broken


def _choose(
    config: Config, cases: Sequence[Case], broken: Collection[BrokenWorkload]
) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    """Select by name and tag; a file that cannot be read is kept when a pattern names it."""
    asked = config.workloads or ("*",)
    kept = tuple(
        each
        for each in broken
        if any(matches(pattern, each.workload, each.workload) for pattern in asked)
    )
    names_broken = {
        pattern
        for pattern in asked
        if any(matches(pattern, each.workload, each.workload) for each in kept)
    }
    patterns = [
        pattern
        for pattern in asked
        if pattern not in names_broken
        or any(matches(pattern, case.name, case.workload) for case in cases)
    ]
    chosen = select(cases, patterns, config.tags) if patterns else ()
    named = {case.workload for case in chosen}  # also by a single case
    others = (each for each in broken if each.framework and each.workload in named)
    return chosen, tuple(dict.fromkeys((*kept, *others)))


def _count_cells(plan: Plan) -> int:
    """Count the cells that share alpha: fixed before anything is measured."""
    cells = sum(
        len(plan.metrics_of(case))
        for case in plan.cases
        for candidate in plan.candidates
        if is_supported(case, candidate)
    )
    return max(1, cells + len(plan.candidates) * len(plan.import_metrics))
