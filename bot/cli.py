"""Owns the command line: options in, exit codes out; everything else is elsewhere."""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click
from rich.console import Console

from bot import __version__, cli_github, pipeline
from bot.cli_gate import gate
from bot.cli_init import init
from bot.cli_pieces import COMMANDS
from bot.core.config import Config
from bot.core.doctor import diagnose, to_json
from bot.core.report import Report
from bot.core.version_table import to_json as version_table_to_json
from bot.errors import ExitCode
from bot.exits import exit_code, explain, let_go
from bot.named_versions import named_versions
from bot.progress import progress_for
from bot.render.calibration import calibration_lines
from bot.render.doctor import doctor_screen
from bot.render.versions import versions_screen
from bot.result_form import Form, form_options
from bot.run_command import (
    HOME,
    finish,
    house,
    interrupted,
    new_run,
    read_configuration,
    resumable,
    typed,
)
from bot.run_folder import RunFolder, new_run_folder
from bot.run_options import run_options
from bot.stages.calibrating import all_alike, calibrate
from bot.stages.concluding import render
from bot.stages.doctor import examine, versions
from bot.stages.house import House


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tfperf")
def cli() -> None:
    """Compare TensorFlow releases: what got slower, bigger, or computes something else."""


@cli.command()
@click.argument("versions", nargs=-1, metavar="[BASELINE [CANDIDATE...]]")
@click.option("--config", type=click.Path(path_type=Path), help="Instead of ./tfperf.yml.")
@click.option("--run-dir", type=click.Path(path_type=Path), help="Where the run goes.")
@form_options
@click.option("--verbose", is_flag=True, help="Say where the time went, and what disturbed.")
@run_options
def compare(
    versions: tuple[str, ...],
    config: Path | None,
    run_dir: Path | None,
    form: Form,
    verbose: bool,
    **options: Any,  # noqa: ANN401  # click hands over one per option above
) -> None:
    """Install the releases, measure them interleaved, and say what changed.

    The first version is the baseline, of a range (2.9..2.21) its first. Without versions, those of
    tfperf.yml are compared.
    """
    loaded, base = read_configuration(config, {**options, **named_versions(versions)})
    folder = new_run_folder(run_dir or new_run())
    report = _start(loaded, folder, base=base)
    finish(report, folder, form=form, is_verbose=verbose)


def _start(config: Config, folder: RunFolder, *, base: Path) -> Report:
    with resumable(folder), house() as where:
        return pipeline.start(config, folder, where, base=base, command=typed(sys.argv[1:]))


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@form_options
@click.option("--verbose", is_flag=True, help="Say where the time went, and what disturbed.")
def resume(run: Path, form: Form, verbose: bool) -> None:
    """Finish an interrupted run; every block measured before stays in it."""
    folder = RunFolder(run)
    with resumable(folder), house() as where:
        report = pipeline.resume(folder, where)
    finish(report, folder, form=form, is_verbose=verbose)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@form_options
@click.option("--verbose", is_flag=True, help="Say where the time went, and what disturbed.")
def report(run: Path, form: Form, verbose: bool) -> None:
    """Render the report of a run again: comment.md, summary.md and charts."""
    folder = RunFolder(run)
    concluded = folder.read_report()
    render(concluded, folder)
    finish(concluded, folder, form=form, is_verbose=verbose)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print all facts on standard output.")
@click.option("--versions", "only_versions", is_flag=True, help="Which releases can be had here.")
def doctor(as_json: bool, only_versions: bool) -> NoReturn:
    """Say what this machine can measure, and what would help; takes about 10 seconds."""
    if only_versions:
        _doctor_versions(as_json=as_json)
    with progress_for(sys.stderr) as progress:
        checkup = examine(House(home=HOME, environ=os.environ, progress=progress))
    diagnosis = diagnose(checkup)
    if as_json:
        click.echo(json.dumps(to_json(checkup, diagnosis), indent=1))
    else:
        Console().print(doctor_screen(diagnosis))
    raise SystemExit(diagnosis.exit_code)


def _doctor_versions(*, as_json: bool) -> NoReturn:
    with progress_for(sys.stderr) as progress:
        table = versions(House(home=HOME, environ=os.environ, progress=progress))
    if as_json:
        click.echo(json.dumps(version_table_to_json(table), indent=1))
    else:
        Console().print(versions_screen(table))
    raise SystemExit(ExitCode.NOTHING_TO_ACT_ON)


@cli.command(name="calibrate")
@click.argument("release", required=False)
@click.option("--candidates", type=click.IntRange(1, 20), default=2, help="Besides two baselines.")
@click.option("--from", "run", type=click.Path(path_type=Path), help="Judge a run that ended.")
@click.option("--config", type=click.Path(path_type=Path), help="Instead of ./tfperf.yml.")
@click.option("--run-dir", type=click.Path(path_type=Path), help="Where the run goes.")
@click.option("--json", "as_json", is_flag=True, help="Print calibration.json on standard output.")
@run_options
def calibrate_command(
    *,
    release: str | None,
    candidates: int,
    run: Path | None,
    config: Path | None,
    run_dir: Path | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401  # as for compare
) -> NoReturn:
    """Compare a release with itself: false alarms, noise, and the settings that fit.

    Without RELEASE, the baseline of tfperf.yml.
    """
    if run and release:
        raise click.UsageError("--from judges a run that ended: it takes no RELEASE")
    if run is None:
        loaded, base = read_configuration(config, {**options, "baseline": release})
        folder = new_run_folder(run_dir or new_run())
        _start(all_alike(loaded, candidates=candidates), folder, base=base)
    else:
        folder = RunFolder(run)
    calibration = calibrate(folder)
    click.echo("\n".join(calibration_lines(calibration)), err=True)
    text = folder.calibration.read_text(encoding="utf-8")
    click.echo(text if as_json else str(folder.path))
    if calibration.exit_code == ExitCode.INTERRUPTED:
        click.echo(f"{interrupted(folder)}, then: tfperf calibrate --from {folder.path}", err=True)
    raise SystemExit(calibration.exit_code)


for command in (*COMMANDS, *cli_github.COMMANDS):
    cli.add_command(command)
cli.add_command(gate)
cli.add_command(init)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main() -> NoReturn:
    """Run the command line; every way to end has its exit code."""
    signal.signal(signal.SIGTERM, _stop)
    code = ExitCode.NOTHING_TO_ACT_ON
    try:
        cli.main(standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # a bug has its exit code too
        code = exit_code(error)
        with suppress(OSError):  # standard error may be what cannot be written
            explain(error)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # the end is decided
        let_go()
    raise SystemExit(code)
