"""Owns the sticky comment: one per pull request and key, however often and wherever we are run."""

from dataclasses import dataclass
from typing import Literal

from github import UnknownObjectException

from bot.publish.api import Api, Comment
from bot.publish.trouble import InvalidAnswer, Vanished

Action = Literal["created", "edited", "unchanged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """Where the comment is, and what was done to have it there."""

    url: str
    action: Action


def marker(key: str) -> str:
    """Return what our comments start with, so that they can be found again."""
    return f"<!-- tfperf:{key} "


@dataclass(kw_only=True, slots=True)
class StickyComment:
    """The comment on its way: `converge` can be repeated after any failure, at any point.

    Whatever happened before, the next call lists what is there and goes on from that, so an
    answer that was lost on the way costs a request, never a second comment.
    """

    api: Api
    pull: int
    body: str
    key: str
    author: str
    action: Action = "unchanged"

    def converge(self) -> Published:
        """Make the pull request carry this body once, in the oldest comment of ours."""
        mine = self._mine()
        if not mine:
            self.action = "created"
            created = self.api.create_comment(self.pull, self.body)
            # Only from what it wrote does a token tell for sure whose it is.
            self.author = created.author
            # Another publisher may have been as fast as we were: the older comment stays.
            mine = self._mine() or [created]
        oldest, *younger = mine
        for duplicate in younger:
            self._delete(duplicate)
        if not _same(oldest.body, self.body):
            self._edit(oldest)
        return Published(url=oldest.html_url, action=self.action)

    def _mine(self) -> list[Comment]:
        """Return our comments, oldest first: a pasted marker does not make a comment ours."""
        start = marker(self.key)
        return sorted(
            (
                comment
                for comment in self.api.comments(self.pull)
                if comment.author == self.author and comment.body.startswith(start)
            ),
            key=lambda comment: comment.id,
        )

    def _edit(self, comment: Comment) -> None:
        if self.action == "unchanged":
            self.action = "edited"
        try:
            edited = self.api.edit_comment(comment.id, self.body)
        except UnknownObjectException as error:
            raise Vanished from error
        if edited.id != comment.id:
            raise InvalidAnswer

    def _delete(self, comment: Comment) -> None:
        try:
            self.api.delete_comment(comment.id)
        except UnknownObjectException:
            return  # another publisher was faster: gone is what was wanted


def _same(there: str, wanted: str) -> bool:
    """Compare bodies as GitHub keeps them: it may change line ends and outer blanks."""
    return there.replace("\r\n", "\n").strip() == wanted.replace("\r\n", "\n").strip()
