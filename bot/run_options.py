"""Owns the options of the commands that carry out a run: one for each key of `tfperf.yml`."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


_OPTIONS: list[Callable[[Any], Any]] = [
    click.option("-w", "--workloads", multiple=True, metavar="GLOB", help="Which cases."),
    click.option("--tags", multiple=True, metavar="TAG", help="Only cases with such a tag."),
    click.option(
        "--paths",
        multiple=True,
        type=click.Path(resolve_path=True),
        help="Your own workloads.",
    ),
    click.option("--budget", metavar="TIME", help="Time for measuring, such as 10m."),
    click.option("--metrics", multiple=True, metavar="METRIC", help="What is judged."),
    click.option("--timeout", metavar="TIME", help="For one import, build or call."),
    click.option("--threshold", metavar="PERCENT", help="A change worth telling."),
    click.option("--alpha", metavar="NUMBER", help="Chance of any false alarm, all cells."),
    click.option("--dependencies", metavar="MODE", help="release-date, newest or project."),
    click.option(
        "--subject",
        type=click.Path(resolve_path=True),
        metavar="FOLDER",
        help="Your own project, installed at both sides of a pull request.",
    ),
    click.option(
        "--base-ref",
        "base",
        metavar="REF",
        help="What HEAD is compared with: a branch, a commit.",
    ),
    click.option("--python", metavar="X.Y", help="The Python of every environment."),
    click.option("--device", metavar="DEVICE", help="cpu or gpu."),
    click.option("--threads", metavar="N", help="Threads per operation, or all."),
    click.option("--isolation", metavar="MODE", help="auto, fork or process."),
    click.option(
        "--isolate/--no-isolate",
        default=None,
        help="Versions run a case one after the other, not in turns.",
    ),
    click.option("--fail-on", multiple=True, metavar="KIND", help="What exits with 1."),
    click.option("--most-blocks", metavar="N", help="Give up on a cell after so many."),
    click.option(
        "--knob", multiple=True, metavar="NAME=VALUE", help="A variable for every worker."
    ),
    click.option(
        "--confirm/--no-confirm",
        default=None,
        help="Alarms are to be measured again (tfperf confirm).",
    ),
    click.option("--seed", metavar="N", help="Of every random order."),
]


def run_options(command: Command) -> Command:
    """Add the options that stand for keys of tfperf.yml; the command line wins."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
