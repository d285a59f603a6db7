"""Owns the last stages: decide, and write what was decided in every form."""

from pathlib import Path

from bot.control_history import remember
from bot.core.appearance import PLAIN
from bot.core.conclusion import Findings, conclude
from bot.core.control_history import RunControls
from bot.core.report import ControlHistory, Report
from bot.core.run_facts import RunFacts
from bot.core.table import Table
from bot.engine.machine import this_machine
from bot.render.charts import charts
from bot.render.comment import render_comment
from bot.render.summary import render_summary
from bot.render.trust_words import history_is_damaged
from bot.results import numeric_reports, reference_results
from bot.run_folder import RunFolder
from bot.stages.drawing import draw
from bot.stages.measuring import Measurement
from bot.stages.paging import write_page
from bot.stages.placing import places
from bot.stages.upgrading import upgrade_reports


def report(measurement: Measurement, folder: RunFolder, *, home: Path) -> Report:
    """Decide, and write what was decided in every form; `home` remembers the A/A control."""
    return finish(measurement.table, findings(measurement, folder), folder, home=home)


def findings(measurement: Measurement, folder: RunFolder) -> Findings:
    """Gather what there is to say besides evidence."""
    table = measurement.table
    plan = table.plan
    environments = tuple(
        folder.read_environment(environment).model_copy(
            update=dict(table.frameworks.get(environment.id, {}))
        )
        for environment in plan.environments
    )
    return Findings(
        numerics=tuple(numeric_reports(table, folder)),
        reference_results=tuple(reference_results(plan, folder)),
        upgrades=upgrade_reports(plan, folder),
        places=places(plan, here=Path.cwd()),
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
            phases=dict(table.phases),
        ),
    )


def finish(table: Table, found: Findings, folder: RunFolder, *, home: Path) -> Report:
    """Decide, remember the A/A control, and write the report in every form."""
    concluded = _with_history(conclude(table, found), home)
    folder.write(folder.report, concluded)
    render(concluded, folder)
    return concluded


def _with_history(concluded: Report, home: Path) -> Report:
    """Add this run's control to those of the runs before it; a run without one changes nothing."""
    control = concluded.control
    if not control.cells:
        return concluded
    run = f"{concluded.run.id} {concluded.run.started}"  # folders may have the same name
    history = remember(
        home, RunControls(run=run, controls=len(control.cells), flagged=control.flagged)
    )
    notes = [history_is_damaged(history.damaged_lines)] if history.damaged_lines else []
    known = ControlHistory(
        runs=history.runs,
        controls=history.controls,
        flagged=history.flagged,
        upper_bound=history.upper_bound,
    )
    return concluded.model_copy(
        update={
            "control": control.model_copy(update={"history": known}),
            "notes": (*concluded.notes, *notes),
        }
    )


def render(concluded: Report, folder: RunFolder) -> None:
    """Write the renderings of a report."""
    chosen = folder.read_plan().appearance if folder.plan.exists() else PLAIN
    folder.write(folder.comment, render_comment(concluded, appearance=chosen))
    folder.write(folder.summary, render_summary(concluded, appearance=chosen))
    drawn = charts(concluded)
    write_page(concluded, folder, drawn)
    draw(drawn, folder)
