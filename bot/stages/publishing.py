"""Owns publishing from end to end: a report that anybody may have written becomes page and check.

The report is parsed strictly, decided again by the base branch's rule, and only then rendered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final, NoReturn

from bot.core.check import CheckText, waits_for_confirmation
from bot.core.report import Report
from bot.core.review import CONFIG
from bot.core.strict_report import parse_report
from bot.core.waiver import Waiver
from bot.errors import BadConfiguration, BadRunFolder, CannotPublish, TfperfError
from bot.publish.archive import MOST_EXPANDED, read_report
from bot.publish.artifact import NoArtifact, fetch_archive
from bot.publish.check import Check, check_name
from bot.publish.comment import Published, StickyComment
from bot.publish.context import NothingToPublish
from bot.publish.github import Pace
from bot.publish.look import Look, Looking
from bot.publish.marker import check_key
from bot.publish.pull import find_pull
from bot.publish.session import PATIENT, Forbidden, Session, open_session
from bot.publish.templates import appearance_of_base
from bot.publish.trouble import READING_FILES
from bot.publish.waivers import acknowledgements_of
from bot.render import check_words
from bot.render.check import (
    render_failed_check,
    without_comment,
    without_verdict,
)
from bot.stages.reviewing import Pages, Reviewing

UNAPPROVED: Final = "action_required"
"""How a run "ends" that GitHub does not start before somebody approves; so does its check."""

FOR_NOTHING = {
    "cancelled": "the run was cancelled",
    "skipped": "the run was skipped",
    UNAPPROVED: "the run waits for approval",
}
"""How a run ends that nobody expects a report of."""

Keep = Callable[[Pages], None]
Log = Callable[[str], None]


def publish_report(
    environ: Mapping[str, str],
    *,
    key: str,
    run: Path | None,
    keep: Keep,
    log: Log,
    today: date,
    config_path: str = CONFIG,
    deadline_seconds: float = 300.0,
    pace: Pace = PATIENT,
) -> None:
    """Publish the report of a run, or raise CannotPublish: the verdict stands all the same.

    Where nobody waits for a report (no pull request, one that has moved on), that is logged.

    `run` is the folder it lies in; without one it comes from the artifact of the run that the
    `workflow_run` event is about, and a run that only begins gets its check run opened. `keep` is
    handed the pages before anything is written to GitHub, `log` what was done, line by line.
    `config_path` is that of the configuration, relative to the repository.
    """
    check_key(key)
    path = _checked(config_path)
    data = _read(run / "report.json") if run is not None else None
    try:
        with open_session(environ, deadline_seconds=deadline_seconds, pace=pace) as session:
            publishing = Publishing(
                session=session, key=key, keep=keep, log=log, today=today, config_path=path
            )
            if session.context.measured.is_over:
                publishing.complete(data)
            else:
                publishing.begin()
    except NothingToPublish as nothing:
        where = f" ({nothing.where})" if nothing.where else ""
        log(f"nothing to publish: {nothing.what}{where}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Publishing:
    """One report on its way."""

    session: Session
    key: str
    keep: Keep
    log: Log
    today: date
    config_path: str

    def begin(self) -> None:
        """Show that it is being measured; where that is forbidden, nothing is missing yet."""
        commit = self.session.context.measured.commit
        if commit is None:
            return
        try:
            Check(session=self.session, name=self._check_name, commit=commit).open()
        except Forbidden as error:
            self.log(f"no check run was opened: {error}")
        else:
            self.log("the check run is open")

    def complete(self, data: bytes | None) -> None:
        """Publish what was measured; whatever happens, no check run stays open."""
        try:
            report = parse_report(self._fetched() if data is None else data)
            look, pages = self._pages(report)
            self.keep(pages)
        except TfperfError as error:
            self._give_up(error)
        except Exception:
            bug = TfperfError("publishing failed; this is a bug, see its log")
            self._close(render_failed_check(bug))
            raise
        if self._is_cut_short(pages.report):
            self._finish(without_verdict(pages.check, check_words.UNCONFIRMED), look)
            self.log("no comment: the run was cancelled before its alarms were measured again")
            return
        self._write(pages, look)

    def _write(self, pages: Pages, look: Look) -> None:
        """Close the check run, and write the comment.

        The verdict comes first: whatever becomes of the comment, the check does not stay open.
        """
        sticky = StickyComment(
            looking=Looking(api=self.session.api, pull=look.number),
            body=pages.comment,
            author=self.session.context.author,
            seen=look.comments,
        )
        is_late = sticky.is_late
        check = without_verdict(pages.check, check_words.LATE) if is_late else pages.check
        unclosed = self._close(check, look, only_open=is_late, is_last=False)
        try:
            published = self.session.persist(sticky.converge)
        except CannotPublish as error:
            self._close(without_comment(check, error))
            raise
        self._tell(published)
        if published.action == "stale" and not is_late:
            self._finish(without_verdict(pages.check, check_words.LATE))
        elif unclosed is not None:
            self._finish(check, only_open=is_late)

    def _fetched(self) -> bytes:
        if self.session.context.measured.is_this:
            raise CannotPublish(
                "there is no report to publish",
                where=f"event {self.session.context.event}",
                cause="without a folder, the report is that of the run a `workflow_run` event is "
                "about",
                next_step="name the folder of the run: tfperf publish RUN",
            )
        return read_report(fetch_archive(self.session, self.key))

    def _pages(self, report: Report) -> tuple[Look, Pages]:
        pull = self.session.persist(
            lambda: find_pull(self.session.api, self.session.context.target)
        )
        commit = self.session.context.measured.commit or pull.head.sha
        looking = Looking(api=self.session.api, pull=pull.number)
        look = self.session.persist(
            lambda: looking.look(
                config_path=self.config_path, commit=commit, check_name=self._check_name
            )
        )
        reviewing = Reviewing(
            measured=self.session.context.measured,
            commit=commit,
            author=self.session.context.author,
            key=self.key,
            config_path=self.config_path,
            today=self.today,
        )
        appearance = self.session.persist(
            lambda: appearance_of_base(looking, look.base_config, self.config_path)
        )
        return look, reviewing.pages(report, look, self._acknowledgements(look), appearance)

    def _acknowledgements(self, look: Look) -> list[Waiver]:
        comments = [seen.comment for seen in look.comments]
        return self.session.persist(
            lambda: acknowledgements_of(self.session.api, comments), permission=READING_FILES
        )

    @property
    def _check_name(self) -> str:
        return check_name(self.key, self.session.context.measured.verb)

    def _is_cut_short(self, report: Report) -> bool:
        """Whether the run was cancelled while alarms waited for their second measurement."""
        is_cancelled = self.session.context.measured.conclusion == "cancelled"
        return is_cancelled and waits_for_confirmation(report)

    def _give_up(self, error: TfperfError) -> NoReturn:
        """Close the check run, and say why there is nothing.

        Where nobody waits for a report, a check run that has its verdict keeps it.
        """
        reason = self._owed(error)
        is_nothing = isinstance(reason, NothingToPublish)
        text = render_failed_check(reason)
        if is_nothing and self.session.context.measured.conclusion == UNAPPROVED:
            text = replace(text, conclusion=UNAPPROVED)
        unclosed = self._close(text, only_open=is_nothing)
        if unclosed is not None and is_nothing:
            raise unclosed
        if unclosed is not None:
            self.log(f"the check run could not be closed: {unclosed}")
        raise reason

    def _owed(self, error: TfperfError) -> TfperfError:
        """Return what is wrong; a run that was cancelled or never started owes no report."""
        measured = self.session.context.measured
        word = FOR_NOTHING.get(measured.conclusion or "")
        if word is None or not isinstance(error, NoArtifact):
            return error
        is_waiting = measured.conclusion == UNAPPROVED
        return NothingToPublish(
            word, next_step=f"approve it: {measured.url}" if is_waiting else "measure again"
        )

    def _finish(
        self, text: CheckText, look: Look | None = None, *, only_open: bool = False
    ) -> None:
        """Close the check run, and raise what kept it open."""
        unclosed = self._close(text, look, only_open=only_open)
        if unclosed is not None:
            raise unclosed

    def _close(
        self,
        text: CheckText,
        look: Look | None = None,
        *,
        only_open: bool = False,
        is_last: bool = True,
    ) -> CannotPublish | None:
        """Close the check run; return what kept it open, unless the token may not write any."""
        commit = self.session.context.measured.commit
        if commit is None:
            return None
        try:
            with self.session.closing(is_last=is_last) as session:
                check = Check(
                    session=session,
                    name=self._check_name,
                    commit=commit,
                    known=look.check_runs if look else None,
                )
                check.close(text, only_open=only_open)
        except Forbidden as error:
            self.log(f"there is no check run: {error}")
        except CannotPublish as error:
            return error
        else:
            self.log(f"check run: {text.conclusion}")
        return None

    def _tell(self, published: Published) -> None:
        self.log(f"comment {published.action}: {published.url}")
        for note in published.notes:
            self.log(note)


def _checked(path: str) -> str:
    """Return the path of the configuration as GitHub wants it; refuse what leaves it."""
    parts = PurePosixPath(path)
    if not parts.parts or parts.is_absolute() or ".." in parts.parts or "\\" in path:
        raise BadConfiguration(
            f"{path!r} cannot be a configuration of the base branch",
            where="--config",
            cause="it has to be a path within the repository, without `..`",
            next_step=f"name it as from the top of the repository, such as {CONFIG}",
        )
    return str(parts)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_EXPANDED + 1)
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        raise BadRunFolder(
            f"there is no {path.name} here" if is_missing else f"cannot read it: {error.strerror}",
            where=str(path),
            cause="this is no folder of a run, or the run did not come to its end",
            next_step="tfperf publish RUN, with the folder that `tfperf compare` printed",
        ) from error
