"""Owns reading the action's inputs: from the step's environment, and never as an option."""

import re
from collections.abc import Mapping
from pathlib import Path

from bot.errors import BadConfiguration


def text(environ: Mapping[str, str], name: str) -> str:
    """Return an input without the blanks around it; empty when it was not given."""
    value = environ.get(f"INPUT_{name.upper().replace('-', '_')}", "")
    return _checked(name, value.strip())


def words(environ: Mapping[str, str], name: str) -> list[str]:
    """Return the parts of an input, separated by blanks, commas or new lines."""
    return [_checked(name, word) for word in re.split(r"[\s,]+", text(environ, name)) if word]


def needed(environ: Mapping[str, str], name: str) -> str:
    """Return an input that the mode cannot do without."""
    if value := text(environ, name):
        return value
    raise BadConfiguration(
        f"the input `{name}` is missing",
        where=f"input `{name}` of the action",
        cause=f"mode `{text(environ, 'mode')}` needs it",
        next_step="give it, as docs/action.md shows",
    )


def path(environ: Mapping[str, str], name: str, default: str) -> Path:
    """Return the path an input names, else a place in the runner's temporary folder."""
    temporary = Path(environ.get("RUNNER_TEMP", "."))
    return Path(text(environ, name) or temporary / default).absolute()


def one_of(environ: Mapping[str, str], name: str, valid: tuple[str, ...]) -> str:
    """Return an input that is one of a few words, or empty."""
    value = text(environ, name)
    if value and value not in valid:
        raise BadConfiguration(
            f"{value!r} is none of {', '.join(valid)}",
            where=f"input `{name}` of the action",
            next_step=f"give {' or '.join(valid)}, or leave it out",
        )
    return value


def _checked(name: str, value: str) -> str:
    if value.startswith("-"):
        raise BadConfiguration(
            f"{value!r} looks like an option of the command line",
            where=f"input `{name}` of the action",
            cause="values of inputs never start with a dash",
            next_step="use the action's own inputs instead",
        )
    return value
