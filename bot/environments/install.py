"""Owns preparing environments: several at a time, each used again where it is still right."""

import os
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.core.plan import Environment
from bot.environments import cache, downloads, existing, interpreters, locks, marker, nox_session
from bot.environments.command import Deadline
from bot.environments.downloads import NoInterpreter
from bot.environments.exclusive import Busy, exclusive
from bot.environments.locks import Lock
from bot.environments.marker import Expected, Marker
from bot.environments.preparation import Preparation, Prepared, Progress, State, Unavailable
from bot.environments.reasons import Cause
from bot.errors import DISK_FULL

DEADLINE_SECONDS = 1200.0


def prepare(
    environments: Sequence[Environment],
    *,
    home: Path,
    progress: Progress,
    environ: Mapping[str, str],
    jobs: int = 2,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> list[Preparation]:
    """Prepare environments under `home`, in the order asked for.

    `deadline_seconds` is for each of them. `progress` is called by one thread at a time.
    """
    stop = threading.Event()
    workshop = _Workshop(
        home=home.resolve(),
        environ=cache.writable(environ, home=home.resolve()),
        tell=_one_at_a_time(progress),
        deadline_seconds=deadline_seconds,
        compile_jobs=max(1, _cores() // max(1, min(jobs, len(environments)))),
        stop=stop,
    )
    with ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="prepare") as pool:
        done: dict[int, Preparation] = {}
        try:
            for wave in _waves(environments):
                futures = {i: pool.submit(workshop.prepare, environments[i]) for i in wave}
                done |= {i: future.result() for i, future in futures.items()}
            return [done[i] for i in range(len(environments))]
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _waves(environments: Sequence[Environment]) -> tuple[list[int], list[int]]:
    """Let installs of one release wait for the first of them: all are links to the same files.

    Two that fetch at once may get files of their own, and how a file lies in the page cache moved
    the memory of a process by 2.5 %: a difference between two installs of the same thing. Two sides
    of a pull request have the framework's files in common, whatever they bring beside it.
    """
    kinds = [(e.package, e.release, e.wheel, e.existing, e.python) for e in environments]
    firsts = [i for i, kind in enumerate(kinds) if kind not in kinds[:i]]
    return firsts, [i for i in range(len(kinds)) if i not in firsts]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _one_at_a_time(progress: Progress) -> Progress:
    lock = threading.Lock()

    def tell(environment: Environment, state: State, text: str) -> None:
        with lock:
            progress(environment, state, text)

    return tell


@dataclass(frozen=True, kw_only=True, slots=True)
class _Workshop:
    """What preparing any environment of one run needs."""

    home: Path
    environ: Mapping[str, str]
    tell: Progress
    deadline_seconds: float
    compile_jobs: int
    stop: threading.Event

    @property
    def environments(self) -> Path:
        return self.home / "environments"

    def prepare(self, environment: Environment) -> Preparation:
        """Prepare one environment, and say how it ended."""
        started = time.monotonic()
        deadline = Deadline(seconds=self.deadline_seconds, stop=self.stop)
        try:
            ending = self._prepare(environment, deadline, started)
        except OSError as error:  # a folder without permission: not everybody's end
            if error.errno in DISK_FULL:
                raise  # but a full disk is
            is_gone = isinstance(error, FileNotFoundError)
            ending = Unavailable(
                environment=environment,
                reason=f"{error.strerror}: {error.filename}",
                remedy=f"{'put it back' if is_gone else 'give permission'}, then run again",
            )
        match ending:
            case Prepared() as prepared:
                text = f"{prepared.seconds:.1f} s, {len(prepared.packages)} packages"
                self.tell(environment, "reused" if prepared.reused else "ready", text)
                return prepared
            case Unavailable() as unavailable:
                self.tell(environment, "unavailable", unavailable.reason)
                return unavailable

    def _prepare(self, environment: Environment, deadline: Deadline, started: float) -> Preparation:
        if environment.existing is not None:
            return existing.prepare(environment, environ=self.environ, deadline=deadline)
        interpreter = self._interpreter(environment, deadline)
        if isinstance(interpreter, NoInterpreter):
            reason, remedy = interpreter.reason, interpreter.remedy
            return Unavailable(environment=environment, reason=reason, remedy=remedy)
        lock = self._lock(environment, interpreter, deadline)
        if isinstance(lock, Unavailable):
            return lock
        try:
            built, reused = self._build(environment, interpreter, lock, deadline)
        except Busy as busy:
            return Unavailable(
                environment=environment,
                reason=f"another process kept preparing it for {deadline.seconds:.0f} s",
                remedy=f"end the process that holds {busy.path}",
            )
        if isinstance(built, Cause):
            return Unavailable(environment=environment, reason=built.reason, remedy=built.remedy)
        return Prepared(
            environment=environment,
            python=built.python,
            prefix=built.python.parents[1],
            packages=built.packages,
            lock=lock.path,
            lock_digest=lock.digest,
            installed_bytes=built.installed_bytes,
            reused=reused,
            seconds=time.monotonic() - started,
        )

    def _interpreter(self, environment: Environment, deadline: Deadline) -> Path | NoInterpreter:
        minor = environment.python
        found = interpreters.find_interpreter(minor, environ=self.environ)
        if environment.unavailable is not None:  # which says what would help
            return NoInterpreter(reason=environment.unavailable, remedy=None)
        if found is not None:
            return found
        if downloads.is_offered(minor):
            self.tell(environment, "installing", f"fetching Python {minor}")
        return downloads.download(minor, environ=self.environ, deadline=deadline)

    def _lock(
        self, environment: Environment, interpreter: Path, deadline: Deadline
    ) -> Lock | Unavailable:
        asked = ", ".join(locks.requirements(environment))
        self.tell(environment, "locking", asked)
        return locks.lock(
            environment,
            interpreter=interpreter,
            folder=self.home / "locks",
            environ=self.environ,
            deadline=deadline,
        )

    def _build(
        self, environment: Environment, interpreter: Path, lock: Lock, deadline: Deadline
    ) -> tuple[Marker | Cause, bool]:
        known = interpreters.identify(interpreter, environ=self.environ)
        expected = Expected(
            id=environment.id,
            lock_digest=lock.digest,
            interpreter=interpreter,
            interpreter_version=known.version if known else environment.python,
            subject_digest=environment.subject.digest if environment.subject else None,
        )
        with exclusive(self.environments / f"{environment.id}.busy", deadline) as descriptor:
            present = marker.find(self.environments, environment.id)
            why_not = marker.why_not(present, expected)
            if present is not None and why_not is None:
                return present, True
            self.tell(environment, "installing", f"{lock.path.name} ({why_not})")
            built = nox_session.build(
                environment,
                expected=expected,
                lock=lock,
                folder=self.environments,
                environ=self.environ,
                deadline=deadline,
                compile_jobs=self.compile_jobs,
                keep_open=descriptor,
            )
            return built, False
