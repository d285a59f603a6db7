"""Owns what every tool is given in the comparison of tools, and the form of its answer.

A tool gets four versions that do a known amount of work, and says of each candidate and step
whether it is slower or faster than the baseline, by its own rule and in its own code.
"""

import os
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import uv

from bot.environments.command import Deadline, Finished, run

GIVEN = Path(__file__).resolve().parent / "given"
WORKLOADS = GIVEN.parents[1] / "workloads"
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
)
Said = Literal["slower", "faster", "no difference", "undecided"]


class CannotCompare(Exception):
    """A tool that cannot be installed, or did not come to an answer, and why."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """A TensorFlow environment, and how much more work its steps do than the baseline's."""

    name: str
    python: Path
    extra: float


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a tool said about one step of one candidate."""

    step: str
    extra: float
    said: Said
    figure: str = ""

    @property
    def is_false_alarm(self) -> bool:
        """It sees a difference where there is none."""
        return self.extra == 0 and self.said in ("slower", "faster")

    @property
    def is_miss(self) -> bool:
        """It does not see a slowdown that is there."""
        return self.extra > 0 and self.said != "slower"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What is to be compared; `folder` is new for every tool, `shop` has what is installed."""

    versions: tuple[Version, ...]
    steps: tuple[str, ...]
    folder: Path
    shop: Path
    deadline_seconds: float
    is_quick: bool = False

    @property
    def baseline(self) -> Version:
        """What the others are compared with."""
        return self.versions[0]

    @property
    def candidates(self) -> tuple[Version, ...]:
        """What is compared with the baseline."""
        return self.versions[1:]

    def environ(self, version: Version, *paths: Path) -> dict[str, str]:
        """The variables of a version's processes: our own workers get the same threads."""
        return {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            **ONE_THREAD,
            "HOME": str(self.folder),
            "CUDA_VISIBLE_DEVICES": "-1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "PYTHONPATH": os.pathsep.join(map(str, (*paths, WORKLOADS))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "BENCH_EXTRA_WORK": str(version.extra),
            "BENCH_PYTHON": str(version.python),
            "BENCH_STEPS": " ".join(self.steps),
        }

    def run(
        self,
        command: Sequence[str | Path],
        environ: Mapping[str, str],
        *,
        statuses: Iterable[int] = (0,),
    ) -> Finished:
        """Run a part of a tool to its end, or say why it did not; what it says is kept."""
        deadline = Deadline(seconds=self.deadline_seconds)
        done = run(command, environ=environ, deadline=deadline, folder=self.folder)
        with (self.folder / "said.txt").open("a", encoding="utf-8") as file:
            file.write(f"$ {shlex.join(map(str, command))}\n{done.said}\n")
        if done.status is None:
            raise CannotCompare(f"not finished within {self.deadline_seconds:.0f} s")
        if done.status not in statuses:
            last = "\n".join(done.said.splitlines()[-20:])
            raise CannotCompare(f"{Path(command[0]).name} ended with {done.status}:\n{last}")
        return done


class Tool(Protocol):
    """A way to find out which version is slower."""

    name: str
    rule: str

    def install(self, trial: Trial) -> None:
        """Have everything there that is not measured; raise `CannotCompare` otherwise."""

    def processes(self, trial: Trial) -> float:
        """About how many processes of a TensorFlow it will start: what its time goes into."""

    def compare(self, trial: Trial) -> list[Call]:
        """Measure, and say what its rule says; raise `CannotCompare` if it comes to nothing."""


def install_packages(requirement: str, folder: Path, *, python: Path | None = None) -> None:
    """Install a pinned tool and what it needs: for an interpreter, or in one of its own."""
    if (folder / "complete").exists():
        return
    where = ("--target", folder, "--python", python) if python else ("--python", folder)
    commands: list[list[str | Path]] = [
        [uv.find_uv_bin(), "pip", "install", "--quiet", *where, requirement]
    ]
    if python is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        commands.insert(0, [uv.find_uv_bin(), "venv", "--quiet", "--python", version, folder])
    for command in commands:
        done = run(command, environ=os.environ, deadline=Deadline(seconds=600))
        if done.status != 0:
            raise CannotCompare(f"{requirement} cannot be installed:\n{done.said.strip()}")
    (folder / "complete").touch()


def answered(said: Mapping[str, tuple[Said, str]], trial: Trial, version: Version) -> list[Call]:
    """Take a tool's answer about one candidate; a step that it does not mention is no answer."""
    missing = [step for step in trial.steps if step not in said]
    if missing:
        raise CannotCompare(f"no word about {', '.join(missing)} in {version.name}")
    return [
        Call(step=step, extra=version.extra, said=said[step][0], figure=said[step][1])
        for step in trial.steps
    ]
