"""Owns the road of a run: plan, prepare, upgrade, measure, conclude: each stage a function."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core.config import Config
from bot.core.report import Report
from bot.environments.preparation import Prepared
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import Measurement, measure
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
    _advise(measurement, prepared, folder, house)
    return report(measurement, folder, home=house.home)


def _advise(
    measurement: Measurement, prepared: Mapping[str, Prepared], folder: RunFolder, house: House
) -> None:
    """Try what might help failed scripts; who interrupts a run wants its report, and now."""
    if measurement.stopped_by == "interrupted":
        return
    try:
        upgrade_failed(measurement.table, prepared, folder, house)
    except KeyboardInterrupt:
        measurement.stopped_by = "interrupted"  # a resumed run tries what is left
