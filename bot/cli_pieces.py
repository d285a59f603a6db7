"""Owns the commands of a run in pieces: plan, run one part, merge, and confirm."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from bot import pipeline
from bot.core.plan import Plan
from bot.errors import ExitCode
from bot.named_versions import named_versions
from bot.render.words import count
from bot.result_form import Form, form_options, result
from bot.run_command import finish, house, read_configuration, typed
from bot.run_folder import RunFolder, new_run_folder
from bot.run_options import run_options
from bot.stages.confirming import tell
from bot.stages.merging import merge as merge_parts

PART = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")


class Shard(click.ParamType[tuple[int, int]]):
    """A part of a plan: 2/4 is the second of four."""

    name = "I/N"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # as click hands it over
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[int, int]:
        """Read it; click tells what is none."""
        if isinstance(value, tuple):
            return value
        match = PART.fullmatch(str(value))
        if match is None or int(match[1]) > int(match[2]):
            self.fail(f"{value!r} is no part of a plan: expected 1/4 to 4/4, say", param, ctx)
        return int(match[1]), int(match[2])


@click.command()
@click.argument("versions", nargs=-1, metavar="[BASELINE [CANDIDATE...]]")
@click.option("--config", type=click.Path(path_type=Path), help="Instead of ./tfperf.yml.")
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, help="Where the plan goes."
)
@click.option("--shards", metavar="N", help="Machines that share the run.")
@run_options
def plan(
    versions: tuple[str, ...],
    config: Path | None,
    output: Path,
    **options: Any,  # noqa: ANN401  # as for compare
) -> None:
    """Plan a run that several machines share; no environment is installed, nothing is measured.

    With `subject`, your project is built at both sides of the pull request, which runs its code.
    Prints what each machine does, as a job matrix in JSON.
    """
    loaded, base = read_configuration(config, {**options, **named_versions(versions)})
    with house() as where:
        command = as_one_run(typed(sys.argv[1:]))
        made = pipeline.divide(loaded, output, where, base=base, command=command)
    for line in _planned(made, output):
        click.echo(line, err=True)
    if not made.cases:
        click.echo(_nothing_to_measure(made), err=True)
    click.echo(json.dumps(matrix(made.shards)))


def _planned(made: Plan, output: Path) -> Iterator[str]:
    """Say what was found, what is compared, and what cannot be had."""
    yield from made.found
    labels = ", ".join(each.label for each in made.candidates)
    yield f"planned: {made.baseline.label} against {labels}; {output}"
    yield f"  {count(len(made.cases), 'case')}, {count(made.shards, 'machine')}"
    for each in made.environments:
        if each.unavailable and each.role != "control":
            yield f"  {each.label} cannot be had: {each.unavailable}"


def _nothing_to_measure(made: Plan) -> str:
    """Say that a plan measures imports at most, and why."""
    broken = [f"{each.workload}: {each.reason}" for each in made.broken_workloads]
    why = "".join(f"\n  cannot be read: {each}" for each in broken)
    return f"warning: there is no case in this plan, so that no workload is measured{why}"


def matrix(shards: int) -> dict[str, list[dict[str, int | str]]]:
    """Say what each machine does, as GitHub's job matrix has it."""
    numbers = range(1, shards + 1)
    return {"include": [{"shard": n, "shards": shards, "name": f"{n}/{shards}"} for n in numbers]}


OF_A_PLAN = ("--output", "--shards")
"""Options that a run on one machine does not have."""


def as_one_run(command: list[str]) -> list[str]:
    """Say what measures the same on one machine."""
    kept, rest = list[str](), iter(command)
    for word in rest:
        if word in OF_A_PLAN:
            next(rest, None)
        elif word.partition("=")[0] not in OF_A_PLAN:
            kept.append(word)
    return ["compare" if word == "plan" else word for word in kept[:2]] + kept[2:]


@click.command(name="run")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--shard", type=Shard(), required=True, help="Which part: 2/4 is one of four.")
@click.option(
    "--run-dir", type=click.Path(path_type=Path), required=True, help="Where the part goes."
)
def run_part(plan_file: Path, shard: tuple[int, int], run_dir: Path) -> NoReturn:
    """Carry out one part of a plan made elsewhere; `tfperf merge` says what came out.

    The same command again goes on with a part that was interrupted.
    """
    folder = RunFolder(run_dir)
    number, shards = shard
    with house() as where:
        ended = pipeline.run_part(
            plan_file, number=number, shards=shards, folder=folder, house=where
        )
    click.echo(f"part {number} of {shards}: {ended.blocks} blocks", err=True)
    click.echo(str(folder.path))
    is_cut = ended.stopped_by == "interrupted"
    raise SystemExit(ExitCode.INTERRUPTED if is_cut else ExitCode.NOTHING_TO_ACT_ON)


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option("--run-dir", type=click.Path(path_type=Path), help="Where the whole goes.")
@click.option(
    "--confirmation", type=click.Path(path_type=Path), help="What `tfperf confirm` measured of RUN."
)
@click.option("--lost", is_flag=True, help="The folder of --confirmation may be missing.")
@form_options
@click.option("--verbose", is_flag=True, help="Say where the time went, and what disturbed.")
def merge(
    *,
    runs: tuple[Path, ...],
    run_dir: Path | None,
    confirmation: Path | None,
    lost: bool,
    form: Form,
    verbose: bool,
) -> NoReturn:
    """Make one run of the parts that several machines carried out, and say what came out.

    With --confirmation, RUN is a run that has its report; it gets a second opinion on each alarm.
    """
    if (run_dir is None) == (confirmation is None):
        raise click.UsageError("give --run-dir to merge parts, or --confirmation for one run")
    if lost and confirmation is None:
        raise click.UsageError("--lost belongs to --confirmation")
    if confirmation is not None:
        if len(runs) > 1:
            raise click.UsageError("--confirmation belongs to one RUN; merge its parts first")
        folder = RunFolder(runs[0])
        report = tell(folder, RunFolder(confirmation), may_be_lost=lost)
    else:
        folder = RunFolder(run_dir or Path())
        with house() as where:
            report = merge_parts([RunFolder(run) for run in runs], folder, where)
    finish(report, folder, form=form, is_verbose=verbose)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--run-dir", type=click.Path(path_type=Path), required=True, help="Where the new run goes."
)
@form_options
def confirm(run: Path, run_dir: Path, form: Form) -> NoReturn:
    """Measure the alarms of a run again, here: best on a fresh machine.

    What it means for the run, `tfperf merge RUN --confirmation NEW` says.
    """
    folder = new_run_folder(run_dir)
    with house() as where:
        report = pipeline.confirm(RunFolder(run), folder, where, command=typed(sys.argv[1:]))
    if report is None:
        click.echo("there is no alarm to confirm", err=True)
        raise SystemExit(ExitCode.NOTHING_TO_ACT_ON)
    click.echo(f"next: tfperf merge {run} --confirmation {folder.path}", err=True)
    click.echo(result(folder, form))
    is_cut = report.run.stopped_by == "interrupted"
    raise SystemExit(ExitCode.INTERRUPTED if is_cut else ExitCode.NOTHING_TO_ACT_ON)


COMMANDS = (plan, run_part, merge, confirm)
