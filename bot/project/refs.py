"""Owns which two commits are the sides of a pull request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.project.event import Pull, pull_of
from bot.project.repository import Repository, deeper
from bot.project.trouble import BadRepository

DEFAULT_BRANCHES: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
_PARENTS_OF_A_MERGE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Refs:
    """The two sides; `commit` is what a reader knows it by, `how` says how base was found."""

    base: str
    head: str
    commit: str
    how: str


def commit_of(repository: Repository | None, environ: Mapping[str, str]) -> str | None:
    """Name the commit that is measured: the head of the pull request, else HEAD."""
    pull = pull_of(environ)
    if pull is not None:
        return pull.head.sha
    return repository.commit("HEAD") if repository else None


def find_refs(repository: Repository, environ: Mapping[str, str], *, base: str | None) -> Refs:
    """Find both sides; `base`, a name of a commit, wins over everything."""
    head = repository.commit("HEAD")
    if head is None:
        raise BadRepository(
            "HEAD names no commit", where=str(repository.top), next_step="make a first commit"
        )
    pull = pull_of(environ)
    if pull is not None:
        _must_contain(repository, head, pull)
    commit = pull.head.sha if pull else head
    if base is not None:
        return _named(repository, head, commit, base)
    if pull is not None:
        return _of_pull(repository, head, pull)
    branch = next((name for name in DEFAULT_BRANCHES if repository.commit(name)), None)
    if branch is None:
        raise BadRepository(
            "there is no branch to compare HEAD with",
            where=str(repository.top),
            cause=f"none of {', '.join(DEFAULT_BRANCHES)} is here",
            next_step="name one: --base-ref BRANCH, or `base: BRANCH` in tfperf.yml",
        )
    return _named(repository, head, commit, branch)


def _is_merge_of(repository: Repository, head: str, pull: Pull) -> tuple[str, ...] | None:
    """Return the parents of the commit that GitHub makes: base, merged with the pull request."""
    parents = repository.parents(head)
    is_it = len(parents) == _PARENTS_OF_A_MERGE and parents[1] == pull.head.sha
    return parents if is_it else None


def _must_contain(repository: Repository, head: str, pull: Pull) -> None:
    """See that the change is checked out at all: nothing else goes by its name."""
    its = pull.head.sha
    if head == its or _is_merge_of(repository, head, pull) or repository.is_ancestor(its, head):
        return
    is_cut = repository.is_shallow and not repository.has(its)
    raise BadRepository(
        f"HEAD, {head[:12]}, does not contain the pull request, whose last commit is {its[:12]}",
        where=str(repository.top),
        cause="another branch is checked out, as pull_request_target and `ref:` of "
        "actions/checkout do" + (", or the checkout left out its history" if is_cut else ""),
        next_step="check out what the job is for: on pull_request, leave `ref:` out"
        + (", or set `fetch-depth: 0`" if is_cut else ""),
    )


def _of_pull(repository: Repository, head: str, pull: Pull) -> Refs:
    parents = _is_merge_of(repository, head, pull)
    if parents is not None:
        repository.must_have(parents[0], what="the base of the pull request", depth="2")
        how = "the base is what the pull request is merged into"
        return Refs(base=parents[0], head=head, commit=pull.head.sha, how=how)
    repository.must_have(pull.base.sha, what="the base of the pull request", depth="0")
    base = _parting(repository, head, pull.base.sha, "the base of the pull request")
    if base == head:
        raise BadRepository(
            f"HEAD, {head[:12]}, is already in the base of the pull request: there are no two "
            "sides",
            where=str(repository.top),
            cause="the pull request was merged, or has no commit of its own",
            next_step="name another base: --base-ref REF, or `base: REF` in tfperf.yml",
        )
    how = "the base is where the pull request left its base branch"
    return Refs(base=base, head=head, commit=pull.head.sha, how=how)


def _named(repository: Repository, head: str, commit: str, name: str) -> Refs:
    other = repository.commit(name)
    if other is None:
        is_shallow = repository.is_shallow
        raise BadRepository(
            f'"{name[:60]}" names no commit here',
            where=str(repository.top),
            cause="the checkout fetched one branch only" if is_shallow else None,
            next_step=deeper("0")
            if is_shallow
            else "name a branch or a commit that is here: git branch --all",
        )
    base = _parting(repository, head, other, name)
    if base != head:
        how = f"the base is where HEAD left {name}"
        return Refs(base=base, head=head, commit=commit, how=how)
    parents = repository.parents(head)
    place = f"HEAD is where {name} is" if other == head else f"HEAD is already in {name}"
    if not parents:
        raise BadRepository(
            f"{place}, and is the first commit: there are no two sides",
            where=str(repository.top),
            next_step="make a commit on a branch, or name another base: --base-ref REF",
        )
    repository.must_have(parents[0], what="the commit before HEAD", depth="2")
    how = f"{place}, so the base is the commit before"
    return Refs(base=parents[0], head=head, commit=commit, how=how)


def _parting(repository: Repository, head: str, other: str, name: str) -> str:
    base = repository.merge_base(head, other)
    if base is None:
        is_shallow = repository.is_shallow
        raise BadRepository(
            f"HEAD and {name} have no common commit here",
            where=str(repository.top),
            cause="the checkout left out their history" if is_shallow else None,
            next_step=deeper("0") if is_shallow else "name another base: --base-ref REF",
        )
    return base
