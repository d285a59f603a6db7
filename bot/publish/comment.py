"""Owns the sticky comment: one that counts per pull request and key, however often we are run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from github import GithubException, UnknownObjectException

from bot.publish.api import Comment
from bot.publish.look import Looking, Seen, minimize
from bot.publish.marker import Marker, read_marker
from bot.publish.ours import our_marker
from bot.publish.trouble import InvalidAnswer, Vanished

Action = Literal["created", "edited", "unchanged", "stale"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """Where the comment is, what was done to have it there, and what could not be done."""

    url: str
    action: Action
    notes: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class StickyComment:
    """The comment on its way: `converge` can be repeated after any failure, at any point.

    Whatever happened before, a repetition looks at what is there and goes on from that, so an
    answer that was lost on the way costs a request, never a second comment.
    """

    looking: Looking
    body: str
    author: str
    seen: Sequence[Seen] | None
    """What the first look saw; null makes it look again."""
    action: Action = "unchanged"
    notes: list[str] = field(default_factory=list)
    marker: Marker = field(init=False)

    def __post_init__(self) -> None:
        marker = read_marker(self.body)
        if marker is None:
            raise ValueError("the body does not start with a marker")
        self.marker = marker

    @property
    def is_late(self) -> bool:
        """Whether the first look saw that a newer run was faster; sends nothing."""
        return self._newer(self._mine(self.seen or ())) is not None

    def converge(self) -> Published:
        """Make the pull request carry this body once, in the oldest comment with this verdict.

        A comment with another verdict is left as it is, and folded away: people have read it,
        and news deserves a notification. A newer run's comment is never touched.
        """
        mine = self._mine(self.looking.all_comments() if self.seen is None else self.seen)
        self.seen = None
        if newer := self._newer(mine):
            return self._stale(newer)
        same = self._same(mine)
        if not same:
            created = self._create()
            mine = self._mine(self.looking.newest(), plus=mine)
            if newer := self._newer(mine):
                self._delete(created)
                return self._stale(newer)
            same = self._same(mine) or [created]
        oldest, *younger = same
        for duplicate in younger:
            self._delete(duplicate)
        if not _alike(oldest.body, self.body) and (newer := self._edit(oldest)):
            return self._stale(newer)
        self._fold(mine, keep={each.id for each in same})
        return Published(url=oldest.html_url, action=self.action, notes=tuple(self.notes))

    def _mine(self, seen: Sequence[Seen], plus: Sequence[Seen] = ()) -> list[Seen]:
        """Return our comments, oldest first: a pasted marker does not make a comment ours."""
        ours = {each.comment.id: each for each in (*plus, *seen) if self._is_mine(each)}
        return [each for _, each in sorted(ours.items())]

    def _is_mine(self, seen: Seen) -> bool:
        return our_marker(seen, author=self.author, key=self.marker.key) is not None

    def _newer(self, mine: Sequence[Seen]) -> Comment | None:
        """Return a comment of ours that a later run wrote."""
        newer = [each.comment for each in mine if self._is_newer(each.comment)]
        return newer[-1] if newer else None

    def _is_newer(self, comment: Comment) -> bool:
        marker = read_marker(comment.body)
        return marker is not None and marker.generation > self.marker.generation

    def _same(self, mine: Sequence[Seen]) -> list[Comment]:
        """Return the comments that stand for the latest verdict, if that is still ours."""
        standing = [(_marker(each), each.comment) for each in mine if not each.is_outdated]
        if not standing:
            return []
        latest = max(standing, key=lambda one: (one[0].generation, one[1].id))[0]
        if latest.digest != self.marker.digest:
            return []
        its = latest.generation, latest.digest
        return [each for marker, each in standing if (marker.generation, marker.digest) == its]

    def _create(self) -> Comment:
        self.action = "created"
        created = self.looking.api.create_comment(self.looking.pull, self.body)
        # Only from what it wrote does a token tell for sure whose it is.
        self.author = created.author
        return created

    def _edit(self, comment: Comment) -> Comment | None:
        """Replace the text, unless a later run was faster: then return its comment."""
        try:
            now = self.looking.api.comment(comment.id)
            if self._is_newer(now):
                return now
            if self.action == "unchanged":
                self.action = "edited"
            edited = self.looking.api.edit_comment(comment.id, self.body)
        except UnknownObjectException as error:
            raise Vanished from error
        if edited.id != comment.id:
            raise InvalidAnswer
        return None

    def _delete(self, comment: Comment) -> None:
        try:
            self.looking.api.delete_comment(comment.id)
        except UnknownObjectException:
            return  # another publisher was faster: gone is what was wanted

    def _fold(self, mine: Sequence[Seen], keep: set[int]) -> None:
        """Fold away what is no longer true; where that is forbidden, it stays and is told."""
        for each in mine:
            if each.comment.id in keep or each.is_outdated:
                continue
            try:
                minimize(self.looking.api, each.node)
            except UnknownObjectException:
                continue  # deleted meanwhile
            except GithubException as error:
                if error.status != 403:  # noqa: PLR2004 (forbidden)
                    raise
                self.notes.append(
                    f"the earlier comment {each.comment.html_url} could not be folded away: "
                    "the token may not"
                )

    def _stale(self, newer: Comment) -> Published:
        number, attempt = _generation(newer)
        note = f"run {number}.{attempt}, which is newer, wrote the comment: it was left as it is"
        return Published(url=newer.html_url, action="stale", notes=(*self.notes, note))


def _marker(seen: Seen) -> Marker:
    marker = read_marker(seen.comment.body)
    if marker is None:
        raise ValueError(seen.comment.html_url)
    return marker


def _generation(comment: Comment) -> tuple[int, int]:
    marker = read_marker(comment.body)
    return marker.generation if marker else (0, 0)


def _alike(there: str, wanted: str) -> bool:
    """Compare bodies as GitHub keeps them: it may change line ends and outer blanks."""
    return there.replace("\r\n", "\n").strip() == wanted.replace("\r\n", "\n").strip()
