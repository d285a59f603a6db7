"""Owns the commands that talk with GitHub."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.core.review import CONFIG
from bot.run_folder import RunFolder
from bot.stages.answering import answer_comment
from bot.stages.publishing import publish_report
from bot.stages.reviewing import Pages

ANSWER_SECONDS = 300.0
PUBLISH_SECONDS = 300.0


@click.command()
@click.argument("run", type=click.Path(path_type=Path), required=False)
@click.option("--key", default="default", help="Tells several comments on one pull request apart.")
@click.option(
    "--config",
    default=CONFIG,
    show_default=True,
    help="The base branch's configuration, whose rule counts: its path in the repository.",
)
@click.option(
    "--run-dir", type=click.Path(path_type=Path), help="Where what was published is kept."
)
def publish(run: Path | None, key: str, config: str, run_dir: Path | None) -> None:
    """Write a report as the sticky comment and the check of its pull request.

    The report is the one in the folder RUN; without it, that of the run which the `workflow_run`
    event is about, from its artifact. It is decided again by the base branch's configuration.

    Reads GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_EVENT_PATH, as GitHub Actions set them.
    """

    def keep(pages: Pages) -> None:
        if run_dir is not None:
            folder = RunFolder(run_dir)
            folder.write(folder.report, pages.report)
            folder.write(folder.comment, pages.comment)
            folder.write(folder.summary, pages.summary)

    publish_report(
        os.environ,
        key=key,
        run=run,
        keep=keep,
        log=_log,
        today=datetime.now(UTC).date(),
        config_path=config,
        deadline_seconds=PUBLISH_SECONDS,
    )


@click.command()
@click.option("--key", default="default", help="Whose report `confirm` measures again.")
@click.option(
    "--forks",
    is_flag=True,
    help="Measure what comes from forks, too: it may write the caches of the default branch.",
)
def answer(key: str, *, forks: bool) -> None:
    """Do what a comment on a pull request asks for, such as `/tfperf run`, and answer it.

    Reads GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_EVENT_PATH of an `issue_comment` event, as
    GitHub Actions set them.
    """
    answer_comment(os.environ, log=_log, key=key, forks=forks, deadline_seconds=ANSWER_SECONDS)


def _log(line: str) -> None:
    click.echo(line, err=True)


COMMANDS = (answer, publish)
