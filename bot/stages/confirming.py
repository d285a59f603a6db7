"""Owns the second measurement of a run's alarms: planned here, and told in the first report."""

import shlex
from collections.abc import Sequence
from random import SystemRandom

from bot.core.confirmation import confirmed, identity, second_plan, suspects
from bot.core.plan import Plan
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


def tell(run: RunFolder, confirmation: RunFolder) -> Report:
    """Write the report of a run anew, with what its second measurement says of each alarm.

    A second measurement that never came to a report leaves every alarm as it is, unclear.
    """
    first = run.read_report()
    nothing = first.model_copy(update={"cells": (), "numerics": ()})
    second = nothing
    if confirmation.report.exists():
        if confirmation.read_plan().confirms != identity(first):
            raise BadRunFolder(
                "this run did not measure the findings of that run again",
                where=f"{confirmation.path} and {run.path}",
                cause="it is another run, or the report was made anew by another merge",
                next_step=f"tfperf confirm {run.path} --run-dir {confirmation.path}.new",
            )
        second = confirmation.read_report()
    report = confirmed(first, second)
    with run.held():
        run.write(run.report, report)
        render(report, run)
    return report
