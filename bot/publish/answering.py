"""Owns answering a comment with a command: read again, obeyed, answered, and only once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from github import UnknownObjectException

from bot.core.asked import Suspects, Unreadable
from bot.core.commands import (
    Ack,
    Bisect,
    Command,
    Confirm,
    Explain,
    Help,
    Run,
    Unknown,
    first_line,
)
from bot.core.replies import Accepted, Helped, Refused, Reply, Started, is_answer, is_help
from bot.errors import CannotPublish
from bot.publish.api import Comment
from bot.publish.asked import MAY_ASK, Log, asked, read_event
from bot.publish.commands_api import SEEN, AskedPull, CommandsApi, Reaction
from bot.publish.deadline import Deadline
from bot.publish.event import AskingEvent
from bot.publish.github import Pace
from bot.publish.session import PATIENT, Session, open_session
from bot.publish.starting import AGAIN, NotStarted, Starting
from bot.publish.trouble import TROUBLES, explain

Write = Callable[[Reply, int, str], str]
"""Say a reply to the comment with a number, whose first line is the command."""
FindSuspects = Callable[[Session, AskedPull], Suspects | Unreadable | None]
"""Read the newest report of a pull request's head; None when it has no alarm that counts."""
PATIENCE_SECONDS = 45.0
"""How long another job that saw the comment first may take to answer it."""
BETWEEN_LOOKS_SECONDS = 5.0


def answer(
    environ: Mapping[str, str],
    *,
    write: Write,
    find_suspects: FindSuspects,
    log: Log,
    forks: bool = False,
    deadline_seconds: float = 120.0,
    patience_seconds: float = PATIENCE_SECONDS,
    pace: Pace = PATIENT,
) -> None:
    """Do what the comment of an `issue_comment` event asks for, and answer it, once.

    `forks` allows to measure what comes from forks: such a run may write the caches of the
    default branch. `patience_seconds` is how long a job that saw the comment first may take.
    Raises CannotPublish when GitHub refused; a comment that is not for us is none of its business.
    """
    event = read_event(environ)
    command = asked(event, log)
    if command is None:
        return
    with open_session(environ, deadline_seconds=deadline_seconds, pace=pace) as session:
        if event.comment.user is not None and event.comment.user.login == session.context.author:
            log("nothing to do: the comment is our own")
            return
        answering = Answering(
            session=session,
            event=event,
            command=command,
            write=write,
            find_suspects=find_suspects,
            log=log,
            forks=forks,
            patience_seconds=patience_seconds,
        )
        answering.converge()


