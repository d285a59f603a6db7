"""Owns the run folder: which file lies where, written so that half a file never counts."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel

from bot.core.confirmation import Confirmed
from bot.core.plan import Case, Environment, Plan
from bot.core.report import Report, ShardReport, UpgradeReport
from bot.core.run_facts import EnvironmentReport
from bot.errors import DISK_FULL, BadRunFolder, CannotWrite
from bot.whole_file import read_model, write_whole


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run on disk."""

    path: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other tfperf out while this one is at work; answer for a disk that is full."""
        with self._lock():
            try:
                yield
            except CannotWrite as error:
                error.next_step = error.next_step or self._when_there_is_room
                raise
            except OSError as error:
                if error.errno not in DISK_FULL:
                    raise
                raise self._cannot_write(Path(error.filename or self.path), error) from error

    def _lock(self) -> BinaryIO:
        path = self.path / ".lock"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = path.open("ab")
        except OSError as error:
            raise self._cannot_write(path, error) from error
        try:
            fcntl.flock(
                lock, fcntl.LOCK_EX | fcntl.LOCK_NB
            )  # freed by the kernel, whatever ends us
        except BlockingIOError:
            lock.close()
            raise BadRunFolder(
                "another tfperf is at work in this run folder",
                where=str(self.path),
                cause="two runs were given the same folder, or one is still going on",
                next_step="wait for it, or choose another folder with --run-dir",
            ) from None
        return lock

    def must_be_new(self) -> None:
        """Raise `BadRunFolder` when this folder holds a run already."""
        if self.plan.exists():
            raise BadRunFolder(
                "this folder already holds a run",
                where=str(self.path),
                next_step=f"finish it with: {self.way_on}   or choose another --run-dir",
            )

    @property
    def way_on(self) -> str:
        """Return the command that goes on with the run that this folder holds."""
        try:
            plan = self.read_plan()
        except BadRunFolder:
            return f"tfperf resume {self.path}"  # it says what is wrong with the plan
        if plan.part:
            number = f"{plan.part.number}/{plan.shards}"
            return f"tfperf run PLAN --shard {number} --run-dir {self.path}"
        if plan.merged:
            return f"tfperf merge PART... --run-dir {self.path}"
        return f"tfperf resume {self.path}"

    def clear_merged(self) -> None:
        """Remove what a merge wrote, the plan last: until then this is known as a merged run."""
        for path in (
            *(self.report, self.comment, self.summary, self.page),
            *(self.calibration, self.samples),
        ):
            path.unlink(missing_ok=True)
        for name in ("outputs", "environments", "files", "upgraded", "charts"):
            shutil.rmtree(self.path / name, ignore_errors=True)
        self.plan.unlink()

    @property
    def _when_there_is_room(self) -> str:
        if self.plan.exists():
            return f"make room, then: {self.way_on}"
        return "make room or choose another --run-dir, then run it again"

    def _cannot_write(self, path: Path, error: OSError) -> CannotWrite:
        return CannotWrite(
            f"cannot write {path.name}: {error.strerror}",
            where=str(path),
            cause="the disk is full, or the folder is read-only",
            next_step=self._when_there_is_room,
        )

    @property
    def plan(self) -> Path:
        """What is to be done."""
        return self.path / "plan.json"

    @property
    def samples(self) -> Path:
        """What was measured."""
        return self.path / "samples.jsonl"

    @property
    def report(self) -> Path:
        """What was decided."""
        return self.path / "report.json"

    @property
    def confirmation(self) -> Path:
        """Which second measurement of its alarms the report tells."""
        return self.path / "confirmation.json"

    @property
    def calibration(self) -> Path:
        """What a run of like versions teaches."""
        return self.path / "calibration.json"

    @property
    def comment(self) -> Path:
        """The report as a pull request comment."""
        return self.path / "comment.md"

    @property
    def summary(self) -> Path:
        """The report as a job summary."""
        return self.path / "summary.md"

    @property
    def page(self) -> Path:
        """The report as a page to explore: one file, good anywhere."""
        return self.path / "report.html"

    @property
    def charts(self) -> Path:
        """The report as charts: what each of them is, and pictures of it."""
        return self.path / "charts"

    @property
    def not_drawn(self) -> Path:
        """Why charts are missing there; without it, none is."""
        return self.charts / "not-drawn.txt"

    @property
    def shard(self) -> Path:
        """How far one machine came with its part of a plan; elsewhere there is none."""
        return self.path / "shard.json"

    @property
    def files(self) -> Path:
        """Copies of what environments are installed from that no index has: wheels, locks."""
        return self.path / "files"

    def environment(self, environment: Environment) -> Path:
        """What one environment was made of."""
        return self.path / "environments" / f"{environment.id}.json"

    def outputs(self, environment: Environment, case: Case) -> tuple[Path, Path]:
        """Results of a case's first call, of one process and of another."""
        folder = self.path / "outputs" / environment.id
        return folder / f"{case.name}.npz", folder / f"{case.name}.again.npz"

    @property
    def upgraded(self) -> Path:
        """Scripts that were upgraded for 2.x, a folder each."""
        return self.path / "upgraded"

    def upgrade(self, workload: str) -> Path:
        """What became of a script that was upgraded for 2.x; the copy lies beside it."""
        return _inside(self.upgraded, workload) / "upgrade.json"

    def artifact(self, case: Case) -> Path:
        """What the baseline wrote and all releases read; no brackets, which are globs to some."""
        return _inside(self.path / "artifacts", case.workload, case.case)

    def outputs_paths(self, environments: Sequence[Environment], case: Case) -> dict[str, Path]:
        """Return where the next results of a case go, by environment id; {} when all are there.

        Results are wanted of all environments or of none: computing them takes memory. Another
        framework, whose file need not have any, never asks for them.
        """
        missing = {each.id: self.missing_outputs(each, case) for each in environments}
        if not any(missing[each.id] for each in environments if each.role != "reference"):
            return {}
        return {each.id: missing[each.id] or self.outputs(each, case)[1] for each in environments}

    def missing_outputs(self, environment: Environment, case: Case) -> Path | None:
        """Return where the next results go; None when both are there."""
        for path in self.outputs(environment, case):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                return path
        return None

    def read_plan(self) -> Plan:
        """Read the plan; raise `BadRunFolder` when there is none."""
        return read_model(self.plan, Plan)

    def read_report(self) -> Report:
        """Read the report; raise `BadRunFolder` when there is none."""
        return read_model(self.report, Report)

    def read_shard(self) -> ShardReport:
        """Read how far a machine came; raise `BadRunFolder` when this is no part of a run."""
        return read_model(self.shard, ShardReport)

    def read_confirmation(self) -> Confirmed | None:
        """Read which second measurement the report tells; None when it tells none."""
        return read_model(self.confirmation, Confirmed) if self.confirmation.exists() else None

    def read_environment(self, environment: Environment) -> EnvironmentReport:
        """Read what one environment was made of."""
        return read_model(self.environment(environment), EnvironmentReport)

    def read_upgrade(self, workload: str) -> UpgradeReport:
        """Read what became of a script that was upgraded."""
        return read_model(self.upgrade(workload), UpgradeReport)

    def write(self, path: Path, content: BaseModel | str | bytes) -> None:
        """Write a file of this folder at once or not at all."""
        try:
            write_whole(path, content)
        except OSError as error:
            raise self._cannot_write(path, error) from error


