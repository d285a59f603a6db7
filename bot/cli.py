"""Owns the command line: options in, exit codes out; everything else is elsewhere."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click
from rich.console import Console

from bot import __version__, pipeline
from bot.core.config import Config, load
from bot.core.doctor import diagnose, to_json
from bot.core.report import Report
from bot.core.version_table import to_json as version_table_to_json
from bot.errors import BadConfiguration, ExitCode
from bot.exits import exit_code, explain
from bot.named_versions import named_versions
from bot.progress import progress_for
from bot.publish.publish import publish
from bot.render.calibration import calibration_lines
from bot.render.comment import render_comment
from bot.render.doctor import doctor_screen
from bot.render.terminal import final_table, plain_lines
from bot.render.verbose import verbose_lines
from bot.render.versions import versions_screen
from bot.run_folder import RunFolder, new_run_folder
from bot.run_options import run_options
from bot.stages.calibrating import all_alike, calibrate
from bot.stages.concluding import render
from bot.stages.doctor import examine, versions
from bot.stages.house import House

CONFIG = Path("tfperf.yml")
HOME = Path(".tfperf")
PUBLISH_SECONDS = 300.0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tfperf")
def cli() -> None:
    """Compare TensorFlow releases: what got slower, bigger, or computes something else."""


@cli.command()
@click.argument("versions", nargs=-1, metavar="[BASELINE [CANDIDATE...]]")
@click.option("--config", type=click.Path(path_type=Path), help="Instead of ./tfperf.yml.")
@click.option("--run-dir", type=click.Path(path_type=Path), help="Where the run goes.")
@click.option("--json", "as_json", is_flag=True, help="Print report.json on standard output.")
@click.option("--verbose", is_flag=True, help="Say where the time went, and what disturbed.")
@run_options
def compare(
    versions: tuple[str, ...],
    config: Path | None,
    run_dir: Path | None,
    as_json: bool,
    verbose: bool,
    **options: Any,  # noqa: ANN401  # click hands over one per option above
) -> None:
    """Install the releases, measure them interleaved, and say what changed.

    The first version is the baseline, of a range (2.9..2.21) its first. Without versions, those of
    tfperf.yml are compared.
    """
    loaded, base = _load(config, {**options, **named_versions(versions)})
    folder = new_run_folder(run_dir or _new_run())
    report = _start(loaded, folder, base=base)
    _finish(report, folder, as_json=as_json, is_verbose=verbose)


def _new_run() -> Path:
    return HOME / "runs" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"


def _start(config: Config, folder: RunFolder, *, base: Path) -> Report:
    with _resumable(folder), progress_for(sys.stderr, is_watched=_is_watched()) as progress:
        house = House(home=HOME, environ=os.environ, progress=progress)
        return pipeline.start(config, folder, house, base=base, command=_typed(sys.argv[1:]))


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print report.json on standard output.")
@click.option("--verbose", is_flag=True, help="Say where the time went, and what disturbed.")
def resume(run: Path, as_json: bool, verbose: bool) -> None:
    """Finish an interrupted run; every block measured before stays in it."""
    folder = RunFolder(run)
    with _resumable(folder), progress_for(sys.stderr, is_watched=_is_watched()) as progress:
        house = House(home=HOME, environ=os.environ, progress=progress)
        report = pipeline.resume(folder, house)
    _finish(report, folder, as_json=as_json, is_verbose=verbose)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print report.json on standard output.")
@click.option("--verbose", is_flag=True, help="Say where the time went, and what disturbed.")
def report(run: Path, as_json: bool, verbose: bool) -> None:
    """Render the report of a run again: comment.md and summary.md."""
    folder = RunFolder(run)
    concluded = folder.read_report()
    render(concluded, folder)
    _finish(concluded, folder, as_json=as_json, is_verbose=verbose)


@cli.command(name="publish")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--key", default="default", help="Tells several comments on one pull request apart.")
def publish_command(run: Path, key: str) -> None:
    """Write the report of a run as the sticky comment of its pull request.

    Reads GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_EVENT_PATH, as GitHub Actions set them.
    """
    body = render_comment(RunFolder(run).read_report(), key=key)
    published = publish(body, key=key, environ=os.environ, deadline_seconds=PUBLISH_SECONDS)
    click.echo(f"comment {published.action}: {published.url}", err=True)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print all facts on standard output.")
@click.option("--versions", "only_versions", is_flag=True, help="Which releases can be had here.")
def doctor(as_json: bool, only_versions: bool) -> NoReturn:
    """Say what this machine can measure, and what would help; takes about 10 seconds."""
    if only_versions:
        _doctor_versions(as_json=as_json)
    with progress_for(sys.stderr, is_watched=False) as progress:
        checkup = examine(House(home=HOME, environ=os.environ, progress=progress))
    diagnosis = diagnose(checkup)
    if as_json:
        click.echo(json.dumps(to_json(checkup, diagnosis), indent=1))
    else:
        Console().print(doctor_screen(diagnosis))
    raise SystemExit(diagnosis.exit_code)


def _doctor_versions(*, as_json: bool) -> NoReturn:
    with progress_for(sys.stderr, is_watched=False) as progress:
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
        loaded, base = _load(config, {**options, "baseline": release})
        folder = new_run_folder(run_dir or _new_run())
        _start(all_alike(loaded, candidates=candidates), folder, base=base)
    else:
        folder = RunFolder(run)
    calibration = calibrate(folder)
    click.echo("\n".join(calibration_lines(calibration)), err=True)
    text = folder.calibration.read_text(encoding="utf-8")
    click.echo(text if as_json else str(folder.path))
    if calibration.exit_code == ExitCode.INTERRUPTED:
        click.echo(f"{_interrupted(folder)}, then: tfperf calibrate --from {folder.path}", err=True)
    raise SystemExit(calibration.exit_code)


def _typed(arguments: list[str]) -> list[str]:
    """What was typed, without what belongs to this run alone: the folder and the form."""
    kept: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--run-dir":
            next(rest, None)
        elif argument != "--json" and not argument.startswith("--run-dir="):
            kept.append(argument)
    return ["tfperf", *kept]


def _load(path: Path | None, options: dict[str, Any]) -> tuple[Config, Path]:
    """Read the configuration; return it with the folder its paths are relative to."""
    chosen = path or CONFIG
    try:
        text = chosen.read_text(encoding="utf-8")
    except FileNotFoundError:
        if path is not None:
            raise BadConfiguration("there is no such file", where=str(path)) from None
        text = None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"cannot read it: {error}", where=str(chosen)) from error
    knobs = (knob.partition("=") for knob in options.pop("knob"))
    given = {name: value for name, value in options.items() if value not in (None, ())}
    overrides = {name.replace("_", "-"): value for name, value in given.items()}
    overrides |= {f"knobs.{name}": value for name, _, value in knobs}
    loaded = load(text, source=str(chosen), environ=os.environ, overrides=overrides)
    return loaded, chosen.parent


def _is_watched() -> bool:
    """Whether a person looks at standard error; FORCE_COLOR does not make a log a terminal."""
    return sys.stderr.isatty() and not os.environ.get("CI")


@contextmanager
def _resumable(folder: RunFolder) -> Iterator[None]:
    """Tell who interrupts a run how to go on with it."""
    try:
        yield
    except KeyboardInterrupt:
        if not folder.plan.exists():
            raise
        click.echo(_interrupted(folder), err=True)
        raise SystemExit(ExitCode.INTERRUPTED) from None


def _interrupted(folder: RunFolder) -> str:
    return f"interrupted; finish it with: tfperf resume {folder.path}"


def _finish(
    report: Report, folder: RunFolder, *, as_json: bool, is_verbose: bool = False
) -> NoReturn:
    """Say the result and leave with its exit code."""
    if is_verbose:
        click.echo("\n".join(verbose_lines(report)), err=True)
    if _is_watched():
        Console(stderr=True).print(final_table(report))
    else:
        click.echo("\n".join(plain_lines(report)), err=True)
    click.echo(f"report: {folder.report}", err=True)
    click.echo(folder.report.read_text(encoding="utf-8") if as_json else str(folder.path))
    if report.run.stopped_by == "interrupted":
        click.echo(_interrupted(folder), err=True)
    raise SystemExit(report.exit_code)


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
    raise SystemExit(code)
