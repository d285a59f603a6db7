"""Owns setting a repository up: what is there decides what is written, and nothing is replaced."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final, Literal

from bot.core.dependency_answer import Asked
from bot.core.dependency_files import is_dependency_file, read_file
from bot.core.init_files import PLACEHOLDER, Project, files
from bot.core.releases import PACKAGES, catalogue
from bot.errors import BadConfiguration
from bot.project.repository import Repository, find_repository
from bot.project.trouble import BadRepository

ACTION: Final = re.compile(r"[A-Za-z0-9_-]+/[A-Za-z0-9._-]+@[A-Za-z0-9_][A-Za-z0-9._/-]{0,99}")
COMMIT: Final = re.compile(r"[0-9a-f]{40}")
ON_GITHUB: Final = re.compile(r"https://github\.com/([A-Za-z0-9_-]+/[A-Za-z0-9._-]+?)(\.git)?/?")
FOLDERS: Final = ("benchmarks", "workloads", "perf")
IS_WORKLOAD: Final = re.compile(r"(?m)^def build\(|test\.Benchmark\b")
MOST_BYTES: Final = 4 << 20
_OWNER: Final = PLACEHOLDER.partition("@")[0]

What = Literal["written", "unchanged", "kept"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Init:
    """What was done with each file; `kept` is one that was there with another content."""

    top: Path
    action: str
    done: Mapping[str, What]
    to_fill: tuple[str, ...]
    """Files in which somebody still has to say where the action is."""

    @property
    def is_pinned(self) -> bool:
        """Whether the action stands for one commit."""
        return COMMIT.fullmatch(self.action.rpartition("@")[2]) is not None


def init(folder: Path, environ: Mapping[str, str], *, action: str | None) -> Init:
    """Write the files a repository needs, those alone that are not there.

    Raises `BadRepository` outside of a repository.
    """
    repository = _repository(folder, environ)
    chosen = _checked(action) if action else installed_from() or PLACEHOLDER
    wanted = files(_project(repository.top), action=chosen)
    done = {path: _put(repository.top / path, text) for path, text in wanted.items()}
    to_fill = tuple(path for path in wanted if _OWNER in (_text(repository.top / path) or ""))
    return Init(top=repository.top, action=chosen, done=done, to_fill=to_fill)


def installed_from() -> str | None:
    """Say which commit of which repository this copy was installed from; None if it is unknown."""
    try:
        text = distribution("tf-perf-bot").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return action_of(text) if text else None


def action_of(direct_url: str) -> str | None:
    """Read `direct_url.json`, which installers write: OWNER/REPOSITORY@COMMIT, or None."""
    origin = json.loads(direct_url)
    found = ON_GITHUB.fullmatch(str(origin.get("url", "")))
    commit = str(origin.get("vcs_info", {}).get("commit_id", ""))
    return f"{found[1]}@{commit}" if found and COMMIT.fullmatch(commit) else None


def _repository(folder: Path, environ: Mapping[str, str]) -> Repository:
    repository = find_repository(folder, environ)
    if repository is None:
        raise BadRepository(
            "this is no git repository",
            where=str(folder.absolute()),
            cause="the workflows belong into the repository that is measured",
            next_step="change into it, or make one: git init",
        )
    return repository


def _checked(action: str) -> str:
    if ACTION.fullmatch(action):
        return action
    raise BadConfiguration(
        f"{action!r} is not the place of an action",
        where="--action",
        next_step="write OWNER/REPOSITORY@COMMIT, with the full hash of the commit",
    )


def _project(top: Path) -> Project:
    file, release = next(_pinning(top), (None, None))
    return Project(
        dependency_file=file,
        release=release,
        is_package=_is_package(top),
        workloads=next(_with_workloads(top), None),
    )


def _pinning(top: Path) -> Iterator[tuple[str, str | None]]:
    """Name the dependency files that say which TensorFlow is used, and which it is."""
    for path in sorted(top.iterdir()):
        text = _text(path) if is_dependency_file(path.name) else None
        for asked in read_file(path.name, text).asked if text else ():
            if asked.version:
                yield path.name, asked.version if _is_known(asked) else None


def _is_known(asked: Asked) -> bool:
    known = catalogue().get(asked.package, ()) if asked.package == PACKAGES[0] else ()
    return any(release.version == asked.version for release in known)


def _is_package(top: Path) -> bool:
    text = _text(top / "pyproject.toml")
    with suppress(tomllib.TOMLDecodeError):
        return "build-system" in tomllib.loads(text or "")
    return False


def _with_workloads(top: Path) -> Iterator[str]:
    """Name the usual folders in which a file looks like a workload."""
    for name in FOLDERS:
        texts = map(_text, sorted((top / name).glob("*.py")))
        if any(text is not None and IS_WORKLOAD.search(text) for text in texts):
            yield name


def _text(path: Path) -> str | None:
    """Read a text file of usual size; None for anything else."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _put(path: Path, text: str) -> What:
    if path.is_symlink() or path.exists():
        return "unchanged" if _text(path) == text else "kept"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise BadConfiguration(
            f"the file cannot be written: {error.strerror}", where=str(path)
        ) from error
    return "written"
