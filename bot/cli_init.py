"""Owns the command that sets a repository up, and what it says to do next."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from bot.core.init_files import COMPARE, CONFIGURATION, PUBLISH
from bot.stages.init import Init
from bot.stages.init import init as set_up

WORDS = {
    "written": "written",
    "unchanged": "is there already, and is the same",
    "kept": "is there already, and was left as it is",
}


@click.command()
@click.option(
    "--action", metavar="OWNER/REPO@COMMIT", help="Where the workflows take the action from."
)
def init(action: str | None) -> None:
    """Write tfperf.yml and the two workflows for pull requests; nothing is ever replaced."""
    done = set_up(Path(), os.environ, action=action)
    for path, what in done.done.items():
        click.echo(f"{path}: {WORDS[what]}", err=True)
    for line in _next(done):
        click.echo(line, err=True)


def _next(done: Init) -> Iterator[str]:
    if all(what == "unchanged" for what in done.done.values()) and not done.to_fill:
        return
    yield "next:"
    steps = list(_steps(done))
    for number, step in enumerate(steps, start=1):
        yield f"  {number}. {step}"


def _steps(done: Init) -> Iterator[str]:
    if done.to_fill:
        yield (
            f"replace OWNER/tf-perf-bot and COMMIT in {' and '.join(done.to_fill)} by where you "
            "have this tool from; or remove the files and run this again with --action"
        )
    elif not done.is_pinned:
        yield f"replace the name in {done.action} by the full hash of a commit: names move"
    for path in (COMPARE, PUBLISH):
        if done.done[path] == "kept":
            yield (
                f"compare your {path} with what docs/action.md says: it is not what this version "
                "writes, and the two workflows find each other by the name `tfperf`"
            )
    if done.done[CONFIGURATION] != "kept":
        yield f"read {CONFIGURATION}, and try it here: tfperf compare"
    yield (
        "commit both workflow files to the default branch first: GitHub writes comments and obeys "
        "commands from there only"
    )
    yield (
        "in the settings of the repository, Actions, General: let pull requests from forks wait "
        "for approval; they are measured with a token that can only read, and without secrets"
    )
    yield "open a pull request, and write /tfperf help into a comment"
    yield (
        "to block on the result, require both checks in the rules of the branch: "
        "`Compare TensorFlow releases / Verdict of tfperf` and `tfperf`"
    )
