"""Owns running git: with a deadline, without a shell, and without what a repository configures.

A repository is written by others: its hooks, monitors, filters and helpers are programs.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot.project.trouble import BadRepository

SECONDS: Final = 60.0
_LONGEST = 300
_FULL_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

# Nothing of these starts a program; nothing is fetched, not even what a partial clone lacks.
_SAFE: Final = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "protocol.allow": "never",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
}
_PASSED_ON: Final = ("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "SYSTEMROOT")
_OURS: Final = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ASKPASS": "true",
    "LC_ALL": "C",
    "TZ": "UTC",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a command of git left: its status, its output, its complaint."""

    status: int
    out: bytes
    complaint: str

    @property
    def text(self) -> str:
        """The output as text, without the last line's end."""
        return self.out.decode("utf-8", "replace").strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Git:
    """git in one folder; `disarmed` are more settings that start no program."""

    folder: Path
    environ: Mapping[str, str]
    seconds: float = SECONDS
    disarmed: tuple[str, ...] = ()

    def ask(self, *arguments: str) -> Said:
        """Run a command and wait for its end; raise `BadRepository` at the deadline."""
        settings = [f"{name}={value}" for name, value in _SAFE.items()]
        options = [part for setting in (*settings, *self.disarmed) for part in ("-c", setting)]
        command = ["git", "--no-pager", *options, *arguments]
        kept = {name: self.environ[name] for name in _PASSED_ON if name in self.environ}
        status, out, complaint = _run(command, self.folder, {**kept, **_OURS}, self.seconds)
        said = Said(status=status, out=out, complaint=complaint)
        if status != 0 and "dubious ownership" in complaint:
            raise _owned_by_another(self.folder)
        return said

    def must(self, *arguments: str) -> Said:
        """Run a command that has to succeed; raise `BadRepository` where it does not."""
        said = self.ask(*arguments)
        if said.status != 0:
            first = next((line for line in said.complaint.splitlines() if line.strip()), "")
            raise BadRepository(
                f"git {arguments[0]} ended with status {said.status}: {first[:_LONGEST]}",
                where=str(self.folder),
                next_step=f"try it by hand: git -C {self.folder} status",
            )
        return said

    def without_filters(self) -> "Git":
        """Switch off every filter that is configured: each is a program run on checking out."""
        listed = self.ask("config", "--name-only", "--null", "--get-regexp", r"^filter\.").text
        names = {name.rpartition(".")[0] for name in listed.split("\0") if "." in name}
        stubborn = next((name for name in names if "=" in name), None)
        if stubborn is not None:
            raise BadRepository(
                f"the {stubborn} of git's settings cannot be switched off",
                where=str(self.folder),
                cause="its name has an equals sign",
                next_step="call it otherwise: git config --show-origin --get-regexp ^filter",
            )
        off = [
            f"{name}.{setting}"
            for name in sorted(names)
            for setting in ("smudge=", "clean=", "process=", "required=false")
        ]
        return replace(self, disarmed=tuple(off))


def is_full_hash(text: str) -> bool:
    """Whether it names one commit, and is no word of a language."""
    return _FULL_HASH.fullmatch(text) is not None


def _run(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float
) -> tuple[int, bytes, str]:
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        if not folder.is_dir():
            raise BadRepository("there is no such folder", where=str(folder)) from error
        raise BadRepository(
            "there is no git on PATH",
            cause="the two sides of a pull request are read with it",
            next_step="install git, or leave out `versions: auto`, `subject` and `dependencies: "
            "project`",
        ) from error
    try:
        out, complaint = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise BadRepository(
            f"git {_verb(command)} took longer than {seconds:.0f} s",
            where=str(folder),
            cause="a slow disk, or another git that holds the repository",
            next_step="try again",
        ) from error
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, out, complaint.decode("utf-8", "replace")


def _verb(command: Sequence[str]) -> str:
    rest = iter(command[2:])
    for word in rest:
        if word != "-c":
            return word
        next(rest, None)
    return ""


def _owned_by_another(folder: Path) -> BadRepository:
    return BadRepository(
        "git refuses the repository, because its folder belongs to another user",
        where=str(folder),
        cause="the job runs in a container, as another user than the one that checked out",
        next_step=f"run before: git config --global --add safe.directory {folder}",
    )
