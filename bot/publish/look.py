"""Owns the one look at a pull request: its comments, its files, what its base branch says."""

from dataclasses import dataclass
from typing import Any, NoReturn

from github import GithubException, RateLimitExceededException, UnknownObjectException

from bot.errors import CannotPublish
from bot.publish.answers import (
    Author,
    Commented,
    CommitNode,
    Files,
    Looked,
    Page,
    Ref,
    Templated,
    TreeEntry,
)
from bot.publish.api import Api, CheckRun, Comment, Problem, User, parsed
from bot.publish.queries import QUERIES
from bot.publish.trouble import READING_FILES, InvalidAnswer, grant


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A comment with what only GraphQL knows of it."""

    comment: Comment
    node: str
    is_of_token: bool
    is_outdated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What there is to know about a pull request before anything is written.

    `base_config` is null where the base branch has no such file. `check_runs` is null when GitHub
    did not name all, which costs a request more later. `unlisted_files` is how many changed files
    GitHub counts and does not name.
    """

    number: int
    base_config: str | None
    changed_files: tuple[str, ...]
    unlisted_files: int
    comments: tuple[Seen, ...]
    check_runs: tuple[CheckRun, ...] | None


@dataclass(kw_only=True, slots=True)
class Looking:
    """Asks GraphQL, which answers in one request what costs REST eight."""

    api: Api
    pull: int

    def look(self, *, config_path: str, commit: str, check_name: str) -> Look:
        """See everything; raise CannotPublish when the base branch's rule cannot be read."""
        variables = {"config": config_path, "commit": commit, "check": check_name}
        data, problems = self._ask("Look", variables)
        for problem in problems:
            if "baseRef" in problem.path:
                _refuse_unread(config_path, problem)
            if "object" not in problem.path:
                _refuse(problem)
        looked = parsed(Looked, data)
        pull = looked.pull_request
        changed, unlisted = self._changed_files(pull.files)
        return Look(
            number=self.pull,
            base_config=_base_config(pull.base_ref, config_path),
            changed_files=changed,
            unlisted_files=unlisted,
            comments=self._all_comments(pull.oldest, pull.newest),
            check_runs=None if problems else _check_runs(looked.object),
        )

    def all_comments(self) -> tuple[Seen, ...]:
        """Return the whole conversation, page by page."""
        return self._all_comments(self._comments("Comments", {"after": None}))

    def newest(self) -> list[Seen]:
        """Return the latest hundred comments."""
        return _seen(self._comments("Newest", {}))

    def base_files(self, *, comment: str, summary: str) -> tuple[str | None, str | None]:
        """Return two texts of the base branch; null what is not there, or no text."""
        data, problems = self._ask("Templates", {"comment": comment, "summary": summary})
        for problem in problems:
            _refuse(problem)
        ref = parsed(Templated, data).pull_request.base_ref
        tip = ref.target if ref else None
        return (_text(tip.comment), _text(tip.summary)) if tip else (None, None)

    def _all_comments(self, oldest: Page, newest: Page | None = None) -> tuple[Seen, ...]:
        """Join both ends of the conversation, and ask for what lies between."""
        found = {each.comment.id: each for each in _seen(oldest)}
        last = {each.comment.id: each for each in _seen(newest)} if newest else {}
        page = oldest
        while page.page_info.has_next_page and page.nodes and not found.keys() & last.keys():
            page = self._comments("Comments", {"after": page.page_info.end_cursor})
            found |= {each.comment.id: each for each in _seen(page)}
        return tuple(seen for _, seen in sorted((found | last).items()))

    def _changed_files(self, files: Files) -> tuple[tuple[str, ...], int]:
        """Return all names, and how many files have none: REST ends after 3,000.

        GraphQL leaves out the old name of a renamed file, REST does not.
        """
        is_renamed = any(node.change_type in {"RENAMED", "COPIED"} for node in files.nodes)
        if len(files.nodes) == files.total_count and not is_renamed:
            return tuple(node.path for node in files.nodes), 0
        changed = self.api.changed_files(self.pull)
        names = [name for each in changed for name in (each.filename, each.previous_filename)]
        return tuple(name for name in names if name), max(0, files.total_count - len(changed))

    def _comments(self, name: str, variables: dict[str, Any]) -> Page:
        data, problems = self._ask(name, variables)
        for problem in problems:
            _refuse(problem)
        return parsed(Commented, data).pull_request.comments

    def _ask(self, name: str, variables: dict[str, Any]) -> tuple[object, list[Problem]]:
        owner, _, repository = self.api.repository.partition("/")
        where = {"owner": owner, "name": repository, "number": self.pull}
        answer = self.api.graphql(QUERIES[name], where | variables)
        data = (answer.data or {}).get("repository")
        if data is None:
            for problem in answer.errors:
                _refuse(problem)
        return data, answer.errors