@dataclass(kw_only=True, slots=True)
class Answering:
    """An answer on its way: it is begun anew after a failure, and finds what is there already."""

    session: Session
    event: AskingEvent
    command: Command | Unknown
    write: Write
    find_suspects: FindSuspects
    log: Log
    forks: bool
    patience_seconds: float
    is_heard: bool = False
    """Whether the comment is somebody's who may ask, and not answered yet."""
    reply: Reply | None = None
    """What was decided: it is not decided again because writing it failed."""

    @property
    def api(self) -> CommandsApi:
        """Return GitHub, with what commands need of it."""
        api = self.session.api
        return CommandsApi(
            requester=api.requester, repository=api.repository, deadline=api.deadline
        )

    def converge(self) -> None:
        """Answer; what passes is tried again, what does not is told."""
        try:
            self.session.persist(self._answer)
        except CannotPublish:
            # A sign at the comment that nothing came of it, if there is time for one.
            if self.is_heard and self.session.deadline.remaining() > 1:
                self._react("-1")
            raise

    def _answer(self) -> None:
        if not self._may_ask():
            self.log("refused: who wrote the comment may not write to this repository")
            self._react("-1")
            return
        if self._is_answered():
            return
        now = self._as_it_is_now()
        if now is None:
            self.log("nothing to do: the comment was deleted")
            return
        if not self.is_heard and not self._is_ours_to_answer():
            return
        self.is_heard = True
        if self.reply is None:
            self.reply = self._refuse_edited(now) or self._reply()
        self._say(self.reply)

    def _is_answered(self) -> bool:
        is_answered = any(is_answer(body, self.event.comment.id) for body in self._ours())
        if is_answered:
            self.log("nothing to do: the comment is answered already")
        return is_answered

    def _is_ours_to_answer(self) -> bool:
        """Claim the comment; where another job has, wait for its answer, and answer if none comes.

        A job that died, and is run again, finds its own claim: it cannot be told from another's.
        """
        try:
            if self.api.claim(self.event.comment.id):
                return True
        except TROUBLES as error:
            self._log_reaction(SEEN, error)
            return True
        self.log("another job has seen the comment: waiting for its answer")
        patience = Deadline(seconds=self.patience_seconds)
        while patience.remaining():
            wait = min(BETWEEN_LOOKS_SECONDS, patience.remaining())
            self.session.deadline.wait(wait, "another job has not answered the comment yet")
            if self._is_answered():
                return False
        self.log("it did not answer")
        return True

    def _say(self, reply: Reply) -> None:
        if isinstance(reply, Helped) and any(map(is_help, self._ours())):
            self.log("nothing to do: the help is in this conversation already")
        else:
            comment = self.event.comment
            text = self.write(reply, comment.id, first_line(comment.body))
            self.log(f"answered: {self.api.create_comment(self.event.issue.number, text).html_url}")
        is_done = isinstance(reply, Started | Accepted) or reply == Helped()
        self._react("rocket" if is_done else "-1")
        if isinstance(reply, NotStarted):
            self.is_heard = False
            raise reply.error

    def _may_ask(self) -> bool:
        user = self.event.comment.user
        if user is None:
            return False
        try:
            return self.api.permission(user.login) in MAY_ASK
        except UnknownObjectException:
            return False  # nobody here

    def _ours(self) -> list[str]:
        comments = self.api.comments(self.event.issue.number)
        return [each.body for each in comments if each.author == self.session.context.author]

    def _as_it_is_now(self) -> Comment | None:
        try:
            return self.api.comment(self.event.comment.id)
        except UnknownObjectException:
            return None

    def _refuse_edited(self, now: Comment) -> Refused | None:
        """Refuse a comment that says something else by now than what started this job."""
        then = self.event.comment
        if now.body == then.body and then.user is not None and now.author == then.user.login:
            return None
        return Refused(
            verb=None,
            why="the comment was edited after it was made",
            next_step=f"{AGAIN}: edits are never read",
        )

    def _reply(self) -> Reply:
        match self.command:
            case Unknown(verb=None, why=why):
                return Helped(why=why)
            case Unknown(verb=verb, why=why):
                return Refused(verb=verb, why=why, next_step=AGAIN)
            case Help():
                return Helped()
            case Ack() as ack:
                user = self.event.comment.user
                return Accepted(ack=ack, author=user.login if user else "")
            case Run() | Confirm() | Bisect() | Explain() as asking:
                return self._starting().start(asking)

    def _starting(self) -> Starting:
        return Starting(
            api=self.api,
            pull=self.event.issue.number,
            comment=self.event.comment,
            branch=self.event.repository.default_branch,
            forks=self.forks,
            find_suspects=lambda pull: self.find_suspects(self.session, pull),
            log=self.log,
        )

    def _react(self, reaction: Reaction) -> None:
        """Show what is going on; a reaction that fails stops nothing."""
        try:
            self.api.react(self.event.comment.id, reaction)
        except TROUBLES as error:
            self._log_reaction(reaction, error)

    def _log_reaction(self, reaction: Reaction, error: Exception) -> None:
        limit = self.session.pace.rate_limit_seconds
        trouble = explain(error, rate_limit_seconds=limit, from_fork=False)
        self.log(f"the reaction {reaction} could not be set: {trouble.what}")
