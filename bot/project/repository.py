"""Owns the user's repository: commits, and files as they were at a commit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.project.git import Git, is_full_hash
from bot.project.trouble import BadRepository

MOST_BYTES: Final = 16 << 20
MOST_FILES: Final = 200_000
_LONGEST_REF: Final = 250
_LONGEST_COMPLAINT: Final = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository that was found; `git` runs in its top folder."""

    top: Path
    git: Git

    @property
    def is_shallow(self) -> bool:
        """Whether history was left out when it was fetched."""
        return self.git.must("rev-parse", "--is-shallow-repository").text == "true"

    @property
    def is_partial(self) -> bool:
        """Whether files were left out when it was fetched, to be had from a server later."""
        found = self.git.ask("config", "--get-regexp", r"^remote\..*\.promisor$")
        return bool(found.text)

    def commit(self, ref: str) -> str | None:
        """Find the commit a name stands for; None where there is none here."""
        if not ref or len(ref) > _LONGEST_REF or not ref.isprintable():
            return None
        said = self.git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^0")
        return said.text if said.status == 0 and is_full_hash(said.text) else None

    def has(self, commit: str) -> bool:
        """Whether a commit is here, and not only its name."""
        return self.git.ask("cat-file", "-e", f"{commit}^{{commit}}").status == 0

    def parents(self, commit: str) -> tuple[str, ...]:
        """List a commit's parents as it was written, also those a shallow clone left out."""
        header = self.git.must("cat-file", "commit", commit).text.partition("\n\n")[0]
        return tuple(re.findall(r"(?m)^parent ([0-9a-f]+)$", header))

    def merge_base(self, one: str, other: str) -> str | None:
        """Find where two histories part; None where that is not here."""
        said = self.git.ask("merge-base", one, other)
        return said.text if said.status == 0 and is_full_hash(said.text) else None

    def date(self, commit: str) -> str:
        """Return when a commit was made, in UTC: 2024-05-01T12:00:00Z."""
        return self._shown(commit, "%cd")

    def seconds(self, commit: str) -> int:
        """Return when a commit was made, in seconds since 1970."""
        return int(self._shown(commit, "%ct"))

    def _shown(self, commit: str, form: str) -> str:
        date = "--date=format-local:%Y-%m-%dT%H:%M:%SZ"
        return self.git.must(
            "show", "--no-patch", "--no-ext-diff", date, f"--format={form}", commit
        ).text

    def uncommitted(self) -> tuple[str, ...]:
        """List the files of the working folder that differ from HEAD, new ones left out.

        Paths are from the top; a file that was moved is one, by its new path.
        """
        listed = self.git.without_filters().ask(
            *("status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all")
        )
        found = []
        entries = iter(listed.out.decode("utf-8", "surrogateescape").split("\0"))
        for entry in entries:
            if not entry:
                continue
            found.append(entry[3:])
            if {"R", "C"} & set(entry[:2]):
                next(entries, None)  # where it was
        return tuple(found)

    def changed(self, base: str, head: str) -> frozenset[str]:
        """List the files that differ between two commits, by their paths from the top."""
        said = self.git.must(
            *("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff"),
            *("--no-textconv", "--ignore-submodules=all", base, head),
        )
        return frozenset(path for path in said.text.split("\0") if path)

    def files(self, commit: str) -> tuple[str, ...]:
        """List the files of a commit, by their paths from the top; links are none."""
        said = self.git.ask("ls-tree", "-r", "-z", commit)
        if said.status != 0:
            raise self.incomplete(f"the files of {commit[:12]} cannot be listed", said.complaint)
        listed = said.text.split("\0")
        entries = (entry.partition("\t") for entry in listed[:MOST_FILES] if entry)
        # A tree that was made by hand may name what lies outside of it.
        return tuple(
            path
            for mode, _, path in entries
            if mode.startswith("100") and not {"", "..", ".git"} & set(path.split("/"))
        )

    def text(self, commit: str, path: str) -> str | None:
        """Read a file as it was at a commit; None where it is missing, too long, or no text.

        Raises `BadRepository` where the commit has it and the clone has not.
        """
        name = f"{commit}:{path}"
        size = self.git.ask("cat-file", "-s", name)
        if size.status != 0 and self._lists(commit, path):
            raise self.incomplete(f"{path} at {commit[:12]} is not in this clone", size.complaint)
        if size.status != 0 or not size.text.isdigit() or int(size.text) > MOST_BYTES:
            return None
        said = self.git.ask("cat-file", "blob", name)
        if said.status != 0:
            return None
        try:
            return said.out.decode("utf-8")
        except UnicodeDecodeError:
            return None

    def _lists(self, commit: str, path: str) -> bool:
        """Whether a commit has a file there, be it here or not."""
        return self.git.ask("ls-tree", "-z", commit, path).text.startswith("100")

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether a commit is part of another's history, as far as that is here."""
        return self.git.ask("merge-base", "--is-ancestor", old, new).status == 0

    def must_have(self, commit: str, *, what: str, depth: str) -> None:
        """Raise `BadRepository` with the remedy where a commit is not here."""
        if self.has(commit):
            return
        is_shallow = self.is_shallow
        raise BadRepository(
            f"{what}, {commit[:12]}, is not in this clone",
            where=str(self.top),
            cause="the checkout fetched fewer commits than that" if is_shallow else None,
            next_step=deeper(depth) if is_shallow else f"fetch it: git fetch origin {commit}",
        )

    def incomplete(self, what: str, complaint: str) -> BadRepository:
        """Say what is missing, and what would help: a clone may have been told to leave it out."""
        is_partial = self.is_partial
        return BadRepository(
            what,
            where=str(self.top),
            cause="the clone leaves out what it does not need (`filter`), and nothing is fetched"
            if is_partial
            else " ".join(complaint.split())[:_LONGEST_COMPLAINT] or None,
            next_step="fetch without a filter: no `filter:` below `with:` of actions/checkout "
            "(by hand: git fetch --refetch --no-filter)"
            if is_partial
            else f"try it by hand: git -C {self.top} fsck",
        )


def deeper(depth: str) -> str:
    """Say how to have more history."""
    return (
        f"let the checkout fetch it: `fetch-depth: {depth}` below `with:` of actions/checkout "
        "(by hand: git fetch --unshallow)"
    )


def find_repository(folder: Path, environ: Mapping[str, str]) -> Repository | None:
    """Find the repository a folder lies in; None where it lies in none."""
    git = Git(folder=folder.absolute(), environ=environ)
    said = git.ask("rev-parse", "--show-toplevel")
    if said.status != 0:
        return None
    top = Path(said.text)
    return Repository(top=top, git=Git(folder=top, environ=environ))
