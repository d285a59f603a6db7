"""Owns the shape of what GraphQL answers to publishing's queries; all else is no answer."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from bot.publish.api import Answer


class Node(Answer):
    """A part of an answer, under the names GitHub gives it."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class Author(Node):
    """Who wrote a comment; the `[bot]` of a program's login is left out here, not in REST."""

    kind: Annotated[str, Field(alias="__typename")]
    login: str


class CommentNode(Node):
    """A comment."""

    id: str
    full_database_id: int
    body: str
    url: str
    created_at: datetime
    viewer_did_author: bool
    minimized_reason: str | None
    author: Author | None


class PageInfo(Node):
    """Where the next page begins."""

    has_next_page: bool
    end_cursor: str | None


class Page(Node):
    """Up to a hundred comments."""

    page_info: PageInfo
    nodes: list[CommentNode]


class FileNode(Node):
    """A changed file; of a renamed one the new name alone."""

    path: str
    change_type: str


class Files(Node):
    """The first hundred changed files."""

    total_count: int
    nodes: list[FileNode]


class Blob(Node):
    """What lies under a path: `text` is null of what is no text, `{}` of what is no file."""

    text: str | None = None
    is_truncated: bool | None = None


class TreeEntry(Node):
    """A path."""

    object: Blob | None


class Tip(Node):
    """The latest commit of a branch."""

    file: TreeEntry | None = None


class Ref(Node):
    """A branch."""

    target: Tip | None


class PullNode(Node):
    """A pull request as the first look sees it."""

    base_ref: Ref | None
    files: Files
    oldest: Page
    newest: Page


class CheckNode(Node):
    """A check run; GitHub may have no number for it that fits."""

    database_id: int | None
    external_id: str | None
    status: str
    url: str


class CheckNodes(Node):
    """The check runs of a suite: the first of them, and how many there are."""

    total_count: int
    nodes: list[CheckNode]


class Suite(Node):
    """The check runs of one application, in one push."""

    check_runs: CheckNodes


class Suites(Node):
    """The suites of a commit: the first of them, and how many there are."""

    total_count: int
    nodes: list[Suite]


class CommitNode(Node):
    """A commit; without the right to read checks there are none."""

    check_suites: Suites | None = None


class Looked(Node):
    """What the first look answers of the repository."""

    pull_request: PullNode
    object: CommitNode | None


class CommentedPull(Node):
    """A pull request's comments alone."""

    comments: Page


class Commented(Node):
    """What a page of comments answers of the repository."""

    pull_request: CommentedPull


class TemplateTip(Node):
    """The latest commit of a branch, asked for two files."""

    comment: TreeEntry | None = None
    summary: TreeEntry | None = None


class TemplateRef(Node):
    """A branch that has them."""

    target: TemplateTip | None


class TemplatePull(Node):
    """A pull request whose base branch has them."""

    base_ref: TemplateRef | None


class Templated(Node):
    """Where the base branch's templates are."""

    pull_request: TemplatePull