def minimize(api: Api, node: str) -> None:
    """Fold a comment away as outdated; raise as any refused request does."""
    answer = api.graphql(QUERIES["Minimize"], {"comment": node})
    for problem in answer.errors:
        _refuse(problem)


def _refuse(problem: Problem) -> NoReturn:
    """Raise what REST would have answered."""
    data = {"message": problem.message}
    match problem.type:
        case "RATE_LIMITED":
            raise RateLimitExceededException(403, data, {})
        case "FORBIDDEN" | "INSUFFICIENT_SCOPES":
            raise GithubException(403, data, {})
        case "NOT_FOUND":
            raise UnknownObjectException(404, data, {})
        case "UNPROCESSABLE":
            raise GithubException(422, data, {})
        case _:
            raise InvalidAnswer


def _refuse_unread(path: str, problem: Problem) -> NoReturn:
    if problem.type not in {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        _refuse(problem)
    raise CannotPublish(
        f"{path} of the base branch, whose rule counts, cannot be read",
        where=f"GitHub said: {problem.message}",
        cause="the token may not read the repository's files",
        next_step=grant(READING_FILES),
    )


def _base_config(ref: Ref | None, path: str) -> str | None:
    if ref is None or ref.target is None or ref.target.file is None:
        return None
    blob = ref.target.file.object
    if blob is None or blob.text is None or blob.is_truncated:
        raise CannotPublish(
            f"{path} of the base branch is no text that can be read",
            cause="it is a folder, a binary file, or larger than 512 KB",
            next_step=f"mend {path} on the base branch",
        )
    return blob.text


def _text(entry: TreeEntry | None) -> str | None:
    blob = entry.object if entry else None
    return None if blob is None or blob.is_truncated else blob.text


def _check_runs(commit: CommitNode | None) -> tuple[CheckRun, ...] | None:
    """Return the check runs that the look saw; null when one or its number is missing."""
    if commit is None or commit.check_suites is None:
        return None
    suites = commit.check_suites
    lists = [suite.check_runs for suite in suites.nodes]
    if len(lists) < suites.total_count or any(len(e.nodes) < e.total_count for e in lists):
        return None
    nodes = [node for each in lists for node in each.nodes]
    found = tuple(
        CheckRun(
            id=node.database_id,
            external_id=node.external_id,
            status=node.status.lower(),
            html_url=node.url,
        )
        for node in nodes
        if node.database_id is not None
    )
    return found if len(found) == len(nodes) else None


def _seen(page: Page) -> list[Seen]:
    return [
        Seen(
            comment=Comment(
                id=node.full_database_id,
                body=node.body,
                html_url=node.url,
                created_at=node.created_at,
                user=_user(node.author),
            ),
            node=node.id,
            is_of_token=node.viewer_did_author,
            is_outdated=node.minimized_reason == "outdated",
        )
        for node in page.nodes
    ]


def _user(author: Author | None) -> User | None:
    if author is None:
        return None
    suffix = "[bot]" if author.kind == "Bot" else ""
    return User(login=f"{author.login}{suffix}", type=author.kind)
