"""Owns the road of a run: plan, prepare, upgrade, measure, conclude: each stage a function."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core.config import Config
from bot.core.plan import Plan
from bot.core.report import Report, ShardReport
from bot.engine.machine import this_machine
from bot.environments.preparation import Prepared
from bot.errors import BadRunFolder
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.confirming import at_home, place, plan_again
from bot.stages.dividing import planned_part, rooted, with_copies, write_plan
from bot.stages.house import House
from bot.stages.measuring import Measurement, measure
from bot.stages.planning import make_plan
from bot.stages.preparing import check_workloads, prepare_environments
from bot.stages.upgrading import upgrade_failed, upgrade_scripts


def start(
    config: Config, folder: RunFolder, house: House, *, base: Path, command: Sequence[str]
) -> Report:
    """Carry out a new run; `base` is the folder that the configuration's paths start from."""
    plan = rooted(make_plan(config, house, base=base, command=command))
    with folder.held():
        folder.must_be_new()
        folder.write(folder.plan, place(plan, folder))
        house.progress.note(f"run folder: {folder.path}")
        return _carry_out(folder, house)


def divide(
    config: Config, output: Path, house: House, *, base: Path, command: Sequence[str]
) -> Plan:
    """Plan what several machines will carry out, and write it; nothing is installed."""
    made = make_plan(config, house, base=base, command=command)
    return write_plan(made, config, output)


def run_part(
    source: Path, *, number: int, shards: int, folder: RunFolder, house: House
) -> ShardReport:
    """Carry out one machine's part of a plan, or go on with it; others do the rest."""
    asked = planned_part(source, number, shards, house)
    with folder.held():
        if folder.plan.exists():
            _must_be(asked, folder)
        else:
            folder.write(folder.plan, with_copies(asked, folder.files))
        house.progress.note(
            f"part {number} of {shards}: what is decided, all parts decide together"
        )
        began = ShardReport(
            number=number, machine=this_machine(), blocks=0, seconds=0.0, stopped_by="interrupted"
        )
        folder.write(folder.shard, began)
        measurement = _measure(folder, house)
        ended = began.model_copy(
            update={
                "blocks": measurement.blocks,
                "seconds": measurement.seconds,
                "stopped_by": measurement.stopped_by,
            }
        )
        folder.write(folder.shard, ended)
        return ended


def _must_be(asked: Plan, folder: RunFolder) -> None:
    """Go on with a part only in its own folder."""
    if folder.read_plan().part != asked.part:
        raise BadRunFolder(
            "this folder holds another run, or another part",
            where=str(folder.path),
            next_step="choose another --run-dir",
        )


def confirm(
    run: RunFolder, folder: RunFolder, house: House, *, command: Sequence[str]
) -> Report | None:
    """Measure the alarms of a run again, in a folder of its own; None when it has none."""
    again = plan_again(run, house, command=command)
    if again is None:
        return None
    with folder.held():
        folder.must_be_new()
        folder.write(folder.plan, place(again, folder))
        house.progress.note(f"measuring {len(again.suspects or ())} alarms again: {folder.path}")
        return _carry_out(folder, house)


def resume(folder: RunFolder, house: House) -> Report:
    """Finish a run from whatever point it was left at."""
    plan = folder.read_plan()
    _must_be_whole(plan, folder)
    check_workloads(plan)
    with folder.held():
        if (moved := at_home(plan, folder)) != plan:
            folder.write(folder.plan, moved)
        return _carry_out(folder, house)


def _must_be_whole(plan: Plan, folder: RunFolder) -> None:
    if plan.part:
        raise BadRunFolder(
            "this is one part of a run that several machines share",
            where=str(folder.path),
            next_step=folder.way_on,
        )
    if plan.merged:
        raise BadRunFolder(
            "this run was merged from parts; there is nothing to go on with",
            where=str(folder.path),
            next_step=f"go on with the parts, then: {folder.way_on}",
        )


def _carry_out(folder: RunFolder, house: House) -> Report:
    return report(_measure(folder, house), folder, home=house.home)


def _measure(folder: RunFolder, house: House) -> Measurement:
    plan = folder.read_plan()
    prepared = prepare_environments(plan, folder, house)
    upgrade_scripts(plan, prepared, folder, house)
    measurement = measure(plan, prepared, folder, house)
    _advise(measurement, prepared, folder, house)
    return measurement


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
