"""Owns publishing from end to end: a report that anybody may have written becomes page and check.

The report is parsed strictly, decided again by the base branch's rule, and only then rendered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.core.check import CheckText
from bot.core.report import Report
from bot.core.review import CONFIG, review
from bot.core.strict_report import parse_report
from bot.core.waiver import Waiver
from bot.errors import BadRunFolder, CannotPublish, TfperfError
from bot.publish.archive import MOST_EXPANDED, read_report
from bot.publish.artifact import NoArtifact, fetch_archive
from bot.publish.check import Check, check_name
from bot.publish.comment import Published, StickyComment
from bot.publish.github import Pace
from bot.publish.look import Look, Looking
from bot.publish.marker import check_key
from bot.publish.pull import find_pull
from bot.publish.session import PATIENT, Forbidden, Session, open_session
from bot.publish.trouble import READING_FILES
from bot.publish.waivers import acknowledgements_of
from bot.render.check import render_check, render_failed_check
from bot.render.comment import render_comment
from bot.render.summary import render_summary

FOR_NOTHING = frozenset({"cancelled", "skipped"})
"""How a run ends that nobody expects a report of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """A report that was decided again, in every form."""

    report: Report
    comment: str
    summary: str
    check: CheckText


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

    `run` is the folder it lies in; without one it comes from the artifact of the run that the
    `workflow_run` event is about, and a run that only begins gets its check run opened. `keep` is
    handed the pages before anything is written to GitHub, `log` what was done, line by line.
    """
    check_key(key)
    data = _read(run / "report.json") if run is not None else None
    with open_session(environ, deadline_seconds=deadline_seconds, pace=pace) as session:
        publishing = Publishing(
            session=session, key=key, keep=keep, log=log, today=today, config_path=config_path
        )
        if session.context.measured.is_over:
            publishing.complete(data)
        else:
            publishing.begin()


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
            Check(session=self.session, name=check_name(self.key), commit=commit).open()
        except Forbidden as error:
            self.log(f"no check run was opened: {error}")
        else:
            self.log("the check run is open")

    def complete(self, data: bytes | None) -> None:
        """Publish what was measured; whatever happens, no check run stays open."""
        try:
            report = parse_report(self._fetched() if data is None else data)
            look, pages = self._pages(report)
        except TfperfError as error:
            self._give_up(error)
            return
        except Exception:
            bug = TfperfError("publishing failed; this is a bug, see its log")
            self._close(render_failed_check(bug))
            raise
        self.keep(pages)
        sticky = StickyComment(
            looking=Looking(api=self.session.api, pull=look.number),
            body=pages.comment,
            author=self.session.context.author,
            seen=look.comments,
        )
        # The verdict comes first: whatever becomes of the comment, the check does not stay open.
        is_late = sticky.is_late
        unclosed = self._close(pages.check, look, only_open=is_late, is_last=False)
        try:
            published = self.session.persist(sticky.converge)
        except CannotPublish as error:
            self._close(_without_comment(pages.check, error))
            raise
        self._tell(published)
        if unclosed is not None and (unclosed := self._close(pages.check, only_open=is_late)):
            raise unclosed

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
                config_path=self.config_path, commit=commit, check_name=check_name(self.key)
            )
        )
        reviewed = review(
            report,
            base_config=look.base_config,
            changed_files=look.changed_files,
            acknowledgements=self._acknowledgements(look),
            today=self.today,
            head_commit=commit,
            config_path=self.config_path,
        )
        measured = self.session.context.measured
        return look, Pages(
            report=reviewed,
            comment=render_comment(reviewed, key=self.key, run=(measured.number, measured.attempt)),
            summary=render_summary(reviewed),
            check=render_check(reviewed),
        )

    def _acknowledgements(self, look: Look) -> list[Waiver]:
        comments = [seen.comment for seen in look.comments]
        return self.session.persist(
            lambda: acknowledgements_of(self.session.api, comments), permission=READING_FILES
        )

    def _give_up(self, error: TfperfError) -> None:
        """Close the check run, and say why there is nothing; a cancelled run owes nothing."""
        unclosed = self._close(render_failed_check(error))
        if unclosed is not None:
            self.log(f"the check run could not be closed: {unclosed}")
        conclusion = self.session.context.measured.conclusion
        if not isinstance(error, NoArtifact) or conclusion not in FOR_NOTHING:
            raise error
        self.log(f"nothing to publish: the run was {conclusion}")

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
                    name=check_name(self.key),
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


def _without_comment(check: CheckText, error: CannotPublish) -> CheckText:
    """Say on the check itself that the comment is missing; its remarks are there already."""
    page = render_failed_check(error).summary.partition("\n")[2]
    summary = f"The comment could not be written; the verdict stands.\n{page}\n\n{check.summary}"
    return replace(check, summary=summary, annotations=())
