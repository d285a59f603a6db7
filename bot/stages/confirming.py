"""Owns the second measurement of a run's alarms: planned here, and told in the first report."""

import shlex
from collections.abc import Sequence
from random import SystemRandom

from bot.core.confirmation import (
    Confirmed,
    confirmed,
    confirmed_by,
    identity,
    is_finished,
    second_plan,
    suspects,
)
from bot.core.plan import Plan
from bot.core.portable import relocated
from bot.core.report import Report
from bot.core.shards import SEEDS
from bot.errors import BadRunFolder
from bot.run_folder import RunFolder
from bot.stages.concluding import render
from bot.stages.dividing import here, with_copies
from bot.stages.house import House
from bot.stages.planning import now


def plan_again(
    run: RunFolder, house: House, *, command: Sequence[str], seed: int | None = None
) -> Plan | None:
    """Plan to measure the alarms of a run again, here; None when it has none."""
    _must_not_replace(run, None)
    plan, report = run.read_plan(), run.read_report()
    found = suspects(report, plan)
    if not found:
        return None
    again = second_plan(
        plan,
        found,
        confirms=identity(report),
        seed=SystemRandom().randrange(SEEDS) if seed is None else seed,
        created=now(),
        command=shlex.join(command),
    )
    return here(again, run.files, house)


def place(plan: Plan, folder: RunFolder) -> Plan:
    """Take what a plan installs into the folder in which it is carried out."""
    return with_copies(plan, folder.files)


def at_home(plan: Plan, folder: RunFolder) -> Plan:
    """Find what a plan installs in its folder, wherever that was moved to."""
    return relocated(plan, {"files": str(folder.files.absolute())})


def tell(run: RunFolder, confirmation: RunFolder, *, may_be_lost: bool = False) -> Report:
    """Write the report of a run anew, with what its second measurement says of each alarm.

    A second measurement that never came to a report leaves every alarm as it is, unclear.
    `may_be_lost`: its folder may be missing altogether. One that has come to an end is never
    replaced by another: measured often enough, every alarm is refuted.
    """
    first = run.read_report()
    second = _second(confirmation, run, first, may_be_lost=may_be_lost)
    report = confirmed(first, second or first.model_copy(update={"cells": (), "numerics": ()}))
    with run.held():
        if second is not None and is_finished(second, report):
            run.write(run.confirmation, confirmed_by(confirmation.read_plan()))
        run.write(run.report, report)
        render(report, run)
    return report


def _second(
    confirmation: RunFolder, run: RunFolder, first: Report, *, may_be_lost: bool
) -> Report | None:
    """Read what was measured again; None when that never came to a report."""
    if not confirmation.plan.exists():
        if not may_be_lost:
            raise BadRunFolder(
                "there is no second measurement here",
                where=str(confirmation.path),
                cause="the folder is called otherwise, or its machine was lost",
                next_step="name the folder that `tfperf confirm` printed, or add --lost: then "
                "every alarm stays as it is",
            )
        _must_not_replace(run, None)
        return None
    plan = confirmation.read_plan()
    if plan.confirms != identity(first):
        raise BadRunFolder(
            "this run did not measure the findings of that run again",
            where=f"{confirmation.path} and {run.path}",
            cause="it is another run, or the report was made anew by another merge",
            next_step=f"tfperf confirm {run.path} --run-dir {confirmation.path}.new",
        )
    _must_not_replace(run, confirmed_by(plan))
    return confirmation.read_report() if confirmation.report.exists() else None


def _must_not_replace(run: RunFolder, by: Confirmed | None) -> None:
    known = run.read_confirmation()
    if known is not None and known != by:
        raise BadRunFolder(
            "the alarms of this run were measured again already",
            where=str(run.path),
            cause=f"its report tells the second measurement of {known.plan.partition(' ')[0]}; "
            "measured often enough, every alarm goes away",
            next_step="let that one count, or start a new run: tfperf compare ...",
        )
