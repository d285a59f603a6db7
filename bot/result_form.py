"""Owns what a command prints on standard output: the run's folder, its report or its comment."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

import click

from bot.run_folder import RunFolder

Form = Literal["folder", "json", "markdown"]
FLAGS = ("--json", "--markdown")
_MARKER = "<!-- tfperf:"
"""What the hidden line of a comment begins with: GitHub's business, and nobody's to read."""


def form_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its options for the form, and the chosen one as `form`."""

    @click.option("--json", "as_json", is_flag=True, help="Print report.json on standard output.")
    @click.option("--markdown", "as_markdown", is_flag=True, help="Print the comment there.")
    @wraps(command)
    def with_form(*arguments: Any, as_json: bool, as_markdown: bool, **options: Any) -> Any:  # noqa: ANN401  # whatever the command takes
        if as_json and as_markdown:
            raise click.UsageError("--json and --markdown both take standard output: choose one")
        form: Form = "json" if as_json else "markdown" if as_markdown else "folder"
        return command(*arguments, form=form, **options)

    return with_form


def result(folder: RunFolder, form: Form) -> str:
    """Read what is to be printed."""
    match form:
        case "json":
            return folder.report.read_text(encoding="utf-8")
        case "markdown":
            return _without_marker(folder.comment.read_text(encoding="utf-8"))
        case "folder":
            return str(folder.path)


def _without_marker(comment: str) -> str:
    first, _, rest = comment.partition("\n")
    return rest if first.startswith(_MARKER) else comment
