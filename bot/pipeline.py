"""Owns the road of a run: plan, prepare, upgrade, measure, conclude: each stage a function."""

from collections.abc import Sequence
from pathlib import Path

from bot.core.config import Config
from bot.core.report import Report
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.planning import make_plan
from bot.stages.preparing import check_workloads, prepare_environments
from bot.stages.upgrading import upgrade_failed, upgrade_scripts


def start(
    config: Config, folder: RunFolder, house: House, *, base: Path, command: Sequence[str]
) -> Report:
    """Carry out a new run; `base` is the folder that the configuration's paths start from."""
    plan = make_plan(config, house, base=base, command=command)
    with folder.held():
        folder.must_be_new()
        folder.write(folder.plan, plan)
        house.progress.note(f"run folder: {folder.path}")
        return _carry_out(folder, house)


def resume(folder: RunFolder, house: House) -> Report:
    """Finish a run from whatever point it was left at."""
    check_workloads(folder.read_plan())
    with folder.held():
        return _carry_out(folder, house)


def _carry_out(folder: RunFolder, house: House) -> Report:
    plan = folder.read_plan()
    prepared = prepare_environments(plan, folder, house)
    upgrade_scripts(plan, prepared, folder, house)
    measurement = measure(plan, prepared, folder, house)
    upgrade_failed(measurement.table, prepared, folder, house)
    return report(measurement, folder, home=house.home)
