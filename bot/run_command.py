"""Owns what the commands that carry out a run share: what is read first, what is said last."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from bot.core.config import Config, load
from bot.core.report import Report
from bot.errors import BadConfiguration, ExitCode
from bot.progress import progress_for
from bot.render.terminal import final_table, plain_lines
from bot.render.verbose import verbose_lines
from bot.run_folder import RunFolder
from bot.stages.house import House

CONFIG = Path("tfperf.yml")
HOME = Path(".tfperf")


def new_run() -> Path:
    """Name the folder of a new run."""
    return HOME / "runs" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"


@contextmanager
def house() -> Iterator[House]:
    """Give what every stage needs, and tell a person what goes on."""
    with progress_for(sys.stderr, is_watched=is_watched()) as progress:
        yield House(home=HOME, environ=os.environ, progress=progress)


def typed(arguments: list[str]) -> list[str]:
    """What was typed, without what belongs to this run alone: the folder and the form."""
    kept: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--run-dir":
            next(rest, None)
        elif argument != "--json" and not argument.startswith("--run-dir="):
            kept.append(argument)
    return ["tfperf", *kept]


def read_configuration(path: Path | None, options: dict[str, Any]) -> tuple[Config, Path]:
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


def is_watched() -> bool:
    """Whether a person looks at standard error; FORCE_COLOR does not make a log a terminal."""
    return sys.stderr.isatty() and not os.environ.get("CI")


@contextmanager
def resumable(folder: RunFolder) -> Iterator[None]:
    """Tell who interrupts a run how to go on with it."""
    try:
        yield
    except KeyboardInterrupt:
        if not folder.plan.exists():
            raise
        click.echo(interrupted(folder), err=True)
        raise SystemExit(ExitCode.INTERRUPTED) from None


def interrupted(folder: RunFolder) -> str:
    """Say how an interrupted run is finished."""
    return f"interrupted; finish it with: {folder.way_on}"


def finish(
    report: Report, folder: RunFolder, *, as_json: bool, is_verbose: bool = False
) -> NoReturn:
    """Say the result and leave with its exit code."""
    if is_verbose:
        click.echo("\n".join(verbose_lines(report)), err=True)
    if is_watched():
        Console(stderr=True).print(final_table(report))
    else:
        click.echo("\n".join(plain_lines(report)), err=True)
    click.echo(f"report: {folder.report}", err=True)
    click.echo(folder.report.read_text(encoding="utf-8") if as_json else str(folder.path))
    if report.run.stopped_by == "interrupted":
        click.echo(interrupted(folder), err=True)
    raise SystemExit(report.exit_code)
