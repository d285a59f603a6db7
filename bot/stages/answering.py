"""Owns the answer to a command: the flow at GitHub, the words, and the newest report meet here."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.core.asked import Suspects, Unreadable, suspects
from bot.core.strict_report import parse_report
from bot.errors import CannotPublish
from bot.publish.answering import answer
from bot.publish.archive import read_report
from bot.publish.artifact import BadArtifact, NoArtifact, fetch_archive
from bot.publish.commands_api import AskedPull, CommandsApi, Run
from bot.publish.context import MeasuringRun
from bot.publish.github import Pace
from bot.publish.marker import check_key
from bot.publish.session import PATIENT, Session
from bot.publish.starting import WORKFLOW
from bot.render.answers import answer_text

MOST_RUNS = 5
"""How many runs of a commit are looked at for a report: those that were cancelled left none."""


def answer_comment(
    environ: Mapping[str, str],
    *,
    log: Callable[[str], None],
    key: str = "default",
    forks: bool = False,
    deadline_seconds: float = 120.0,
    pace: Pace = PATIENT,
) -> None:
    """Answer the comment of an `issue_comment` event; `log` takes what was done, line by line.

    `key` says whose report is confirmed, where a pull request has several comments; `forks`
    allows to measure what comes from forks, where it may write the default branch's caches.
    """
    check_key(key)
    answer(
        environ,
        write=answer_text,
        find_suspects=lambda session, pull: newest_suspects(session, pull, key=key),
        log=log,
        forks=forks,
        deadline_seconds=deadline_seconds,
        pace=pace,
    )


def newest_suspects(session: Session, pull: AskedPull, *, key: str) -> Suspects | Unreadable | None:
    """Read the newest report about the head of a pull request; None without an alarm or report.

    One that is refused is not passed over: an older one would be taken for the newest.
    """
    api = CommandsApi(
        requester=session.api.requester,
        repository=session.api.repository,
        deadline=session.deadline,
    )
    for run in api.runs_of(WORKFLOW, pull)[:MOST_RUNS]:
        its = replace(session, context=replace(session.context, measured=_measured(run, pull)))
        try:
            archive = fetch_archive(its, key)
        except NoArtifact:
            continue
        except BadArtifact as error:
            return Unreadable(why=error.what)
        return _suspects_in(archive)
    return None


def _suspects_in(archive: bytes) -> Suspects | Unreadable | None:
    try:
        report = parse_report(read_report(archive))
    except CannotPublish as error:
        return Unreadable(why=error.what)
    return suspects(report)


def _measured(run: Run, pull: AskedPull) -> MeasuringRun:
    return MeasuringRun(
        id=run.id,
        number=run.run_number,
        attempt=run.run_attempt,
        url=run.html_url,
        commit=pull.head.sha,
        is_this=False,
        began=run.run_started_at,
    )
