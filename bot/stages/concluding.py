"""Owns the last stages: decide, and write what was decided in every form."""

from bot.core.conclusion import Findings, conclude
from bot.core.report import Report, RunFacts
from bot.engine.machine import this_machine
from bot.render.comment import render_comment
from bot.render.summary import render_summary
from bot.results import numeric_reports
from bot.run_folder import RunFolder
from bot.stages.measuring import Measurement


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
