"""Owns how an error ends the command line: its exit code, and what is said."""

import os
import sys
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


def let_go() -> None:
    """Drop what standard output and error could not write, whoever was told of it before.

    Python would try again on its way out, and end with 120 instead of our exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