def read_plan_file(path: Path) -> Plan:
    """Read a plan that `tfperf plan` wrote, wherever it lies; raise `BadRunFolder` without one."""
    return read_model(
        path,
        Plan,
        cause="this is no file that `tfperf plan` wrote, or it was not passed on",
        next_step="name the file that `tfperf plan --output` wrote",
    )


@contextmanager
def writing_plan(path: Path) -> Iterator[None]:
    """Answer for a place that takes no plan, or not what travels with it."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        yield
    except OSError as error:
        is_full = error.errno in DISK_FULL
        raise CannotWrite(
            f"cannot write the plan: {error.strerror}",
            where=error.filename or str(path),
            cause="the disk is full, or read-only" if is_full else None,
            next_step="name a file that can be written: --output plan.json",
        ) from error


def write_plan_file(path: Path, plan: Plan) -> None:
    """Write a plan that others carry out; within `writing_plan`."""
    write_whole(path, plan)


def new_run_folder(path: Path) -> RunFolder:
    """Name a folder for a run, made when something is written; it must not hold one already."""
    folder = RunFolder(path)
    if folder.plan.exists():
        with folder.held():
            folder.must_be_new()
    return folder


def _inside(folder: Path, *names: str) -> Path:
    """Return a place in a folder; what is in the way there is removed, so no name may lead out."""
    for name in names:
        if name in {"", ".", ".."} or "/" in name:
            raise BadRunFolder(
                f"{name!r} cannot be the name of a folder",
                where=str(folder),
                cause="the plan was edited, or written by another version of tfperf",
            )
    return folder.joinpath(*names)
