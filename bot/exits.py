"""Owns how an error ends the command line: its exit code, and what is said."""

import traceback

import click

from bot import __version__
from bot.errors import DISK_FULL, ExitCode, TfperfError


def exit_code(error: BaseException) -> ExitCode:
    """Return the exit code of what ended the command line."""
    match error:
        case TfperfError():
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            return ExitCode.INTERRUPTED
        case click.ClickException():
            return ExitCode.USAGE
        case OSError(errno=number) if number in DISK_FULL:
            return ExitCode.PARTLY_MEASURED
        case _:
            return ExitCode.BUG


def explain(error: BaseException) -> None:
    """Say on standard error what ended the command line."""
    match error:
        case click.Abort() | KeyboardInterrupt():
            click.echo("interrupted", err=True)
        case click.ClickException():
            error.show()
        case TfperfError():
            click.echo(f"error: {error}", err=True)
        case OSError(errno=number) if number in DISK_FULL:
            click.echo(f"error: {error.strerror}: what is printed cannot be written", err=True)
        case _:
            traceback.print_exception(error)
            click.echo(f"this is a bug in tfperf {__version__}; nothing measured is lost", err=True)
