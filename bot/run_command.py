"""Owns what the commands that carry out a run share: what is read first, what is said last."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from bot.core.config import Config, load
from bot.core.report import Report
from bot.errors import BadConfiguration, ExitCode
from bot.progress import progress_for
from bot.render import words
from bot.render.terminal import final_table, styled_lines
from bot.render.verbose import verbose_lines
from bot.result_form import FLAGS, Form, result
from bot.run_folder import RunFolder
from bot.screen import Screen
from bot.stages.house import House

CONFIG = Path("tfperf.yml")
HOME = Path(".tfperf")


def new_run() -> Path:
    """Name the folder of a new run."""
    return HOME / "runs" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"


@contextmanager
def house() -> Iterator[House]:
    """Give what every stage needs, and tell a person what goes on."""
    here = screen()
    console = here.console() if here.can_redraw else None
    with progress_for(sys.stderr, picture_on=console) as progress:
        yield House(home=HOME, environ=os.environ, progress=progress)


def typed(arguments: list[str]) -> list[str]:
    """What was typed, without what belongs to this run alone: the folder and the form."""
    kept: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--run-dir":
            next(rest, None)
        elif argument not in FLAGS and not argument.startswith("--run-dir="):
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


def screen() -> Screen:
    """Look at standard error as it is now."""
    return Screen(sys.stderr, os.environ)


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


def finish(report: Report, folder: RunFolder, *, form: Form, is_verbose: bool = False) -> NoReturn:
    """Say the result and leave with its exit code."""
    if is_verbose:
        click.echo("\n".join(verbose_lines(report)), err=True)
    if folder.not_drawn.exists():
        click.echo(folder.not_drawn.read_text(encoding="utf-8").rstrip(), err=True)
    click.echo(_shown(report, folder), err=True, color=screen().has_colours)
    click.echo(result(folder, form))
    if report.run.stopped_by == "interrupted":
        click.echo(interrupted(folder), err=True)
    raise SystemExit(report.exit_code)


def _shown(report: Report, folder: RunFolder) -> str:
    """Draw the result for who looks at it, or write it line by line."""
    here = screen()
    page = str(folder.page) if folder.page.exists() else None
    files = words.files(str(folder.report), page)
    if here.is_watched:
        return here.drawn(final_table(report, files))
    return here.drawn(*styled_lines(report, files), is_cut=False)
