"""Owns the command line: options in, exit codes out; everything else is elsewhere."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console

from bot import __version__, pipeline
from bot.core.config import Config, load
from bot.core.report import Report
from bot.errors import BadConfiguration, ExitCode, TfperfError
from bot.progress import progress_for
from bot.publish.publish import publish
from bot.render.comment import render_comment
from bot.render.terminal import final_table, plain_lines
from bot.run_folder import RunFolder, new_run_folder
from bot.stages.concluding import render
from bot.stages.house import House

Command = TypeVar("Command", bound=Callable[..., Any])

CONFIG = Path("tfperf.yml")
HOME = Path(".tfperf")
PUBLISH_SECONDS = 300.0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tfperf")
def cli() -> None:
    """Compare TensorFlow releases: what got slower, bigger, or computes something else."""


def _run_options(command: Command) -> Command:
    """Add the options that stand for keys of tfperf.yml; the command line wins."""
    options = [
        click.option("-w", "--workloads", multiple=True, metavar="GLOB", help="Which cases."),
        click.option("--tags", multiple=True, metavar="TAG", help="Only cases with such a tag."),
        click.option(
            "--paths",
            multiple=True,
            type=click.Path(resolve_path=True),
            help="Your own workloads.",
        ),
        click.option("--budget", metavar="TIME", help="Time for measuring, such as 10m."),
        click.option("--timeout", metavar="TIME", help="For one import, build or call."),
        click.option("--threshold", metavar="PERCENT", help="A change worth telling."),
        click.option("--alpha", metavar="NUMBER", help="Chance of any false alarm, all cells."),
        click.option("--dependencies", metavar="MODE", help="release-date or newest."),
        click.option("--python", metavar="X.Y", help="The Python of every environment."),
        click.option("--device", metavar="DEVICE", help="cpu or gpu."),
        click.option("--threads", metavar="N", help="Threads per operation, or all."),
        click.option("--isolation", metavar="MODE", help="fork or process per case."),
        click.option("--fail-on", multiple=True, metavar="KIND", help="What exits with 1."),
        click.option("--most-blocks", metavar="N", help="Give up on a cell after so many."),
        click.option(
            "--knob", multiple=True, metavar="NAME=VALUE", help="A variable for every worker."
        ),
        click.option("--seed", metavar="N", help="Of every random order."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@cli.command()
@click.argument("versions", nargs=-1, metavar="[BASELINE [CANDIDATE...]]")
@click.option("--config", type=click.Path(path_type=Path), help="Instead of ./tfperf.yml.")
@click.option("--run-dir", type=click.Path(path_type=Path), help="Where the run goes.")
@click.option("--json", "as_json", is_flag=True, help="Print report.json on standard output.")
@_run_options
def compare(
    versions: tuple[str, ...],
    config: Path | None,
    run_dir: Path | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401  # click hands over one per option above
) -> None:
    """Install the releases, measure them interleaved, and say what changed.

    The first version is the baseline. Without versions, those of tfperf.yml are compared.
    """
    loaded, base = _load(config, {**options, **_versions(versions)})
    folder = new_run_folder(run_dir or HOME / "runs" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}")
    with progress_for(sys.stderr, is_watched=_is_watched()) as progress:
        house = House(home=HOME, environ=os.environ, progress=progress)
        typed = _typed(sys.argv[1:])
        report = pipeline.start(loaded, folder, house, base=base, command=typed)
    _finish(report, folder, as_json=as_json)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print report.json on standard output.")
def resume(run: Path, as_json: bool) -> None:
    """Finish an interrupted run; every block measured before stays in it."""
    folder = RunFolder(run)
    with progress_for(sys.stderr, is_watched=_is_watched()) as progress:
        house = House(home=HOME, environ=os.environ, progress=progress)
        report = pipeline.resume(folder, house)
    _finish(report, folder, as_json=as_json)


@cli.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print report.json on standard output.")
def report(run: Path, as_json: bool) -> None:
    """Render the report of a run again: comment.md and summary.md."""
    folder = RunFolder(run)
    concluded = folder.read_report()
    render(concluded, folder)
    _finish(concluded, folder, as_json=as_json)


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


def _versions(versions: tuple[str, ...]) -> dict[str, object]:
    if len(versions) == 1:
        raise BadConfiguration(
            f"only {versions[0]} is named; there is nothing to compare it with",
            where="command line",
            next_step=f"name the baseline first: tfperf compare BASELINE {versions[0]}",
        )
    return {"baseline": versions[0], "versions": versions[1:]} if versions else {}


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


def _finish(report: Report, folder: RunFolder, *, as_json: bool) -> NoReturn:
    """Say the result and leave with its exit code."""
    if _is_watched():
        Console(stderr=True).print(final_table(report))
    else:
        click.echo("\n".join(plain_lines(report)), err=True)
    click.echo(f"report: {folder.report}", err=True)
    click.echo(folder.report.read_text(encoding="utf-8") if as_json else str(folder.path))
    if report.run.stopped_by == "interrupted":
        click.echo(f"interrupted; finish it with: tfperf resume {folder.path}", err=True)
    raise SystemExit(report.exit_code)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main() -> NoReturn:
    """Run the command line; every way to end has its exit code."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        cli.main(standalone_mode=False)
    except TfperfError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(ExitCode.USAGE) from None
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        raise SystemExit(ExitCode.INTERRUPTED) from None
    except Exception:  # noqa: BLE001  # the one frame that turns a bug into its exit code
        traceback.print_exc()
        click.echo(f"this is a bug in tfperf {__version__}; nothing measured is lost", err=True)
        raise SystemExit(ExitCode.BUG) from None
    raise SystemExit(ExitCode.NOTHING_TO_ACT_ON)
