"""Owns what the user's project pins: its own lock file, or its requirements as of a commit."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import uv

from bot.core.dependency_answer import Answer, Single, answer
from bot.core.dependency_lock import NotHashed, hashed_lines, member_in, roots_of_poetry
from bot.core.dependency_requirements import is_complete, read_requirements, without_hash
from bot.core.plan import ProjectLock
from bot.environments import cache, reasons, variables
from bot.environments.command import Deadline, Finished, run
from bot.environments.reasons import Cause

DEADLINE_SECONDS: Final = 300.0
_FAR_FUTURE = "2100-01-01"
_BUILD_TOOLS = ("setuptools", "wheel")
_WIDER: Final = ((), ("--all-extras",), ("--all-extras", "--all-groups"))
"""The framework may be in an extra or a group: the smallest choice that has it is taken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinned:
    """The project's files at a commit; `named` is the one that is installed from.

    `member` is the project's folder below that file's, where a workspace has one lock for all.
    """

    named: str
    files: Mapping[str, str]
    commit: str
    committed: str
    constraints: tuple[str, ...] = ()
    member: str = ""


def project_lock(
    pinned: Pinned, *, python: str, home: Path, environ: Mapping[str, str], deadline: Deadline
) -> tuple[ProjectLock, str] | Cause:
    """Write down what the project installs, with hashes; and say in a few words how it was found.

    No code of the project is run. `python` is the minor version a resolution is made for.
    """
    tools = variables.for_tools(cache.writable(environ, home=home.resolve()))
    name = PurePosixPath(pinned.named).name
    if name == "uv.lock":
        made = _exported(pinned, tools, deadline)
    elif name.endswith(".lock") or name.startswith("pylock."):
        made = _converted(pinned)
    elif name.endswith((".yml", ".yaml")):
        made = Cause(
            reason=f"{pinned.named} names packages of conda, which are not installed here",
            remedy="use `dependencies: release-date`, or keep a requirements file with hashes",
        )
    elif is_complete(pinned.files[pinned.named]):
        made = pinned.files[pinned.named], f"{pinned.named} as it is"
    else:
        made = _resolved(pinned, python, tools, deadline)
    if isinstance(made, Cause):
        return made
    text, how = made
    return _kept(text, pinned, home), how


def release_in(path: Path) -> Answer:
    """Say which TensorFlow a lock installs."""
    return answer(read_requirements(path.name, path.read_text(encoding="utf-8")).asked)


def _kept(text: str, pinned: Pinned, home: Path) -> ProjectLock:
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = PurePosixPath(pinned.named).name.replace(".", "-")
    path = home.resolve() / "locks" / f"project-{name}-{digest[:12]}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as part:
        part.write(text)
    Path(part.name).replace(path)
    return ProjectLock(
        path=os.fspath(path), digest=digest, source=pinned.named, commit=pinned.commit
    )


def _exported(
    pinned: Pinned, environ: Mapping[str, str], deadline: Deadline
) -> tuple[str, str] | Cause:
    finished: Finished | None = None
    name = member_in(pinned.files[pinned.named], pinned.member) if pinned.member else None
    package = ("--package", name) if name else ()
    for wider in _WIDER:
        finished = _in_a_copy(
            pinned,
            [
                *("export", "--frozen", "--offline", "--format", "requirements.txt", "--no-dev"),
                *("--no-emit-local", "--no-header", "--no-annotate", "--no-config", *wider),
                *package,
                *("--no-python-downloads", "--no-progress", "--quiet"),
            ],
            environ,
            deadline,
        )
        if finished.status == 0 and _has_framework(finished.stdout):
            without = without_hash(finished.stdout)
            if without is not None:
                return Cause(reason=f"{pinned.named} has no hash for {without}")
            what = f"{pinned.named} for {name}" if name else pinned.named
            return finished.stdout, f"{what} as it is"
        if finished.status != 0 and not wider:
            break
    return _cause(pinned, finished, deadline)


def _converted(pinned: Pinned) -> tuple[str, str] | Cause:
    beside = pinned.named.rpartition("/")[0]
    project = pinned.files.get(f"{beside}/pyproject.toml".lstrip("/"), "")
    try:
        text = hashed_lines(pinned.files[pinned.named], roots=roots_of_poetry(project))
    except NotHashed as error:
        return Cause(reason=f"{pinned.named} cannot be installed by hash: {error}")
    except ValueError as error:
        return Cause(reason=f"{pinned.named} cannot be read: {error}")
    if not _has_framework(text):
        return Cause(reason=f"{pinned.named} has no TensorFlow outside of groups and extras")
    return text, f"{pinned.named} as it is"


def _resolved(
    pinned: Pinned, python: str, environ: Mapping[str, str], deadline: Deadline
) -> tuple[str, str] | Cause:
    finished: Finished | None = None
    is_project = PurePosixPath(pinned.named).name == "pyproject.toml"
    constraints = [PurePosixPath(each).name for each in pinned.constraints]
    for wider in _WIDER[:2] if is_project else _WIDER[:1]:
        exempt = (f"--exclude-newer-package={name}={_FAR_FUTURE}" for name in _BUILD_TOOLS)
        finished = _in_a_copy(
            pinned,
            [
                *("pip", "compile", PurePosixPath(pinned.named).name, "--generate-hashes", *wider),
                *("--no-header", "--no-annotate", "--no-progress", "--quiet", "--no-config"),
                *("--no-python-downloads", "--python-version", python),
                *("--exclude-newer", pinned.committed, *exempt),
                *(part for each in constraints for part in ("--constraints", each)),
            ],
            environ,
            deadline,
        )
        if finished.status == 0 and _has_framework(finished.stdout):
            when = pinned.committed.partition("T")[0]
            what = " with ".join((pinned.named, *pinned.constraints))
            return finished.stdout, f"{what}, which has no hashes, resolved as of {when}"
        if finished.status != 0:
            break
    return _cause(pinned, finished, deadline)


def _in_a_copy(
    pinned: Pinned, arguments: list[str], environ: Mapping[str, str], deadline: Deadline
) -> Finished:
    """Run uv beside copies of the project's dependency files, and of nothing else."""
    with tempfile.TemporaryDirectory(prefix="tfperf-") as folder:
        for path, text in pinned.files.items():
            copy = Path(folder, path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")
        return run(
            [uv.find_uv_bin(), *arguments],
            environ=environ,
            deadline=deadline,
            folder=Path(folder, pinned.named).parent,
        )


def _has_framework(text: str) -> bool:
    return isinstance(answer(read_requirements("lock", text).asked), Single)


def _cause(pinned: Pinned, finished: Finished | None, deadline: Deadline) -> Cause:
    if finished is None or finished.status is None:
        return Cause(reason=f"{pinned.named} was not read within {deadline.seconds:.0f} s")
    if finished.status == 0:
        return Cause(reason=f"{pinned.named} names no single release of TensorFlow")
    cause = reasons.explain(finished.said)
    return Cause(reason=f"{pinned.named}: {cause.reason}", remedy=cause.remedy)
