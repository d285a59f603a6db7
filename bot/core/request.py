"""Owns the one grammar of the name of a run that a comment asked for: written and read here."""

import re
from dataclasses import dataclass

VERBS = ("run", "confirm", "bisect", "explain")
"""The commands that start a run; the others only answer."""

NUMBER = r"[1-9][0-9]{0,17}"
SHA = r"[0-9a-f]{40}"
PATTERN = re.compile(
    rf"tfperf (?P<verb>{'|'.join(VERBS)}) for #(?P<pull>{NUMBER})"
    rf" at (?P<commit>{SHA}) onto (?P<base>{SHA}) by comment (?P<comment>{NUMBER})"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a comment asked for: which command, for which pull request, at which commit of it.

    `base` is the commit it is compared with: the tip of the pull request's base branch, as it was
    when the command was answered.
    """

    verb: str
    pull: int
    commit: str
    base: str
    comment: int

    def __post_init__(self) -> None:
        if not PATTERN.fullmatch(str(self)):
            raise ValueError(f"{str(self)!r} is not the name of a run that was asked for")

    def __str__(self) -> str:
        """Return the name of the run; `parse_request` reads it back."""
        return (
            f"tfperf {self.verb} for #{self.pull} at {self.commit} onto {self.base}"
            f" by comment {self.comment}"
        )


def parse_request(text: str) -> Request | None:
    """Read the name of a run; null when it is not one that a comment asked for.

    Only the name of a `workflow_dispatch` run may be trusted: somebody with write access chose
    it. The name of a `pull_request` run is the title of the pull request, which anybody writes.
    """
    found = PATTERN.fullmatch(text)
    if found is None:
        return None
    return Request(
        verb=found["verb"],
        pull=int(found["pull"]),
        commit=found["commit"],
        base=found["base"],
        comment=int(found["comment"]),
    )
