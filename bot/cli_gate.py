"""Owns the command of the gate: where code of a pull request may be measured."""

import json
import os
from pathlib import Path

import click

from bot.run_command import CONFIG
from bot.stages.gating import gate as decide_here


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="Instead of ./tfperf.yml.")
@click.option("--request", help="Name of a run that a comment asked for.")
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, help="Where the answer goes."
)
def gate(config: Path | None, request: str | None, output: Path) -> None:
    """Decide on which runner a pull request is measured; runs in a checkout of its base.

    Prints and writes the labels, the environment that has to approve, and the two commits that
    were asked for. Where somebody has to approve, GitHub is asked whether it is so: this reads
    GITHUB_TOKEN, which needs no more than `actions: read`.
    """
    decided = decide_here(config or CONFIG, os.environ, request=request)
    decision = json.dumps(decided.to_json())
    output.write_text(decision + "\n", encoding="utf-8")
    click.echo(decision)
