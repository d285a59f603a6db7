"""Owns the command of the gate: where code of a pull request may be measured."""

import json
import os
from pathlib import Path

import click

from bot.core.config import load
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

    Prints and writes the labels, the environment that has to approve, and the commit asked for.
    """
    chosen = config or CONFIG
    text = chosen.read_text(encoding="utf-8") if chosen.is_file() else None
    loaded = load(text, source=str(chosen), environ={}, overrides={})
    decision = json.dumps(decide_here(loaded, os.environ, request=request).to_json())
    output.write_text(decision + "\n", encoding="utf-8")
    click.echo(decision)
